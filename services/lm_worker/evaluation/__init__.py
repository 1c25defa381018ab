"""Judges the briefs of the refine stage over many made-up products; `python -m` runs it."""
