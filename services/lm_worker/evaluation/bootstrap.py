"""How sure a mean is: percentile bootstrap over products."""

import random
import statistics
from collections.abc import Sequence

from backlot.contracts.frozen import Frozen

ROUNDS = 1000
_TAIL = 0.025


class Figure(Frozen):
    """A mean over products, with the 95 % bootstrap interval around it.

    Attributes:
        n: Products it is a mean of; a product a metric does not apply to is left out.
    """

    value: float
    low: float
    high: float
    n: int


def figure_of(values: Sequence[float], seed: int) -> Figure | None:
    """Return the mean with its interval; None without values.

    Products are drawn with replacement a thousand times; the interval holds the middle 95 % of the
    means (Efron, 1979).
    """
    if not values:
        return None
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    means = sorted(statistics.fmean(chance.choices(values, k=len(values))) for _ in range(ROUNDS))
    last = ROUNDS - 1
    return Figure(
        value=statistics.fmean(values),
        low=means[round(_TAIL * last)],
        high=means[round((1 - _TAIL) * last)],
        n=len(values),
    )
