"""Many made-up products: is any set shown too often, and which are never shown, and why?"""

from collections import Counter
from collections.abc import Iterable, Sequence

from backlot.contracts.frozen import Frozen
from backlot.contracts.match import Match
from services.matcher.evaluation.cases import Case
from services.matcher.evaluation.metrics import exposure
from services.matcher.evaluation.systems import Ours
from services.matcher.evaluation.trial import violations
from services.matcher.shelf import Shelf, StockedSet

FIRST = 1
SHOWN = 6
"""A client sees six unless it asks for more."""

DEEP = 24


class Unreached(Frozen):
    """A set that no product of the sweep was shown."""

    id: str
    reason: str


class SweepReport(Frozen):
    """What a sweep found.

    Attributes:
        most_first: The set most often in the first place, and its share of the products.
        most_shown: The set most often among the six shown, and its share of the products.
        library_share: Share of the library that is shown to anyone.
        nothing_suits: Share of the products for which the matcher says that nothing suits.
        violations: Recommended sets that a constraint forbids.
    """

    products: int
    most_first: tuple[str, float]
    most_shown: tuple[str, float]
    shares: dict[str, float]
    library_share: float
    nothing_suits: float
    violations: int
    unreached: tuple[Unreached, ...]


def sweep_of(cases: Iterable[Case], ours: Ours, shelf: Shelf) -> SweepReport:
    """Match every product and count."""
    answered = [(case, ours.match(case)) for case in cases]
    matches = [match for _, match in answered]
    deep = [[one.background_id for one in match.ranked] for match in matches]
    first, shown = exposure(deep, FIRST), exposure(deep, SHOWN)
    unreached = [stocked for stocked in shelf.sets if stocked.asset.id not in shown]
    return SweepReport(
        products=len(matches),
        most_first=next(iter(first.items())),
        most_shown=next(iter(shown.items())),
        shares=first,
        library_share=len(shown) / len(shelf.sets),
        nothing_suits=sum(not match.suits for match in matches) / len(matches),
        violations=sum(violations(match, case, shelf) for case, match in answered),
        unreached=tuple(
            Unreached(id=stocked.asset.id, reason=_why(stocked, matches, deep))
            for stocked in unreached
        ),
    )


def _why(stocked: StockedSet, matches: Sequence[Match], deep: Sequence[Sequence[str]]) -> str:
    """Say why nobody was shown a set."""
    name, setting = stocked.asset.id, stocked.main_setting
    asking = [at for at, match in enumerate(matches) if setting in match.brief.settings]
    if not asking:
        return f"no chosen brief asks for {setting}"
    places = [order.index(name) + 1 for order in deep if name in order]
    before = Counter(deep[at][0] for at in asking if deep[at])
    ahead = before.most_common(1)[0][0] if before else "none"
    reached = f"best place {min(places)}" if places else f"never among {DEEP}"
    return f"{setting} asked for {len(asking)} times; {reached}; most often behind {ahead}"
