"""Planted structure: photos whose vectors are made, so that only the plumbing is judged.

Every made photo carries the words of a few terms and some noise. With no noise the ranking of a
facet's terms must be perfect, and it must become worse with noise; a ranking that does neither has
a fault between vector and answer. It says nothing about how well any encoder sees.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from backlot.encoder.port import Vectors
from services.vision_worker.evaluation.figures import Figure, mean_figure, ndcg
from services.vision_worker.looker import Sight, Views

PHOTOS = 60
RELEVANCE = (3.0, 2.0, 1.0)
"""Of the terms a photo carries, the strongest first."""
NOISES = (0.0, 0.5, 1.0, 2.0, 4.0)
"""Length of the noise, over that of what is planted."""


def planted_ndcg(sight: Sight, noise: float, seed: int) -> Figure | None:
    """NDCG of the order in which a sight puts the planted terms."""
    rng = np.random.default_rng(seed)
    gains = []
    for _ in range(PHOTOS):
        places = rng.choice(len(sight.table.terms), len(RELEVANCE), replace=False)
        vector = _planted(sight.table.vectors, places, noise, rng)
        scores = sight.scores(sight.cosines(Views(vector, vector, vector, 1.0)))
        relevance = np.zeros(len(sight.table.terms))
        relevance[places] = RELEVANCE
        gains.append(ndcg(relevance, scores[: len(relevance)]))
    return mean_figure(np.array(gains), seed)


def fall(sight: Sight, seed: int, noises: Sequence[float] = NOISES) -> dict[str, Figure]:
    """The same for rising noise."""
    found = {f"{noise:g}": planted_ndcg(sight, noise, seed) for noise in noises}
    return {name: value for name, value in found.items() if value is not None}


def _planted(
    labels: Vectors, places: NDArray[np.intp], noise: float, rng: np.random.Generator
) -> Vectors:
    """The vector whose cosines to the terms are exactly in the planted order, and noise.

    Terms overlap, so a sum of them would not do: the least squares give the wanted cosines.
    """
    wanted = np.zeros(len(labels))
    wanted[places] = RELEVANCE
    signal = np.linalg.lstsq(labels.astype(np.float64), wanted, rcond=None)[0]
    signal /= np.linalg.norm(signal)
    disturbed = signal + noise * _unit(rng.normal(size=signal.shape))
    return _unit(disturbed)[None].astype(np.float32)


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    unit: NDArray[np.float64] = vector / np.linalg.norm(vector)
    return unit
