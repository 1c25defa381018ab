"""Weighted reciprocal rank fusion of several ranked lists.

G. V. Cormack, C. L. A. Clarke and S. Büttcher, "Reciprocal rank fusion outperforms Condorcet and
individual rank learning methods", SIGIR 2009; with a weight per list.

The engine has a fusion of its own, which is not used: it puts the weight inside the rank,
``1 / (rank / weight + k - 1)``, so that a heavier list tells its places apart less, not more, as
soon as every set of a small library stands in every list.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from services.matcher.port import Hit

L = TypeVar("L", bound=str)

SIMILARITY_DIGITS = 5
"""Engines differ in the last digits of float32; nearer than this is the same place."""


def fuse(
    lists: Mapping[L, Sequence[Hit]], weights: Mapping[L, float], k: float
) -> dict[str, dict[L, float]]:
    """Return point id to what each list gives it; first in all lists adds up to 1.

    Args:
        lists: Hits of every list, nearest first; equal similarities share the better place.
        weights: What each list counts; those of lists not given do not matter.
        k: How slowly places lose their worth.
    """
    total = sum(weights[name] for name in lists)
    given: dict[str, dict[L, float]] = {}
    if total <= 0:
        return given
    for name, hits in lists.items():
        for hit, place in zip(hits, places(hits), strict=True):
            share = weights[name] / total * (k + 1) / (k + place)
            given.setdefault(hit.point_id, {})[name] = share
    return given


def places(hits: Sequence[Hit]) -> list[int]:
    """Return the place of each hit, counted from 1; equal similarities share the better one."""
    found: list[int] = []
    before: float | None = None
    for position, hit in enumerate(hits, start=1):
        similarity = round(hit.similarity, SIMILARITY_DIGITS)
        found.append(found[-1] if similarity == before else position)
        before = similarity
    return found
