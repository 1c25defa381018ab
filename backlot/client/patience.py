"""When to try again, and when to give up."""

import random
import time
from dataclasses import dataclass

ATTEMPTS = 5
FIRST_S, MOST_S = 0.25, 8.0
LONGEST_RETRY_AFTER_S = 30.0
"""Whoever is told to wait for longer hears of it instead."""

RETRIED = frozenset({429, 502, 503, 504})


def pause_s(attempt: int, retry_after_s: float | None) -> float | None:
    """Seconds to wait after a failed attempt, the first being 1; None to give up.

    Doubles, with jitter, unless the API says how long.
    """
    if attempt >= ATTEMPTS:
        return None
    if retry_after_s is not None:
        return retry_after_s if retry_after_s <= LONGEST_RETRY_AFTER_S else None
    ceiling = min(MOST_S, FIRST_S * 2.0 ** (attempt - 1))
    return ceiling * random.uniform(0.5, 1)  # noqa: S311 - spreads clients, hides nothing


@dataclass(frozen=True)
class Deadline:
    """A moment after which nobody waits any more; None is never.

    Attributes:
        at: Of the monotonic clock.
    """

    at: float | None

    @classmethod
    def within(cls, seconds: float | None) -> "Deadline":
        """So many seconds from now."""
        return cls(None if seconds is None else time.monotonic() + seconds)

    def left_s(self, most_s: float) -> float:
        """Seconds that are left, `most_s` at most and 0 at least."""
        if self.at is None:
            return most_s
        return max(0.0, min(most_s, self.at - time.monotonic()))

    @property
    def is_over(self) -> bool:
        """Whether nothing is left."""
        return self.left_s(1) <= 0
