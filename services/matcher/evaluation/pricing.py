"""Finds what each set must pay so that none is shown to more than a share of many products."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from services.matcher.exposure import charged
from services.matcher.ranking import Scored

ROUNDS, SETTLED = 40, 13
"""Rounds altogether, and how many of the last the prices are the mean of."""

STEP, COOLING = 0.25, 12.0
"""How much of what is over the share a price moves by, and after how many rounds by half."""

EASE = 0.3
"""A price falls more slowly than it rises, or it would swing."""

DEAREST = 0.4
"""No price is higher: a set that alone has room for a product is shown for it all the same."""

FAINTEST = 0.001

Arrange = Callable[[Sequence[Scored]], Sequence[Scored]]
"""Ranked sets to those that are shown."""


def prices_of(
    lists: Sequence[Sequence[Scored]],
    arrange: Arrange,
    share: float,
    progress: Callable[[int, float], None] = lambda _, __: None,
) -> dict[str, float]:
    """Return the prices, by background id, that keep every set to its share.

    The dual of "most relevance, nobody over the share", climbed by subgradients with falling steps.

    Args:
        lists: Of each product every set that could be shown, with what it is worth.
        arrange: Chooses what is shown.
        share: Of the products that may be shown one set.
        progress: Told the round and the share of the most shown set.
    """
    prices: dict[str, float] = {}
    kept: list[dict[str, float]] = []
    for number in range(ROUNDS):
        shown = shares(lists, arrange, prices)
        progress(number, max(shown.values()))
        step = STEP / (1 + number / COOLING)
        for name in shown.keys() | prices.keys():
            over = shown.get(name, 0.0) - share
            moved = prices.get(name, 0.0) + step * over * (1.0 if over > 0 else EASE)
            prices[name] = min(max(moved, 0.0), DEAREST)
        kept = [*kept, dict(prices)][-SETTLED:]
    means = {name: sum(one.get(name, 0.0) for one in kept) / len(kept) for name in sorted(prices)}
    return {name: round(price, 4) for name, price in means.items() if price >= FAINTEST}


def shares(
    lists: Sequence[Sequence[Scored]], arrange: Arrange, prices: Mapping[str, float]
) -> dict[str, float]:
    """Return background id to the share of the products that are shown it."""
    counts = Counter(
        one.stocked.asset.id for ranked in lists for one in arrange(charged(ranked, prices))
    )
    return {name: count / len(lists) for name, count in counts.items()}
