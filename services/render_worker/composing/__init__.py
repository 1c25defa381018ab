"""Composes new sets: from a brief and a product's colours and size to a recipe."""
