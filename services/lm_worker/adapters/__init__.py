"""Everything this service talks to."""
