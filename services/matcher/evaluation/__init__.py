"""Judges the ranking on products with graded judgments; `python -m` runs it."""
