"""What a seller says of sets they have seen: more like this, less like this, keep this."""

from collections.abc import Sequence
from dataclasses import replace

from backlot.contracts.background import BackgroundId, Taste
from services.matcher.ranking import Scored, in_order
from services.matcher.shelf import Shelf, StockedSet
from services.matcher.variety import likeness
from services.matcher.weights import Liking


def tasted(ranked: Sequence[Scored], taste: Taste, shelf: Shelf, liking: Liking) -> list[Scored]:
    """Return the sets as the seller's taste orders them; what they want less of is not among them.

    Args:
        ranked: Best first.
        taste: Sets by id; ids the library does not have say nothing.
        shelf: The library.
        liking: What a set exactly like a named one gains or loses.
    """
    if not (taste.more or taste.less):
        return list(ranked)
    more, less = _named(taste.more, shelf), _named(taste.less, shelf)
    left = (one for one in ranked if one.stocked.asset.id not in taste.less)
    return in_order(_moved(one, more, less, liking) for one in left)


def pinned(
    shown: Sequence[Scored], ranked: Sequence[Scored], pins: Sequence[BackgroundId]
) -> list[Scored]:
    """Return as many sets, the pinned ones first; those the product may not have stay out."""
    able = {one.stocked.asset.id: one for one in ranked}
    kept = [able[pin] for pin in dict.fromkeys(pins) if pin in able]
    others = [one for one in shown if one not in kept]
    return [*kept, *others][: max(len(shown), len(kept))]


def _moved(
    one: Scored, more: Sequence[StockedSet], less: Sequence[StockedSet], liking: Liking
) -> Scored:
    """Return a set with what taste adds to its score."""
    gained = liking.more * max((likeness(one.stocked, other) for other in more), default=0.0)
    lost = liking.less * max((likeness(one.stocked, other) for other in less), default=0.0)
    return replace(
        one, score=one.score + gained - lost, given={**one.given, "taste": gained - lost}
    )


def _named(names: Sequence[BackgroundId], shelf: Shelf) -> list[StockedSet]:
    """Return the sets of these ids."""
    return [stocked for stocked in shelf.sets if stocked.asset.id in names]
