"""The command line: `backlot --help`."""
