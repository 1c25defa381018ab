"""The result of an evaluation: every figure of every writer, with what it takes to repeat it."""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence

from backlot.contracts.frozen import Frozen
from services.lm_worker.evaluation.bootstrap import Figure, figure_of
from services.lm_worker.evaluation.metrics import faults, per_product, words
from services.lm_worker.evaluation.retrieval import retrievability
from services.lm_worker.evaluation.specificity import (
    commonest_sentence,
    distinct_combinations,
    self_similarity,
)
from services.lm_worker.evaluation.writing import Written
from services.lm_worker.stylist.rulebook import Rulebook

LANGUAGES = ("en", "ko")


class Lengths(Frozen):
    """Words of the shortest, the middle and the longest text."""

    shortest: int
    median: float
    longest: int


class Shared(Frozen):
    """The sentence most products share, and the share of products that do."""

    share: float
    sentence: str


class WriterReport(Frozen):
    """What one writer's briefs are like.

    Attributes:
        versions: What wrote.
        products: How many it was asked for.
        briefs: How many came back.
        failures: Products without a brief, counted by reason.
        cost_usd: What it cost in all.
        means: Means over products, by metric; None where a metric does not apply.
        faults: What the guards found in all briefs: contradictions, forbidden, other.
        distinct_combinations: Different slot combinations among the first briefs.
        shared: The commonest sentence, by language.
        lengths: How long the texts are, by language.
    """

    versions: dict[str, str]
    products: int
    briefs: int
    failures: dict[str, int]
    cost_usd: float
    means: dict[str, Figure | None]
    faults: dict[str, int]
    distinct_combinations: int
    shared: dict[str, Shared]
    lengths: dict[str, Lengths | None]


class Evaluation(Frozen):
    """The whole result; the same versions, seed and number of products give the same figures."""

    seed: int
    products: int
    stability_seeds: int
    versions: dict[str, str]
    writers: dict[str, WriterReport]


def judged(
    made: Sequence[Written], versions: Mapping[str, str], rulebook: Rulebook, seed: int
) -> WriterReport:
    """Return every figure of one writer."""
    found: Counter[str] = Counter({"contradictions": 0, "forbidden": 0, "other": 0})
    for one in made:
        found.update(faults(one, rulebook))
    return WriterReport(
        versions=dict(versions),
        products=len(made),
        briefs=sum(len(one.briefs) for one in made),
        failures=dict(Counter(one.failure or "unreadable" for one in made if not one.briefs)),
        cost_usd=sum(one.cost_usd for one in made),
        means={name: figure_of(values, seed) for name, values in _means(made, rulebook, seed)},
        faults=dict(found),
        distinct_combinations=distinct_combinations(made),
        shared={language: _shared(made, language) for language in LANGUAGES},
        lengths={language: _lengths(made, language) for language in LANGUAGES},
    )


def _means(made: Sequence[Written], rulebook: Rulebook, seed: int) -> list[tuple[str, list[float]]]:
    """Return the values of every metric that is a mean, one a product."""
    found = []
    for name, metric in per_product(rulebook).items():
        values = [metric(one) for one in made]
        found.append((name, [value for value in values if value is not None]))
    words_of = rulebook.vocabulary
    for language in LANGUAGES:
        found.append((f"self_similarity_{language}", self_similarity(made, language)))
        any_ten = retrievability(made, words_of, language, seed, alike=False)
        alike_ten = retrievability(made, words_of, language, seed, alike=True)
        found.append((f"retrievability_{language}", any_ten))
        found.append((f"retrievability_alike_{language}", alike_ten))
    return found


def _shared(made: Sequence[Written], language: str) -> Shared:
    share, sentence = commonest_sentence(made, language)
    return Shared(share=share, sentence=sentence)


def _lengths(made: Sequence[Written], language: str) -> Lengths | None:
    counts = [count for one in made for count in words(one, language)]
    if not counts:
        return None
    return Lengths(shortest=min(counts), median=statistics.median(counts), longest=max(counts))
