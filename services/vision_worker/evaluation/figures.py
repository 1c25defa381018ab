"""Figures with their uncertainty: n and a 95 % bootstrap interval over photos."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from backlot.contracts.frozen import Frozen

Values = NDArray[np.float64]
Rows = NDArray[np.intp]
ROUNDS = 1000
BINS = 15


class Figure(Frozen):
    """A value, and between what it would lie for other photos of the same kind."""

    value: float
    low: float
    high: float
    n: int


class RiskCoverage(Frozen):
    """How often it is wrong when it only answers the surest part."""

    coverage: tuple[float, ...]
    risk: tuple[float, ...]
    area: float


def figure(of: Callable[[Rows], float], n: int, seed: int) -> Figure | None:
    """Bootstrap a statistic of rows 0..n-1; None for no rows."""
    if n == 0:
        return None
    rng = np.random.default_rng(seed)
    drawn = np.array([of(rng.integers(0, n, n)) for _ in range(ROUNDS)])
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Figure(value=float(of(np.arange(n))), low=float(low), high=float(high), n=n)


def mean_figure(values: NDArray[np.bool_] | Values, seed: int) -> Figure | None:
    """Bootstrap a mean."""
    plain = np.asarray(values, np.float64)
    return figure(lambda rows: float(plain[rows].mean()), len(plain), seed)


def calibration_error(sure: Values, right: NDArray[np.bool_]) -> float:
    """Expected calibration error over 15 bins of equal width."""
    places = np.minimum((sure * BINS).astype(int), BINS - 1)
    error = 0.0
    for place in range(BINS):
        inside = places == place
        if inside.any():
            error += float(inside.mean()) * abs(float(sure[inside].mean() - right[inside].mean()))
    return error


def macro_f1(truths: NDArray[np.intp], answers: NDArray[np.intp]) -> float:
    """Mean F1 over the classes that occur among the truths."""
    scores = []
    for label in np.unique(truths):
        hit = float(((truths == label) & (answers == label)).sum())
        said, there = float((answers == label).sum()), float((truths == label).sum())
        scores.append(2 * hit / (said + there))
    return float(np.mean(scores))


def risk_coverage(sure: Values, right: NDArray[np.bool_]) -> RiskCoverage:
    """Risk at every tenth of coverage, the surest first, and the mean over all coverages."""
    order = np.argsort(-sure, kind="stable")
    risks = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    tenths = [max(1, round(len(order) * part / 10)) for part in range(1, 11)]
    return RiskCoverage(
        coverage=tuple(part / 10 for part in range(1, 11)),
        risk=tuple(round(float(risks[count - 1]), 4) for count in tenths),
        area=round(float(risks.mean()), 4),
    )


def ndcg(relevance: Values, scores: Values) -> float:
    """Normalised discounted cumulative gain of an order by scores; 1 is the best order."""
    discount = 1 / np.log2(np.arange(2, len(scores) + 2))
    gained = float((relevance[np.argsort(-scores, kind="stable")] * discount).sum())
    best = float((np.sort(relevance)[::-1] * discount).sum())
    return gained / best
