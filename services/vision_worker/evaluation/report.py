"""What an evaluation says, with everything that is needed to make it again."""

from collections.abc import Mapping

import numpy as np

from backlot.contracts.frozen import Frozen
from services.vision_worker.evaluation.backgrounds import InvarianceFigures
from services.vision_worker.evaluation.figures import Figure
from services.vision_worker.evaluation.judging import SetFigures, SilenceFigures
from services.vision_worker.looker import Sight, near_terms

MOST_NEAR = 12


class NearTerms(Frozen):
    """Two terms of a facet that an encoder can hardly tell apart."""

    facet: str
    one: str
    other: str
    cosine: float


class FacetEvaluation(Frozen):
    """One encoder profile, judged.

    Attributes:
        versions: Encoders with the hash of their weights, vocabulary.
        calibrated: Whether the scores are calibrated.
        photos: How many by part.
        sets: Figures by set; `all` is all of them.
        negatives: What is said of photos of things that the vocabulary does not sell.
        left_out: What is said of categories that were left out of training.
        invariance: Under swapped backgrounds.
        palette_error: CIEDE2000 on painted balls of known colour.
        planted: NDCG of planted structure by noise: plumbing, not sight.
        near_terms: Terms that mean nearly the same to this encoder.
    """

    profile: str
    versions: Mapping[str, str]
    calibrated: bool
    made: str
    seed: int
    photos: Mapping[str, int]
    sets: Mapping[str, SetFigures]
    negatives: SilenceFigures
    left_out: SilenceFigures
    invariance: InvarianceFigures | None
    palette_error: Figure | None
    planted: Mapping[str, Figure]
    near_terms: tuple[NearTerms, ...]


def near_pairs(sights: Mapping[str, Sight]) -> tuple[NearTerms, ...]:
    """The terms that are nearest to each other, the nearest first."""
    pairs = []
    for name, sight in sights.items():
        near = np.triu(near_terms(sight.table))
        alike = sight.table.vectors @ sight.table.vectors.T
        pairs += [
            NearTerms(
                facet=name,
                one=sight.table.terms[row],
                other=sight.table.terms[column],
                cosine=round(float(alike[row, column]), 3),
            )
            for row, column in np.argwhere(near)
        ]
    return tuple(sorted(pairs, key=lambda pair: -pair.cosine)[:MOST_NEAR])
