"""Fixtures of the language worker's tests."""

from stub_llm import stub_llm

__all__ = ["stub_llm"]
