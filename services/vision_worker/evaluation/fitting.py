"""Fits what turns cosines into scores, on photos that no figure is reported for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from backlot.contracts.errors import ConfigurationError
from backlot.encoder.calibration import FacetCalibration
from services.vision_worker.evaluation.judging import Verdicts
from services.vision_worker.evaluation.seeing import Gallery
from services.vision_worker.looker import CATEGORY, Sight

WEIGHTS = np.round(np.linspace(0, 1, 11), 2)
SCALES = np.round(np.geomspace(4, 160, 45), 2)
LEVELS = np.round(np.linspace(0.05, 0.99, 95), 3)
LEAST_SCORE = 1e-6
LEAST_ANSWERS = 20
"""Fewer answers than this prove no precision."""
NAMELESS = 0.1
"""Part of the uploads that is taken to show nothing that the vocabulary sells."""
HOPELESS = 0.7
"""Precision below which it is better never to answer."""
STAND_OUT = 2.5
"""Standard deviations above its usual cosine from which a term of several is said."""
STEEPNESS = 4.0
"""Logits for one standard deviation."""


@dataclass(frozen=True)
class Fitted:
    """A calibration of the category, and how well it fits the photos it was fitted on."""

    rule: FacetCalibration
    likelihood: float


def fit_category(sight: Sight, gallery: Gallery, precision: float) -> Fitted:
    """Fit scale and weight by likelihood, then the levels by precision.

    Args:
        sight: How the category is seen; its own rule is not read.
        gallery: Photos of the dev part: things with a name, and things without any.
        precision: How often an answer is to be right, whatever was photographed.

    Raises:
        ConfigurationError: There are too few photos with a name.
    """
    truths = Verdicts(replace(sight, rule=None), gallery).truths
    named = truths.any(axis=1)
    if int(named.sum()) < LEAST_ANSWERS:
        raise ConfigurationError(f"{int(named.sum())} labelled photos are too few to calibrate on.")
    best = max(
        (_likelihood(gallery.cosines(sight.labels, weight), truths, scale), weight, scale)
        for weight in WEIGHTS.tolist()
        for scale in SCALES.tolist()
    )
    likelihood, weight, scale = best
    rule = FacetCalibration(scale=scale, cutout_weight=weight, answer=0.0, group=1.0)
    rule = rule.model_copy(update={"answer": _answer_level(sight, rule, gallery, precision)})
    rule = rule.model_copy(update={"group": _group_level(sight, rule, gallery, precision)})
    return Fitted(rule, likelihood)


def fit_several(sight: Sight, gallery: Gallery, weight: float) -> FacetCalibration:
    """Set for each term the cosine from which it stands out, as no labels say when it holds.

    The usual cosines of a word with any photo differ more between words than those of one word
    between photos; without this the same few words would win for every product.
    """
    terms = gallery.cosines(sight.table.vectors, weight)
    usual, spread = terms.mean(axis=0), terms.std(axis=0)
    thresholds = usual + STAND_OUT * spread
    return FacetCalibration(
        scale=round(float(STEEPNESS / spread.mean()), 2),
        cutout_weight=weight,
        answer=0.5,
        thresholds={
            term: round(float(level), 5)
            for term, level in zip(sight.table.terms, thresholds, strict=True)
        },
        raw=True,
    )


def _likelihood(cosines: NDArray[np.float32], truths: NDArray[np.bool_], scale: float) -> float:
    """Mean log score, in nats: of what is right; of no answer being sure where none is right."""
    logits = cosines.astype(np.float64) * scale
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    terms = powers[:, : truths.shape[1]] / powers.sum(axis=1, keepdims=True)
    right = np.where(truths.any(axis=1), (terms * truths).sum(axis=1), 1 - terms.max(axis=1))
    return float(np.log(np.maximum(right, LEAST_SCORE)).mean())


def _answer_level(
    sight: Sight, rule: FacetCalibration, gallery: Gallery, precision: float
) -> float:
    """Lowest share from which on answers are right often enough, nameless things included."""
    verdicts = Verdicts(replace(sight, rule=rule), gallery)
    said = np.array([c.picks[0].score if c.picks else 0.0 for c in verdicts.choices])
    right = np.array(
        [
            bool(choice.picks) and bool(row[choice.picks[0].place])
            for choice, row in zip(verdicts.choices, verdicts.truths, strict=True)
        ]
    )
    return _lowest(said, right, _importance(verdicts.truths), precision)


def _group_level(sight: Sight, rule: FacetCalibration, gallery: Gallery, precision: float) -> float:
    """The same for groups, on the photos that get no category."""
    verdicts = Verdicts(replace(sight, rule=rule.model_copy(update={"group": 0.0})), gallery)
    groups = [choice.group for choice in verdicts.choices]
    said = np.array([0.0 if group is None else group[1] for group in groups])
    right = np.array(
        [
            group is not None and group[0] in there
            for group, there in zip(groups, verdicts.right_groups, strict=True)
        ]
    )
    return _lowest(said, right, _importance(verdicts.truths), precision)


def _importance(truths: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights with which things without a name make up the part they have among uploads."""
    named = truths.any(axis=1)
    if named.all():
        return np.ones(len(named))
    share = float(named.mean())
    return np.where(named, (1 - NAMELESS) / share, NAMELESS / (1 - share))


def _lowest(
    said: NDArray[np.float64],
    right: NDArray[np.bool_],
    weights: NDArray[np.float64],
    precision: float,
) -> float:
    """Lowest level from which on enough of what is said is right.

    Where no level gets there it is the one that gets nearest, unless even that is hopeless.
    """
    reached = {
        float(level): float(np.average(right[said >= level], weights=weights[said >= level]))
        for level in LEVELS
        if (said >= level).sum() >= LEAST_ANSWERS
    }
    fine = [level for level, share in reached.items() if share >= precision]
    if fine:
        return min(fine)
    nearest = max(reached, key=lambda level: reached[level], default=None)
    hopeless = nearest is None or reached[nearest] < HOPELESS
    return float(LEVELS[-1]) if hopeless or nearest is None else nearest


def calibrated(
    sights: Mapping[str, Sight], gallery: Gallery, precision: float, silent: Sequence[str]
) -> dict[str, FacetCalibration]:
    """Fit every facet that the product encoder sees.

    Args:
        sights: By facet.
        gallery: Photos of the dev part.
        precision: How often an answer is to be right.
        silent: Facets for which the encoder is not to be asked.

    Raises:
        ConfigurationError: Nobody sees such a facet, or there are too few photos.
    """
    unknown = set(silent) - set(sights)
    if unknown:
        raise ConfigurationError(f"Nobody sees the facet {', '.join(sorted(unknown))}.")
    category = fit_category(sights[CATEGORY], gallery, precision).rule
    rules = {CATEGORY: category}
    for name, sight in sights.items():
        if sight.facet.select != "single":
            weight = category.cutout_weight if sight.role == "product" else 0.0
            rules[name] = fit_several(sight, gallery, weight)
    return {
        name: rule.model_copy(update={"silent": name in silent}) for name, rule in rules.items()
    }
