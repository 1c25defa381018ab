"""Parts of sets. Each knows how to build itself from plain parameters; all combine freely."""
