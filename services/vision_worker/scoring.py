"""From cosines to answers: shares, thresholds, abstaining, and the group where no term is sure."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Cosines = NDArray[np.float32]
"""Of one photo with each term of a facet."""
Scores = NDArray[np.float64]
"""0..1 for each term."""
Flags = NDArray[np.bool_]

WORTH_A_MENTION = 0.05
"""Least share of a runner-up."""


class Pick(NamedTuple):
    """A term, as its place in its facet, and its score."""

    place: int
    score: float


class Choice(NamedTuple):
    """What a facet with one answer says.

    Attributes:
        picks: The answer and its runners-up, the best first; empty when abstaining.
        group: Name and score of the group, where only that is sure.
    """

    picks: tuple[Pick, ...] = ()
    group: tuple[str, float] | None = None


class Levels(NamedTuple):
    """From which score something is said."""

    answer: float
    group: float = 1.0


def shares(cosines: Cosines, scale: float) -> Scores:
    """Softmax over terms: one of them holds."""
    logits = cosines.astype(np.float64) * scale
    powers = np.exp(logits - logits.max())
    softmax: Scores = powers / powers.sum()
    return softmax


def chances(cosines: Cosines, scale: float, thresholds: Cosines | float) -> Scores:
    """Sigmoid for each term: any number of them hold; 0.5 at the threshold."""
    logits = (cosines.astype(np.float64) - thresholds) * scale
    # Beyond this the answer is 0 or 1 in double precision anyway.
    sigmoid: Scores = 1 / (1 + np.exp(-np.clip(logits, -700, 700)))
    return sigmoid


def blended(cutout: Cosines, photo: Cosines, share: float) -> Cosines:
    """What cut-out and whole photo say together; `share` is the part of the cut-out, 0..1.

    A mean of cosines is one of logits, so that a word that only the background speaks for loses.
    """
    return np.float32(share) * cutout + np.float32(1 - share) * photo


def choose_one(scores: Scores, groups: Sequence[str | None], levels: Levels, most: int) -> Choice:
    """Choose the one term that holds, or only its group, or nothing.

    Args:
        scores: Shares of the terms, then of the distractors: things that are no answer.
        groups: Of the terms; as many as there are terms.
        levels: From which score something is said.
        most: At most so many terms.
    """
    terms, others = scores[: len(groups)], scores[len(groups) :]
    order = np.argsort(-terms, kind="stable")[:most]
    best, nothing = float(terms[order[0]]), float(others.max(initial=0.0))
    if best >= levels.answer and best > nothing:
        kept = [place for place in order if terms[place] >= min(best, WORTH_A_MENTION)]
        return Choice(tuple(Pick(int(place), float(terms[place])) for place in kept))
    sums: dict[str, float] = {}
    for name, score in zip(groups, terms, strict=True):
        if name is not None:
            sums[name] = sums.get(name, 0.0) + float(score)
    name = max(sums, key=lambda group: sums[group], default=None)
    if name is not None and sums[name] >= levels.group and sums[name] > float(others.sum()):
        return Choice(group=(name, min(1.0, sums[name])))
    return Choice()


def choose_several(scores: Scores, near: Flags, level: float, most: int) -> tuple[Pick, ...]:
    """Choose the terms that hold, best first; of two that mean nearly the same only the better.

    Args:
        scores: Of the terms.
        near: Shape (terms, terms): which mean nearly the same.
        level: Least score.
        most: At most so many.
    """
    picks: list[Pick] = []
    for place in np.argsort(-scores, kind="stable"):
        if scores[place] < level or len(picks) == most:
            break
        if not any(near[place, pick.place] for pick in picks):
            picks.append(Pick(int(place), float(scores[place])))
    return tuple(picks)
