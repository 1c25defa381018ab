"""What a job asks of the library: the chosen brief, and a second one for the kind it leaves out."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from backlot.contracts.background import BackgroundKind
from backlot.contracts.brief import StudioBrief
from backlot.contracts.caption import Caption
from backlot.contracts.jobs import JobRequest
from services.matcher.choosing import Choice, choose
from services.matcher.port import Where
from services.matcher.product import Product


@dataclass(frozen=True)
class Order:
    """What is asked of the library: a brief for a product, and which sets may be found at all.

    Attributes:
        companion: True when the brief is not the chosen one, but stands in for another kind.
    """

    brief: StudioBrief
    product: Product
    where: Where
    companion: bool = False


def orders_for(
    choice: Choice,
    candidates: Sequence[StudioBrief],
    caption: Caption,
    request: JobRequest,
    product: Product,
    agreement: Callable[[StudioBrief], float],
) -> tuple[Order, ...]:
    """Return the order of the chosen brief, then one for each asked kind that it leaves out.

    A client that asks for studios and spaces gets both although every candidate is written for one
    of them: the best candidate for the other kind speaks for it. What the chosen brief avoids, no
    order may find. A brief that a seller wrote speaks alone.
    """
    lead = Order(choice.brief, product, where_for(choice.brief, request.kinds))
    left_out = (
        [] if choice.brief.source == "seller" else sorted({*request.kinds} - lead.where.kinds)
    )
    companions = []
    for kind in left_out:
        able = [brief for brief in candidates if brief.kind in ("both", kind)]
        if able:
            brief = choose(able, caption, request, agreement).brief
            avoid = lead.where.avoid | {*brief.avoid}
            where = Where(kinds=frozenset({kind}), avoid=avoid)
            companions.append(Order(brief, product, where, companion=True))
    return (lead, *companions)


def where_for(brief: StudioBrief, kinds: Collection[BackgroundKind]) -> Where:
    """Return which sets may be found for a brief; where it wants none of the asked kinds, those."""
    wanted = {kind for kind in kinds if brief.kind in ("both", kind)}
    return Where(kinds=frozenset(wanted or kinds), avoid=frozenset(brief.avoid))
