"""Puts an evaluation together: parts of the photos, figures of each, calibration where wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from backlot.contracts.errors import ConfigurationError
from backlot.encoder.calibration import Calibration, FacetCalibration, Provenance
from backlot.encoder.port import ImageTextEncoder
from backlot.encoder.profiles import Role
from backlot.vocabulary import Vocabulary
from services.vision_worker.evaluation.backgrounds import invariance
from services.vision_worker.evaluation.colours import palette_error
from services.vision_worker.evaluation.fitting import calibrated
from services.vision_worker.evaluation.judging import (
    Verdicts,
    by_source,
    judge_set,
    judge_silence,
)
from services.vision_worker.evaluation.photos import Labelled
from services.vision_worker.evaluation.planted import fall
from services.vision_worker.evaluation.report import FacetEvaluation, near_pairs
from services.vision_worker.evaluation.seeing import Gallery, Watcher
from services.vision_worker.looker import CATEGORY, Looker


@dataclass(frozen=True)
class Bench:
    """What is judged, and with what.

    Attributes:
        profile: Name of the encoder profile.
        encoders: By role.
        vocabulary: The words.
        cache: Folder for label tables.
        left_out: Category ids that were in no training.
        seed: Of samples and bootstraps.
    """

    profile: str
    encoders: Mapping[Role, ImageTextEncoder]
    vocabulary: Vocabulary
    cache: Path
    left_out: frozenset[str]
    seed: int

    def looker(self, calibrations: Sequence[Calibration]) -> Looker:
        """The worker's looker with these calibrations."""
        return Looker(self.vocabulary, self.encoders, self.cache, calibrations)

    @property
    def space(self) -> str:
        """Stamp of the encoder that sees the product."""
        if "product" not in self.encoders:
            raise ConfigurationError(f"Profile {self.profile} has no image encoder for products.")
        return self.encoders["product"].space


def fit(bench: Bench, dev: Gallery, precision: float, silent: Sequence[str]) -> Calibration:
    """Calibrate on the dev part; categories left out of training stay out of it."""
    known = dev.only([not bench.left_out.intersection(one.truths) for one in dev.shown])
    sights = bench.looker(()).sights
    rules: dict[str, FacetCalibration] = calibrated(sights, known, precision, silent)
    # Facets that the other encoder sees belong to its own space.
    mine = {
        n: rule for n, rule in rules.items() if bench.encoders[sights[n].role].space == bench.space
    }
    counts: dict[str, int] = {}
    for one in known.shown:
        counts[one.source] = counts.get(one.source, 0) + 1
    return Calibration(
        space=bench.space,
        facets=mine,
        provenance=Provenance(
            made=datetime.now(UTC).date().isoformat(),
            command="backlot eval facets --calibrate",
            data=counts,
            n=len(known.shown),
            seed=bench.seed,
            vocabulary=bench.vocabulary.version,
            note=f"answers are to be right in {precision:.0%}; only the category has labels",
        ),
    )


def evaluate(
    bench: Bench, calibrations: Sequence[Calibration], test: Gallery, parts: Mapping[str, int]
) -> FacetEvaluation:
    """Judge the test part; invariance is added by who has the photos at hand."""
    looker = bench.looker(calibrations)
    sight = looker.sights[CATEGORY]
    unseen = [bool(bench.left_out.intersection(one.truths)) for one in test.shown]
    named = [bool(one.truths) for one in test.shown]
    familiar = test.only([n and not u for n, u in zip(named, unseen, strict=True)])
    negatives = test.only([not n for n in named])
    versions = {role: encoder.space for role, encoder in bench.encoders.items()}
    return FacetEvaluation(
        profile=bench.profile,
        versions={**versions, "vocabulary": bench.vocabulary.version},
        calibrated=not sight.raw,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=bench.seed,
        photos=parts,
        sets={
            name: judge_set(Verdicts(sight, part), bench.seed)
            for name, part in by_source(familiar).items()
        },
        negatives=judge_silence(Verdicts(sight, negatives), bench.seed),
        left_out=judge_silence(Verdicts(sight, test.only(unseen)), bench.seed),
        invariance=None,
        palette_error=palette_error(bench.seed),
        planted=fall(sight, bench.seed),
        near_terms=near_pairs(looker.sights),
    )


def with_invariance(
    evaluation: FacetEvaluation,
    bench: Bench,
    calibrations: Sequence[Calibration],
    watcher: Watcher,
    shown: Sequence[Labelled],
    scenes: Sequence[Image.Image],
) -> FacetEvaluation:
    """Add how the answers for some photos hold before other backgrounds."""
    sight = bench.looker(calibrations).sights[CATEGORY]
    figures = invariance(shown, watcher, sight, scenes, bench.seed)
    return evaluation.model_copy(update={"invariance": figures})
