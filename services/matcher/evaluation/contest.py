"""The systems that are held against each other, and one evaluation of them all."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from backlot.contracts.background import BackgroundAsset
from backlot.encoder.port import SentenceEncoder
from backlot.vocabulary import Vocabulary
from services.matcher.evaluation.cases import Case, brief_by_hand, work_of
from services.matcher.evaluation.judgments import Half, Judge
from services.matcher.evaluation.report import OURS, Evaluation
from services.matcher.evaluation.sweep import DEEP, SweepReport, sweep_of
from services.matcher.evaluation.systems import (
    Ours,
    Stock,
    System,
    at_random,
    by_category,
    by_one_vector,
    by_popularity,
    by_words,
)
from services.matcher.evaluation.trial import (
    Run,
    SystemReport,
    Trial,
    popularity_of,
    report_of,
    run_of,
    trials_of,
    unavoidable,
    violations,
)
from services.matcher.exposure import FREE, Exposure
from services.matcher.match import Matcher
from services.matcher.ranking import Scored
from services.matcher.shelf import stock
from services.matcher.weights import Weights

BY_HAND = "upper bound: brief by hand"


class MatcherOf(Protocol):
    """Makes a matcher with other numbers."""

    def __call__(self, weights: Weights, exposure: Exposure = ...) -> Matcher:
        """Return it; without prices named, with those that ship."""
        ...


Seeing = tuple[System, Collection[str]]
"""A system, and ids of the cases it can rank."""


class Contest:
    """Holds the library, the encoders and the judgments.

    Args:
        assets: The library.
        encoder: The sentence encoder.
        vocabulary: The controlled words.
        weights: Of the matcher as it ships.
        matcher_of: Makes a matcher with other weights.
        seed: Of chance: the random baseline and the intervals.
    """

    def __init__(
        self,
        assets: Sequence[BackgroundAsset],
        encoder: SentenceEncoder,
        vocabulary: Vocabulary,
        weights: Weights,
        matcher_of: MatcherOf,
        seed: int,
    ) -> None:
        self._assets = {asset.id: asset for asset in assets}
        self._encoder = encoder
        self._vocabulary = vocabulary
        self._weights = weights
        self._matcher_of = matcher_of
        self._seed = seed
        self._shelf = stock(assets)
        self._ours = Ours(matcher_of(weights))

    def evaluate(
        self,
        half: Half,
        cases: Sequence[Case],
        judges: Sequence[Judge],
        *,
        seeing: Mapping[str, Seeing] | None = None,
        parts: bool = True,
    ) -> Evaluation:
        """Return the figures of every system.

        Args:
            half: Which judged products these are.
            cases: With briefs.
            judges: Of the same products.
            seeing: Baselines by name that can be asked for some products only.
            parts: Whether to take the matcher's parts away one by one.
        """
        everything = trials_of(cases, judges, tuple(self._assets.values()))
        trials = [trial for trial in everything if trial.can_be_met]
        ours = run_of(self._ours, trials, self._assets)
        baselines = self._baselines(everything)
        others = {BY_HAND: self._by_hand(judges), **(dict(self._without()) if parts else {})}
        runs = {
            name: run_of(system, trials, self._assets)
            for name, system in {**baselines, **others}.items()
        }
        return Evaluation(
            half=half,
            seed=self._seed,
            products=len(trials),
            backgrounds=len(self._assets),
            versions={"weights": str(self._weights.version), "sentence": self._encoder.space},
            systems={
                OURS: report_of(ours, None, len(self._assets), self._seed),
                **{name: self._reported(run, ours) for name, run in runs.items()},
                **dict(self._seen(trials, seeing or {})),
            },
            baselines=tuple(baselines),
            unmet={
                t.case.id: not self._ours.match(t.case).suits
                for t in everything
                if not t.can_be_met
            },
            violations=sum(
                violations(self._ours.match(t.case), t.case, self._shelf, t.judge)
                for t in everything
            ),
            unavoidable_bad=unavoidable(trials),
        )

    def _seen(
        self, trials: Sequence[Trial], seeing: Mapping[str, Seeing]
    ) -> Iterable[tuple[str, SystemReport]]:
        """Yield each such baseline beside ours, both on the products it can be asked for."""
        for name, (system, able) in seeing.items():
            some = [trial for trial in trials if trial.case.id in able]
            if some:
                ours = run_of(self._ours, some, self._assets)
                yield name, self._reported(run_of(system, some, self._assets), ours)

    @property
    def size(self) -> int:
        """Number of backgrounds."""
        return len(self._assets)

    def ranked(self, case: Case) -> list[Scored]:
        """Return every set that could be shown for a product, before anybody pays."""
        if case.briefs is None:
            raise ValueError(f"{case.id}: nobody has written its briefs")
        return self._matcher_of(self._weights, FREE).ranked(work_of(case, case.briefs))

    def sweep(self, cases: Iterable[Case]) -> SweepReport:
        """Match many made-up products and count who is shown."""
        return sweep_of(cases, Ours(self._matcher_of(self._weights), depth=DEEP), self._shelf)

    def _reported(self, run: Run, ours: Run) -> SystemReport:
        return report_of(run, ours, len(self._assets), self._seed)

    def _baselines(self, trials: Sequence[Trial]) -> dict[str, System]:
        """Return what ours has to beat."""
        assets, words = tuple(self._assets.values()), self._vocabulary
        admitted = Stock(assets, words)
        return {
            "random": at_random(admitted, self._seed),
            "most popular": by_popularity(admitted, popularity_of(trials)),
            "category lookup": by_category(admitted, words),
            "lexical only": by_words(admitted, self._shelf, words),
            "single vector": by_one_vector(admitted, assets, self._encoder),
        }

    def _by_hand(self, judges: Sequence[Judge]) -> System:
        """Return ours with the brief of the judgments instead of the stylist's."""
        by_id = {judge.product.id: judge for judge in judges}
        return Ours(
            self._matcher_of(self._weights),
            lambda case: brief_by_hand(by_id[case.id], self._vocabulary),
        )

    def _without(self) -> Iterable[tuple[str, System]]:
        """Yield ours without each part."""
        for name, weights in lesser(self._weights):
            yield f"ours without {name}", Ours(self._matcher_of(weights))
        yield "ours without exposure", Ours(self._matcher_of(self._weights, FREE))


def lesser(weights: Weights) -> Iterable[tuple[str, Weights]]:
    """Yield the weights with one part or one question taken away; the others share its place."""
    for part, value in weights.parts.items():
        if 0 < value < 1:
            rest = {name: w / (1 - value) for name, w in weights.parts.items() if name != part}
            yield part, weights.revised(parts={**rest, part: 0.0})
    for question, value in weights.questions.items():
        if value > 0:
            yield (
                f"the {question} question",
                weights.revised(questions={**weights.questions, question: 0.0}),
            )
    off = {**weights.variety.model_dump(), "window": 1}
    yield "variety", weights.revised(variety=off)
