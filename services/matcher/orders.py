"""What a job asks of the library: the chosen brief first, the other candidates beside it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from backlot.contracts.background import BackgroundKind
from backlot.contracts.brief import StudioBrief
from backlot.contracts.jobs import JobRequest
from services.matcher.choosing import Choice
from services.matcher.port import Where
from services.matcher.product import Product


@dataclass(frozen=True)
class Order:
    """What is asked of the library: a brief for a product, and which sets may be found at all.

    Attributes:
        companion: True when the brief is not the chosen one.
    """

    brief: StudioBrief
    product: Product
    where: Where
    companion: bool = False


def orders_for(
    choice: Choice,
    candidates: Sequence[StudioBrief],
    request: JobRequest,
    product: Product,
) -> tuple[Order, ...]:
    """Return the order of the chosen brief, then one for each other candidate.

    One brief has few words, and a library soon has no more sets for them: what else was proposed
    for this product is a better next place than what merely shares a light. It also gives a client
    who asks for studios and spaces both, although every candidate is written for one of them. What
    the chosen brief avoids, no order may find. A brief that a seller wrote speaks alone.
    """
    lead = Order(choice.brief, product, where_for(choice.brief, request.kinds))
    if choice.brief.source == "seller":
        return (lead,)
    companions = []
    for at, brief in enumerate(candidates):
        kinds = frozenset(kind for kind in request.kinds if brief.kind in ("both", kind))
        if at != choice.index and kinds:
            where = Where(kinds=kinds, avoid=lead.where.avoid | {*brief.avoid})
            companions.append(Order(brief, product, where, companion=True))
    return (lead, *companions)


def where_for(brief: StudioBrief, kinds: Collection[BackgroundKind]) -> Where:
    """Return which sets may be found for a brief; where it wants none of the asked kinds, those."""
    wanted = {kind for kind in kinds if brief.kind in ("both", kind)}
    return Where(kinds=frozenset(wanted or kinds), avoid=frozenset(brief.avoid))
