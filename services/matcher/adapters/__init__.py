"""Everything of the matcher that talks to an engine."""
