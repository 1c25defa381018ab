"""Everything of the conductor that touches the outside."""
