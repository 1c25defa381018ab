"""Which of the ranked sets are shown: both kinds get a place, and no look comes twice too often."""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import islice

from backlot.contracts.background import BackgroundKind
from services.matcher.palette import FAR_LAB, tone_distance
from services.matcher.ranking import Scored
from services.matcher.shelf import StockedSet
from services.matcher.weights import Variety

LEAST_FOR_BOTH_KINDS = 4


def arrange(
    ranked: Sequence[Scored], top_k: int, kinds: Collection[BackgroundKind], variety: Variety
) -> list[Scored]:
    """Return the sets to show, at most `top_k`.

    Within every `variety.window` places a setting stands at most `variety.per_setting` times and
    no set beside its twin, as long as the library has others; what is held back comes later.
    With room for four, every kind that is asked for and found has a place.

    Args:
        ranked: Best first.
        top_k: How many are wanted.
        kinds: Kinds that should be shown.
        variety: How alike they may be.
    """
    shown: list[Scored] = []
    left = list(ranked)
    while left and len(shown) < top_k:
        start = len(shown) - len(shown) % variety.window
        window = shown[start:]
        chosen = _next(left, window, variety)
        left.remove(chosen)
        shown.append(chosen)
    return _with_every_kind(shown, ranked, kinds) if top_k >= LEAST_FOR_BOTH_KINDS else shown


def _next(left: Sequence[Scored], window: Sequence[Scored], variety: Variety) -> Scored:
    """Return the set for the next place: near the best, and unlike what is already shown.

    J. Carbonell and J. Goldstein, "The use of MMR", SIGIR 1998, over the best `candidates` alone:
    a set far down the list is unlike everything, and that is no merit.
    """
    new = islice((one for one in left if _is_new(one, window, variety)), variety.candidates)
    weight = variety.relevance
    return max(
        new,
        key=lambda one: (
            weight * one.score
            - (1 - weight)
            * max((likeness(one.stocked, other.stocked) for other in window), default=0)
        ),
        default=left[0],
    )


def likeness(one: StockedSet, other: StockedSet) -> float:
    """Return how alike two sets look, 0 to 1: half by the words they share, half by main colour."""
    shared = len(one.shown.keys() & other.shown.keys()) / len(one.shown.keys() | other.shown.keys())
    apart = math.dist(one.main_tone.lab, other.main_tone.lab) / FAR_LAB
    return (shared + max(0.0, 1 - apart)) / 2


def _is_new(candidate: Scored, window: Sequence[Scored], variety: Variety) -> bool:
    """Tell whether a set adds something to those already in the window."""
    settings = Counter(one.stocked.main_setting for one in window)
    if settings[candidate.stocked.main_setting] >= variety.per_setting:
        return False
    return not any(_are_twins(candidate.stocked, one.stocked, variety) for one in window)


def _are_twins(one: StockedSet, other: StockedSet, variety: Variety) -> bool:
    """Tell whether two sets look the same: setting, light, main colour, and most of the words."""
    if (one.main_setting, one.main_light) != (other.main_setting, other.main_light):
        return False
    shared = len(one.shown.keys() & other.shown.keys()) / len(one.shown.keys() | other.shown.keys())
    return (
        shared >= variety.twin_words
        and tone_distance(one.main_tone, other.main_tone) <= variety.twin_delta_e
    )


def _with_every_kind(
    shown: list[Scored], ranked: Sequence[Scored], kinds: Collection[BackgroundKind]
) -> list[Scored]:
    """Give the best set of a kind that is missing the last place."""
    missing = set(kinds) - {one.stocked.asset.kind for one in shown}
    for kind in sorted(missing):
        best = next((one for one in ranked if one.stocked.asset.kind is kind), None)
        if best is not None:
            shown = [*shown[:-1], best]
    return shown
