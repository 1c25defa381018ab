"""Choosing with reasons: options collect weights, and the winner can say what spoke for it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from backlot.contracts.brief import Evidence

T = TypeVar("T")


_MASK = 2**64 - 1


class Dice:
    """Repeatable chance: the same seed and key always fall the same way.

    Args:
        seed: Any number; its low 64 bits count.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed & _MASK

    def roll(self, key: str) -> float:
        """Return a number from 0 up to 1.

        The mixing steps are those of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): thousands of
        rolls a brief leave no time for a cryptographic hash of each.
        """
        mixed = _digest(key) ^ self._seed
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return (mixed ^ (mixed >> 31)) / 2**64

    def pick(self, options: Sequence[T], key: str) -> T:
        """Return one of the options."""
        return options[int(self.roll(key) * len(options))]


@dataclass(slots=True)
class Option:
    """One candidate term of a slot with its weight and the reasons for it."""

    term: str
    weight: float = 0.0
    reasons: list[tuple[float, Evidence]] = field(default_factory=list)

    def add(self, weight: float, reason: Evidence | None = None) -> None:
        """Add a weight, with what it rests on when it should be told."""
        self.weight += weight
        if reason is not None and weight > 0:
            self.reasons.append((weight, reason))

    @property
    def reason(self) -> Evidence:
        """What spoke loudest for it."""
        if not self.reasons:
            return Evidence(kind="rule", ref="taste")
        return max(self.reasons, key=lambda reason: reason[0])[1]


@lru_cache(maxsize=16_384)
def _digest(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big")


def best_first(options: list[Option]) -> list[Option]:
    """Order options by weight; equal ones by term, so that the order never depends on chance."""
    return sorted(options, key=lambda option: (-option.weight, option.term))


@lru_cache(maxsize=4096)
def rule(name: str) -> Evidence:
    """Point to a rule by name."""
    return Evidence(kind="rule", ref=name)
