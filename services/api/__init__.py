"""The front door: takes uploads, answers for jobs, shows the library."""
