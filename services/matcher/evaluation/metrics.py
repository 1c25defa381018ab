"""Metrics of one ranked list, each a pure function; and how sure their means are."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from backlot.contracts.background import BackgroundAsset
from backlot.contracts.frozen import Frozen
from backlot.vocabulary.colour import delta_e, lab_of
from services.matcher.evaluation.judgments import ABSURD, FITS

SHOWN_FIRST = 5
ROUNDS = 2000
FAR_DELTA_E = 40.0


class Figure(Frozen):
    """A mean over products with the 95 % bootstrap interval around it."""

    value: float
    low: float
    high: float
    n: int


def gain(grade: int) -> float:
    """Return what a grade is worth: 0, 1, 3, 7."""
    return float(2**grade - 1)


def ndcg(grades: Sequence[int], library: Sequence[int], depth: int = SHOWN_FIRST) -> float:
    """Return nDCG at a depth, 0 to 1 (K. Järvelin and J. Kekäläinen, 2002); 1 when nothing suits.

    Args:
        grades: Of the ranked sets, in order.
        library: Of every set there is.
        depth: How many places count.
    """
    best = _dcg(sorted(library, reverse=True)[:depth])
    return _dcg(grades[:depth]) / best if best else 1.0


def first_suits(grades: Sequence[int]) -> float:
    """Return 1 when the first set suits, P@1."""
    return float(bool(grades) and grades[0] >= FITS)


def bad_share(grades: Sequence[int], depth: int = SHOWN_FIRST) -> float:
    """Return the share of the first places that hold an absurd set, 0 to 1."""
    return sum(grade == ABSURD for grade in grades[:depth]) / depth


def recall(grades: Sequence[int], library: Sequence[int], depth: int = 10) -> float:
    """Return how many of the suiting sets are among the first, of those that could be, 0 to 1."""
    suiting = min(depth, sum(grade >= FITS for grade in library))
    return sum(grade >= FITS for grade in grades[:depth]) / suiting if suiting else 1.0


def diversity(shown: Sequence[BackgroundAsset]) -> float:
    """Return how much the first sets differ, 0 to 1: mean over pairs of settings, words, colour."""
    first = shown[:SHOWN_FIRST]
    pairs = [(one, other) for at, one in enumerate(first) for other in first[at + 1 :]]
    return sum(_apart(one, other) for one, other in pairs) / len(pairs) if pairs else 0.0


def library_share(lists: Sequence[Sequence[str]], library: int, depth: int = SHOWN_FIRST) -> float:
    """Return the share of the library that any of the lists shows, 0 to 1."""
    return len({name for ranked in lists for name in ranked[:depth]}) / library


def exposure(lists: Sequence[Sequence[str]], depth: int = SHOWN_FIRST) -> dict[str, float]:
    """Return set id to the share of lists that show it among the first, the most shown first."""
    counts = Counter(name for ranked in lists for name in dict.fromkeys(ranked[:depth]))
    return {name: count / len(lists) for name, count in counts.most_common()}


def figure_of(values: Sequence[float], seed: int) -> Figure:
    """Return the mean and the middle 95 % of means of products drawn with replacement."""
    drawn = np.asarray(values, dtype=np.float64)
    chance = np.random.default_rng(seed)
    rows = chance.integers(0, len(drawn), size=(ROUNDS, len(drawn)))
    low, high = np.quantile(drawn[rows].mean(axis=1), [0.025, 0.975])
    return Figure(value=float(drawn.mean()), low=float(low), high=float(high), n=len(drawn))


def lead_of(ours: Sequence[float], theirs: Sequence[float], seed: int) -> Figure:
    """Return the mean difference, product by product, so that easy products do not matter."""
    return figure_of([a - b for a, b in zip(ours, theirs, strict=True)], seed)


PER_PRODUCT: Mapping[str, Callable[[Sequence[int], Sequence[int]], float]] = {
    "ndcg5": ndcg,
    "p1": lambda grades, _: first_suits(grades),
    "bad5": lambda grades, _: bad_share(grades),
    "recall10": recall,
}


def _dcg(grades: Sequence[int]) -> float:
    return sum(gain(grade) / math.log2(place + 2) for place, grade in enumerate(grades))


def _apart(one: BackgroundAsset, other: BackgroundAsset) -> float:
    """Return how far two sets are apart, 0 to 1."""
    mine, theirs = _terms(one), _terms(other)
    words = 1 - len(mine & theirs) / len(mine | theirs)
    colour = min(1.0, delta_e(_main_lab(one), _main_lab(other)) / FAR_DELTA_E)
    return (words + colour) / 2


def _terms(asset: BackgroundAsset) -> set[str]:
    names = (f"setting_{asset.kind}", "lighting", "mood", "style")
    return {term.term for name in names for term in asset.facets.get(name, ())}


def _main_lab(asset: BackgroundAsset) -> tuple[float, float, float]:
    return lab_of(max(asset.palette, key=lambda swatch: swatch.share).hex)
