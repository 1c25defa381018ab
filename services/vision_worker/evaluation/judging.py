"""Judges the product category: what is named first, how surely, and when it is better not said."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from backlot.contracts.frozen import Frozen
from services.vision_worker.evaluation.figures import (
    Figure,
    RiskCoverage,
    calibration_error,
    figure,
    macro_f1,
    mean_figure,
    risk_coverage,
)
from services.vision_worker.evaluation.seeing import Gallery
from services.vision_worker.looker import RAW_WEIGHT, Sight
from services.vision_worker.scoring import Choice

SURE = 0.5
Flags = NDArray[np.bool_]


class SetFigures(Frozen):
    """How the category is named on one set of photos; answers range over all categories.

    Attributes:
        top1: The best category is right, sure or not.
        top3: One of the best three is.
        within: The best of the set's own categories is right.
        group: The best category lies in a right group.
        macro_f1: Mean F1 over the categories of the set.
        calibration_error: Between the best share and how often it is right, 15 bins.
        sure: Part of the photos whose best share is at least 0.5.
        sure_right: Of those, how many are right.
        answered: Part of the photos for which the worker names a category.
        answered_right: Of those, how many are right.
        rolled_up: Part of the photos for which it names the group only.
        rolled_up_right: Of those, how many are right.
    """

    top1: Figure | None = None
    top3: Figure | None = None
    within: Figure | None = None
    group: Figure | None = None
    macro_f1: Figure | None = None
    calibration_error: Figure | None = None
    sure: Figure | None = None
    sure_right: Figure | None = None
    answered: Figure | None = None
    answered_right: Figure | None = None
    rolled_up: Figure | None = None
    rolled_up_right: Figure | None = None
    risk_coverage: RiskCoverage | None = None


class SilenceFigures(Frozen):
    """What is said of photos without a right answer among the words.

    Attributes:
        quiet: Part for which neither category nor group is named.
        sure: Part whose best share is at least 0.5.
        quiet_or_group: Part for which nothing is named, or only a right group; for things left
            out of training, whose group is known.
    """

    quiet: Figure | None = None
    sure: Figure | None = None
    quiet_or_group: Figure | None = None


@dataclass(frozen=True)
class Verdicts:
    """What one sight says of every photo of a gallery.

    Attributes:
        sight: How the category is seen.
        gallery: The photos.
    """

    sight: Sight
    gallery: Gallery

    @cached_property
    def scores(self) -> NDArray[np.float64]:
        """Shape (n, terms and distractors): shares."""
        weight = RAW_WEIGHT if self.sight.rule is None else self.sight.rule.cutout_weight
        cosines = self.gallery.cosines(self.sight.labels, weight)
        return np.stack([self.sight.scores(row) for row in cosines])

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """What the worker would say."""
        return tuple(self.sight.choose_one(row) for row in self.scores)

    @cached_property
    def truths(self) -> Flags:
        """Shape (n, terms): what is right."""
        places = {term: place for place, term in enumerate(self.sight.table.terms)}
        right = np.zeros((len(self.gallery.shown), len(places)), bool)
        for row, shown in enumerate(self.gallery.shown):
            right[row, [places[truth] for truth in shown.truths]] = True
        return right

    @cached_property
    def right_groups(self) -> tuple[frozenset[str], ...]:
        """Groups in which the right answers lie."""
        groups = [term.group or "" for term in self.sight.facet.terms]
        return tuple(frozenset(groups[at] for at in np.flatnonzero(row)) for row in self.truths)


def judge_set(verdicts: Verdicts, seed: int) -> SetFigures:
    """Judge photos that show something with a name; none gives empty figures."""
    if not verdicts.gallery.shown:
        return SetFigures()
    terms = verdicts.scores[:, : len(verdicts.sight.table.terms)]
    truths, rows = verdicts.truths, np.arange(len(terms))
    order = np.argsort(-terms, axis=1, kind="stable")
    best, sure = order[:, 0], terms.max(axis=1)
    right = truths[rows, best]
    wanted = np.where(right, best, truths.argmax(axis=1))
    own = np.where(truths.any(axis=0), terms, -1.0).argmax(axis=1)
    groups = [term.group or "" for term in verdicts.sight.facet.terms]
    grouped = [groups[at] in there for at, there in zip(best, verdicts.right_groups, strict=True)]
    said, said_right = _said(verdicts)
    rolled, rolled_right = _rolled_up(verdicts)
    return SetFigures(
        top1=mean_figure(right, seed),
        top3=mean_figure(truths[rows[:, None], order[:, :3]].any(axis=1), seed),
        within=mean_figure(truths[rows, own], seed),
        group=mean_figure(np.array(grouped), seed),
        macro_f1=figure(lambda drawn: macro_f1(wanted[drawn], best[drawn]), len(rows), seed),
        calibration_error=figure(
            lambda drawn: calibration_error(sure[drawn], right[drawn]), len(rows), seed
        ),
        sure=mean_figure(sure >= SURE, seed),
        sure_right=mean_figure(right[sure >= SURE], seed),
        answered=mean_figure(said, seed),
        answered_right=mean_figure(said_right[said], seed),
        rolled_up=mean_figure(rolled, seed),
        rolled_up_right=mean_figure(rolled_right[rolled], seed),
        risk_coverage=risk_coverage(sure, right),
    )


def judge_silence(verdicts: Verdicts, seed: int) -> SilenceFigures:
    """Judge photos for which the words have no right answer, or one never seen in training."""
    if not verdicts.gallery.shown:
        return SilenceFigures()
    terms = verdicts.scores[:, : len(verdicts.sight.table.terms)]
    said, _ = _said(verdicts)
    rolled, rolled_right = _rolled_up(verdicts)
    known = any(verdicts.right_groups)
    return SilenceFigures(
        quiet=mean_figure(~said & ~rolled, seed),
        sure=mean_figure(terms.max(axis=1) >= SURE, seed),
        quiet_or_group=mean_figure(~said & (~rolled | rolled_right), seed) if known else None,
    )


def _said(verdicts: Verdicts) -> tuple[Flags, Flags]:
    """Whether a category is named, and whether it is right."""
    said = np.array([bool(choice.picks) for choice in verdicts.choices])
    right = [
        bool(choice.picks) and bool(row[choice.picks[0].place])
        for choice, row in zip(verdicts.choices, verdicts.truths, strict=True)
    ]
    return said, np.array(right)


def _rolled_up(verdicts: Verdicts) -> tuple[Flags, Flags]:
    """Whether only a group is named, and whether it is right."""
    groups = [None if choice.group is None else choice.group[0] for choice in verdicts.choices]
    right = [name in there for name, there in zip(groups, verdicts.right_groups, strict=True)]
    return np.array([name is not None for name in groups]), np.array(right)


def by_source(gallery: Gallery) -> Mapping[str, Gallery]:
    """The parts of a gallery by the set they come from, and `all` of it."""
    sources = sorted({shown.source for shown in gallery.shown})
    parts = {name: gallery.only([s.source == name for s in gallery.shown]) for name in sources}
    return {"all": gallery, **parts}
