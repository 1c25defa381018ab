"""Ranks sets for one brief: answers of the index, words in common, colour and size.

The score is the plain weighted sum of its parts, between 0 and 1. It orders one list and means
nothing else: it is not calibrated and is not compared between jobs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backlot.vocabulary import RulePrior
from backlot.vocabulary.words import HouseRules
from services.matcher.fusion import fuse
from services.matcher.habit import follows
from services.matcher.orders import Order
from services.matcher.overlap import wanted_by
from services.matcher.palette import ColourJudge, Contrast
from services.matcher.port import Hit
from services.matcher.scale import ScaleFit, scale_of
from services.matcher.shelf import Shelf, StockedSet
from services.matcher.weights import Part, Question, Slot, Weights


@dataclass(frozen=True)
class Fixed:
    """What a set is worth for a product whatever a brief says; measured once for all its briefs."""

    contrast: Contrast
    harmony: float
    scale: ScaleFit
    habit: float


@dataclass(frozen=True)
class Measured:
    """A set held against an order: words, colours and size, each by its own rule.

    Attributes:
        words: What each slot of the brief's words adds to a total of at most 1.
        habit: How well it follows what usually sells such a product.
        kinship: Cosine of the product's name with its caption; 0 when far or not asked.
    """

    stocked: StockedSet
    words: Mapping[Slot, float]
    contrast: Contrast
    harmony: float
    backdrop: float
    scale: ScaleFit
    habit: float
    kinship: float


@dataclass(frozen=True)
class Scored:
    """A measured set with its score and what the score was made of.

    Attributes:
        order: What it was measured for.
        score: Sum of `given`.
        given: What each slot adds: setting, lighting, ..., prose, backdrop, contrast, ...
        setting_similarity: Cosine between its setting and the one asked for; 0 when not found.
    """

    order: Order
    measured: Measured
    score: float
    given: Mapping[str, float]
    setting_similarity: float

    @property
    def stocked(self) -> StockedSet:
        """The set itself."""
        return self.measured.stocked


def rank(
    order: Order,
    shelf: Shelf,
    lists: Mapping[Question, Sequence[Hit]],
    weights: Weights,
    rules: HouseRules,
    habit: RulePrior | None = None,
    known: dict[str, Fixed] | None = None,
) -> list[Scored]:
    """Return every set that may be recommended, best first; equal scores in the order of ids.

    A set that a filter excludes, or on which the product has no room, is not among them.

    Args:
        order: The brief, the product and the filter.
        shelf: The library.
        lists: Answers of the index to each question, nearest first.
        weights: All numbers.
        rules: The house rules of contrast and scale.
        habit: What usually sells such a product; None when that is not to be heard.
        known: What was measured for other briefs of the same product; filled.
    """
    known = {} if known is None else known
    answered = {question: hits for question, hits in lists.items() if hits}
    fused = fuse(answered, weights.questions, weights.fusion.k)
    similar = _similarities(lists.get("setting", ()))
    kin = _similarities(lists.get("product", ()))
    wanted = wanted_by(order.brief, weights)
    judge = ColourJudge(order.product, order.brief, rules.contrast, weights.order)
    scored = []
    for stocked in shelf.admitted(order.where):
        found = fused.get(stocked.point_id, {})
        words = wanted.given(stocked.shown)
        # A large library: neither the index nor a common word speaks for this one.
        if not found and not any(words.values()):
            continue
        if stocked.point_id not in known:
            scale = scale_of(order.product.dimensions_cm, stocked.asset.stage, rules.scale)
            known[stocked.point_id] = _fixed(stocked, scale, judge, habit)
        fixed = known[stocked.point_id]
        if fixed.scale.fits:
            kinship = max(0.0, kin.get(stocked.point_id, 0.0))
            measured = _measured(stocked, words, fixed, judge, kinship)
            similarity = similar.get(stocked.point_id, 0.0)
            scored.append(_scored(order, measured, found, similarity, weights))
    return in_order(scored)


def in_order(scored: Iterable[Scored]) -> list[Scored]:
    """Return sets best first; equal scores in the order of their ids."""
    return sorted(scored, key=lambda one: (-one.score, one.stocked.asset.id))


def best_of(lists: Iterable[Sequence[Scored]]) -> list[Scored]:
    """Return every set once, as the brief sees it that speaks best for it, best first."""
    best: dict[str, Scored] = {}
    for one in in_order(one for ranked in lists for one in ranked):
        best.setdefault(one.stocked.asset.id, one)
    return list(best.values())


def suits(ranked: Sequence[Scored], weights: Weights) -> bool:
    """Tell whether the best set is what the brief asks for, by what does not depend on the rest.

    Ranks and the score say only which is best of those there are.
    """
    return any(
        sum(one.measured.words.values()) >= weights.suits.overlap
        or one.setting_similarity >= weights.suits.setting_similarity
        for one in ranked[:1]
    )


def _similarities(hits: Sequence[Hit]) -> dict[str, float]:
    """Return point id to similarity."""
    return {hit.point_id: hit.similarity for hit in hits}


def _fixed(
    stocked: StockedSet, scale: ScaleFit, judge: ColourJudge, habit: RulePrior | None
) -> Fixed:
    """Measure what no brief changes."""
    return Fixed(
        contrast=judge.contrast(stocked),
        harmony=judge.harmony(stocked),
        scale=scale,
        habit=follows(habit, stocked.shown),
    )


def _measured(
    stocked: StockedSet,
    words: Mapping[Slot, float],
    fixed: Fixed,
    judge: ColourJudge,
    kinship: float,
) -> Measured:
    """Add the brief's colours to what is known of a set."""
    return Measured(
        stocked=stocked,
        words=words,
        contrast=fixed.contrast,
        harmony=fixed.harmony,
        backdrop=judge.backdrop(stocked),
        scale=fixed.scale,
        habit=fixed.habit,
        kinship=kinship,
    )


def _scored(
    order: Order,
    measured: Measured,
    found: Mapping[Question, float],
    similarity: float,
    weights: Weights,
) -> Scored:
    """Add up what each part gives; what a brief says that was not chosen counts less."""
    parts = weights.parts
    plain: dict[Part, float] = {
        "contrast": measured.contrast.value,
        "harmony": measured.harmony,
        "scale": measured.scale.value,
        "habit": measured.habit,
        "kinship": measured.kinship,
    }
    given: dict[str, float] = {part: parts[part] * value for part, value in plain.items()}
    heard = weights.companion if order.companion else 1.0
    given["backdrop"] = heard * parts["backdrop"] * measured.backdrop
    for question, share in found.items():
        given[question] = given.get(question, 0.0) + heard * parts["questions"] * share
    for slot, share in measured.words.items():
        given[slot] = given.get(slot, 0.0) + heard * parts["overlap"] * share
    return Scored(order, measured, sum(given.values()), given, similarity)
