"""Judges what the vision worker sees, on labelled photos."""
