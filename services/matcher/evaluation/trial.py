"""Lets systems rank judged products and puts the figures side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from backlot.contracts.background import BackgroundAsset
from backlot.contracts.frozen import Frozen
from backlot.contracts.match import Match
from services.matcher.evaluation.cases import Case
from services.matcher.evaluation.judgments import ABSURD, FITS, Judge
from services.matcher.evaluation.metrics import (
    PER_PRODUCT,
    SHOWN_FIRST,
    Figure,
    diversity,
    figure_of,
    lead_of,
    library_share,
)
from services.matcher.evaluation.systems import System
from services.matcher.shelf import Shelf

PRIMARY = "ndcg5"


@dataclass(frozen=True)
class Trial:
    """One judged product with the grade of every set.

    Attributes:
        grades: Background id to grade, of every set of the library.
        with_room: How many sets it stands on.
    """

    case: Case
    judge: Judge
    grades: Mapping[str, int]
    with_room: int

    @property
    def can_be_met(self) -> bool:
        """Whether the library has any set that suits: otherwise there is nothing to rank."""
        return max(self.grades.values()) >= FITS


class SystemReport(Frozen):
    """The figures of one system over all products that can be met.

    Attributes:
        lead: Ours minus this one in the primary metric, product by product.
    """

    figures: dict[str, Figure]
    library_share: float
    lead: Figure | None = None


@dataclass(frozen=True)
class Run:
    """What one system ranked, and the values of each product by metric."""

    ranked: tuple[tuple[str, ...], ...]
    values: Mapping[str, tuple[float, ...]]


def trials_of(
    cases: Sequence[Case], judges: Sequence[Judge], assets: Sequence[BackgroundAsset]
) -> tuple[Trial, ...]:
    """Return every product with its grades."""
    by_id = {judge.product.id: judge for judge in judges}
    trials = []
    for case in cases:
        judge = by_id[case.id]
        grades = {asset.id: judge.grade(asset) for asset in assets}
        trials.append(Trial(case, judge, grades, sum(map(judge.has_room, assets))))
    return tuple(trials)


def run_of(system: System, trials: Sequence[Trial], assets: Mapping[str, BackgroundAsset]) -> Run:
    """Let a system rank every product."""
    ranked = tuple(tuple(system(trial.case)) for trial in trials)
    values: dict[str, tuple[float, ...]] = {}
    graded = [
        [trial.grades[name] for name in order] for trial, order in zip(trials, ranked, strict=True)
    ]
    for metric, of_product in PER_PRODUCT.items():
        values[metric] = tuple(
            of_product(grades, tuple(trial.grades.values()))
            for grades, trial in zip(graded, trials, strict=True)
        )
    values["diversity"] = tuple(diversity([assets[name] for name in order]) for order in ranked)
    return Run(ranked, values)


def report_of(run: Run, ours: Run | None, library: int, seed: int) -> SystemReport:
    """Return the means with their intervals, and how far ours leads."""
    return SystemReport(
        figures={metric: figure_of(values, seed) for metric, values in run.values.items()},
        library_share=library_share(run.ranked, library),
        lead=None if ours is None else lead_of(ours.values[PRIMARY], run.values[PRIMARY], seed),
    )


def unavoidable(trials: Sequence[Trial]) -> float:
    """Return the least bad-in-top-5 of a system that fills its five places, 0 to 1.

    Some products have room on five sets and more, of which fewer than five are not absurd.
    """
    shares = []
    for trial in trials:
        room = min(SHOWN_FIRST, trial.with_room)
        decent = sum(grade > ABSURD for grade in trial.grades.values())
        shares.append(max(0, room - decent) / SHOWN_FIRST)
    return sum(shares) / len(shares)


def popularity_of(trials: Sequence[Trial]) -> Callable[[Case, str], float]:
    """Return how well a set suits the products other than the asked one, in the mean grade."""

    def liked(case: Case, name: str) -> float:
        others = [trial.grades[name] for trial in trials if trial.case.id != case.id]
        return sum(others) / len(others) if others else 0.0

    return liked


def violations(match: Match, case: Case, shelf: Shelf, judge: Judge | None = None) -> int:
    """Count recommended sets that a constraint forbids: kind, what the brief avoids, room."""
    sets = {stocked.asset.id: stocked for stocked in shelf.sets}
    avoid = {*match.brief.avoid}
    count = 0
    for one in match.ranked:
        stocked = sets[one.background_id]
        wrong_kind = stocked.asset.kind not in case.request.kinds
        cramped = judge is not None and not judge.has_room(stocked.asset)
        count += wrong_kind or cramped or not avoid.isdisjoint(stocked.shown)
    return count
