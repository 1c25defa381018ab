"""Sees: turns a product photo into measured facts, words and a cut-out."""
