"""The whole line on one machine: its own Redis, folders for everything else, no Docker, no key."""
