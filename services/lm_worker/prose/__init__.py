"""Turns the slots of a brief into prose, in English and in Korean."""
