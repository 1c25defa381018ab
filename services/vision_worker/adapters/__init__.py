"""Where the vision worker touches the outside: stored pictures and vectors."""
