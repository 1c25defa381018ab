"""Looks at a photo's vectors and says what they show, facet by facet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from backlot.contracts.caption import ProductGroup
from backlot.contracts.terms import FacetTerm, FactSource
from backlot.encoder.calibration import Calibration, FacetCalibration
from backlot.encoder.port import ImageTextEncoder, Vectors
from backlot.encoder.profiles import Role
from backlot.encoder.tables import LabelTable, prompt_table
from backlot.vocabulary import Facet, Vocabulary
from services.vision_worker.distractors import distractors_of
from services.vision_worker.facets import Facets
from services.vision_worker.scoring import (
    Choice,
    Cosines,
    Levels,
    Pick,
    Scores,
    blended,
    chances,
    choose_one,
    choose_several,
    shares,
)

CATEGORY = "product_category"
ROLE_OF: Mapping[str, Role] = {"style": "scene", "mood": "scene", "photo_condition": "scene"}
"""Which encoder sees a facet; those not named here are of the product itself."""
RAW_ANSWER, RAW_GROUP = 0.3, 0.6
"""Shares from which an encoder that nobody calibrated gives an answer."""
RAW_WEIGHT = 0.5
NEAR_DEVIATIONS = 4.0
"""Two terms mean nearly the same when their vectors are so many standard deviations closer than
two terms of their facet usually are."""


@dataclass(frozen=True)
class Views:
    """The vectors of one photo, each of shape (1, dim).

    Attributes:
        product: Of the cut-out on white, by the product encoder; None when there is no cut-out.
        photo: Of the whole photo, by the product encoder; None without that encoder.
        scene: Of the whole photo, by the scene encoder; None without that encoder.
        quality: Of the cut-out, 0..1.
    """

    product: Vectors | None
    photo: Vectors | None
    scene: Vectors | None
    quality: float

    @property
    def by_role(self) -> dict[Role, Vectors]:
        """The vector that stands for a photo in each encoder's space."""
        product = self.photo if self.product is None else self.product
        found: dict[Role, Vectors | None] = {"product": product, "scene": self.scene}
        return {role: vector for role, vector in found.items() if vector is not None}


BLIND = Views(None, None, None, 0.0)
"""Of a photo at which no encoder looked."""


@dataclass(frozen=True)
class Seen:
    """What was seen.

    Attributes:
        facets: Terms by facet; a facet of which nothing is sure is absent.
        group: Of the product, where only that is sure.
    """

    facets: Facets
    group: ProductGroup | None = None


@dataclass(frozen=True)
class Sight:
    """One facet as one encoder sees it.

    Attributes:
        facet: Its words.
        role: Which encoder looks.
        table: Its terms as vectors.
        others: What may win and mean nothing.
        scale: Logits for a cosine of 1.
        bias: Of models trained with a sigmoid.
        rule: Its calibration; None leaves scores raw.
    """

    facet: Facet
    role: Role
    table: LabelTable
    others: LabelTable | None
    scale: float
    bias: float | None
    rule: FacetCalibration | None

    @cached_property
    def labels(self) -> Vectors:
        """The vectors of the terms, then of the distractors."""
        if self.others is None:
            return self.table.vectors
        return np.concatenate([self.table.vectors, self.others.vectors])

    def cosines(self, views: Views) -> Cosines:
        """Of a photo with each term, then with each distractor."""
        whole = views.scene if self.role == "scene" else views.photo
        if whole is None:
            raise ValueError(f"{self.facet.name} needs the {self.role} encoder's vectors.")
        seen: Cosines = (whole @ self.labels.T)[0]
        if self.role == "scene" or views.product is None:
            return seen
        weight = RAW_WEIGHT if self.rule is None else self.rule.cutout_weight
        return blended((views.product @ self.labels.T)[0], seen, weight * views.quality)

    def scores(self, cosines: Cosines) -> Scores:
        """0..1 for each term, and for each distractor where one answer is chosen."""
        scale = self.scale if self.rule is None else self.rule.scale
        if self.facet.select == "single":
            return shares(cosines, scale)
        terms = len(self.table.terms)
        if self.rule is not None and self.rule.thresholds:
            levels = [self.rule.thresholds.get(term, 1.0) for term in self.table.terms]
            return chances(cosines[:terms], scale, np.asarray(levels, np.float32))
        if self.bias is not None:
            return chances(cosines[:terms], scale, -self.bias / scale)
        return shares(cosines, scale)[:terms]

    def choose_one(self, scores: Scores) -> Choice:
        """The answer of a facet that has one at most."""
        levels = Levels(RAW_ANSWER, RAW_GROUP)
        if self.rule is not None:
            levels = Levels(self.rule.answer, self.rule.group)
        groups = [term.group for term in self.facet.terms]
        return choose_one(scores, groups, levels, self.facet.top_k)

    def choose_several(self, scores: Scores) -> tuple[Pick, ...]:
        """The answers of a facet that may have several."""
        level = 0.0 if self.rule is None else self.rule.answer
        return choose_several(scores, self._near, level, self.facet.top_k)

    def fact(self, pick: Pick, vocabulary: Vocabulary) -> FacetTerm:
        """A choice as it travels."""
        term = self.table.terms[pick.place]
        return FacetTerm(
            term=term,
            label=vocabulary.label(term),
            score=round(pick.score, 4),
            source=FactSource.SEEN,
            raw=self.raw,
        )

    @property
    def raw(self) -> bool:
        """Whether no labelled photos stand behind the scores."""
        return self.rule is None or self.rule.raw

    @cached_property
    def _near(self) -> NDArray[np.bool_]:
        return near_terms(self.table)


class Looker:
    """Scores a photo's vectors against the words of every facet that can be seen.

    Args:
        vocabulary: The words.
        encoders: Image-text encoders by role.
        cache: Folder for label tables, which are made here when they are not there yet.
        calibrations: Of the encoders' spaces, as far as there are any.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        encoders: Mapping[Role, ImageTextEncoder],
        cache: Path,
        calibrations: Sequence[Calibration] = (),
    ) -> None:
        self._vocabulary = vocabulary
        self._encoders = encoders
        rules = {calibration.space: calibration.facets for calibration in calibrations}
        self.sights = {
            name: sight
            for name, facet in vocabulary.facets.items()
            for role in [ROLE_OF.get(name, "product")]
            if facet.role == "seen" and role in encoders
            for sight in [_sight(facet, role, encoders[role], cache, rules)]
            if sight.rule is None or not sight.rule.silent
        }

    @property
    def encoders(self) -> Mapping[Role, ImageTextEncoder]:
        """The encoders by role; empty when there are no image weights."""
        return self._encoders

    def look(self, views: Views) -> Seen:
        """Say what a photo shows, the surest first, and nothing where nothing is sure."""
        facets: Facets = {}
        group: ProductGroup | None = None
        for name, sight in self.sights.items():
            scores = sight.scores(sight.cosines(views))
            if sight.facet.select == "single":
                choice = sight.choose_one(scores)
                picks = choice.picks
                if name == CATEGORY and choice.group is not None:
                    group = _group(choice.group, raw=sight.raw)
            else:
                picks = sight.choose_several(scores)
            if picks:
                facets[name] = tuple(sight.fact(pick, self._vocabulary) for pick in picks)
        return Seen(facets, group)


def near_terms(table: LabelTable) -> NDArray[np.bool_]:
    """Shape (terms, terms): which two terms of a facet mean nearly the same in this space."""
    alike = table.vectors @ table.vectors.T
    pairs = alike[np.triu_indices(len(alike), 1)]
    if pairs.size == 0:
        return np.zeros_like(alike, dtype=bool)
    near: NDArray[np.bool_] = alike > pairs.mean() + NEAR_DEVIATIONS * pairs.std()
    np.fill_diagonal(near, val=False)
    return near


def _sight(
    facet: Facet,
    role: Role,
    encoder: ImageTextEncoder,
    cache: Path,
    rules: Mapping[str, Mapping[str, FacetCalibration]],
) -> Sight:
    distractors = distractors_of(facet)
    return Sight(
        facet=facet,
        role=role,
        table=prompt_table(encoder, facet, cache),
        others=None if distractors is None else prompt_table(encoder, distractors, cache),
        scale=encoder.logit_scale,
        bias=encoder.logit_bias,
        rule=rules.get(encoder.space, {}).get(facet.name),
    )


def _group(said: tuple[str, float], *, raw: bool) -> ProductGroup:
    name, score = said
    return ProductGroup(name=name, score=round(score, 4), source=FactSource.SEEN, raw=raw)
