"""Metrics of one product's briefs, each a pure function; most ask the product's own guards."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations

from pydantic import ValidationError

from backlot.contracts.brief import Claim, Evidence, StudioBrief
from backlot.contracts.caption import Measures
from services.lm_worker.evaluation.products import Case
from services.lm_worker.evaluation.writing import Written
from services.lm_worker.facts import TRUSTED_SCORE
from services.lm_worker.findings import Code
from services.lm_worker.guards import check
from services.lm_worker.prose.compose import count_words
from services.lm_worker.stylist.rulebook import Rulebook

CHECKABLE = frozenset({"facet", "measured", "hint"})
UNPROVEN = "unproven"
"""What a language model's reason becomes when the fact it names does not exist."""

CONTRADICTIONS = frozenset(
    {Code.CONTRADICTION, Code.AVOIDS_ITSELF, Code.KELVIN, Code.CLEAR_ON_WHITE}
)
FORBIDDEN = frozenset({Code.FORBIDDEN, Code.BRAND, Code.MATERIAL, Code.SELLER_WORDS})

_SETTINGS = ("setting_studio", "setting_space")
_FACETS: dict[str, tuple[str, ...]] = {
    "settings": _SETTINGS,
    "surface": ("material",),
    "backdrop": ("colour_name",),
    "lighting": ("lighting",),
    "moods": ("mood",),
    "styles": ("style",),
    "textures": ("finish_texture",),
    "technique": ("photo_technique",),
    "props": ("props",),
    "season": ("season_occasion",),
    "avoid": (*_SETTINGS, "lighting", "props", "photo_technique"),
}
_ROUNDING = 1e-9


def slots_of(brief: StudioBrief) -> dict[str, tuple[str, ...]]:
    """Return the thirteen slots of a brief, each as words; an empty one is not filled."""
    return {
        "settings": brief.settings,
        "surface": (brief.surface,) if brief.surface else (),
        "backdrop": brief.backdrop,
        "palette": brief.palette.hexes,
        "lighting": brief.lighting.types,
        "moods": brief.moods,
        "styles": brief.styles,
        "textures": brief.textures,
        "technique": brief.technique.types,
        "props": tuple(prop.term for prop in brief.props),
        "season": (brief.season,) if brief.season else (),
        "avoid": brief.avoid,
        "prose": tuple(text for text in (brief.prose.en.strip(), brief.prose.ko.strip()) if text),
    }


def completeness(brief: StudioBrief) -> float:
    """Share of the thirteen slots that are filled: filled / 13, from 0 to 1.

    A season is filled only where one is called for, so that 12 / 13 is right for most products.
    """
    slots = slots_of(brief)
    return sum(bool(words) for words in slots.values()) / len(slots)


def grounding(briefs: Sequence[StudioBrief], case: Case) -> float | None:
    """Share of checkable claims that hold: held / checkable, from 0 to 1; None without any.

    Checkable is what names a facet, a measure or a hint, and what a language model gave a fact
    for that does not exist. A claim holds when the caption or the request, read here and not by
    the writer's own code, says so: the term with that score, the measure, the field.
    """
    claims = [claim for brief in briefs for claim in brief.claims if _is_checkable(claim)]
    if not claims:
        return None
    return sum(holds(claim.evidence, case) for claim in claims) / len(claims)


def _is_checkable(claim: Claim) -> bool:
    evidence = claim.evidence
    return evidence.kind in CHECKABLE or (evidence.kind == "advice" and evidence.ref == UNPROVEN)


def holds(evidence: Evidence, case: Case) -> bool:
    """Tell whether what went in says what a claim points to."""
    match evidence.kind:
        case "facet":
            facts = case.caption.facets.get(evidence.ref.partition("/")[0], ())
            scores = [fact.score for fact in facts if fact.term == evidence.ref]
            return any(score >= TRUSTED_SCORE and _same(evidence, score) for score in scores)
        case "measured" if evidence.ref == "palette":
            return any(_same(evidence, swatch.share) for swatch in case.caption.palette)
        case "measured":
            return evidence.ref in Measures.model_fields
        case "hint":
            given = {
                "title": case.request.title,
                "category": case.request.category,
                "dimensions_cm": case.request.dimensions_cm,
            }
            return given.get(evidence.ref) is not None
        case _:
            return False


def _same(evidence: Evidence, score: float) -> bool:
    return evidence.score is None or abs(evidence.score - score) < _ROUNDING


def faults(written: Written, rulebook: Rulebook) -> dict[str, int]:
    """Count what the guards find in a product's briefs, 0 and up: by the three kinds of fault.

    `contradictions` are words, lights or rules of the house at odds; `forbidden` are claims,
    brands, unseen materials and the seller's own words; `other` is everything else.
    """
    found = [f.code for brief in written.briefs for f in check(brief, written.facts, rulebook)]
    at_odds = sum(code in CONTRADICTIONS for code in found)
    banned = sum(code in FORBIDDEN for code in found)
    return {
        "contradictions": at_odds,
        "forbidden": banned,
        "other": len(found) - at_odds - banned,
    }


def vocabulary_validity(brief: StudioBrief, rulebook: Rulebook) -> float:
    """Share of terms that exist and belong to their slot: valid / all, from 0 to 1."""
    slots = slots_of(brief)
    valid = [
        rulebook.vocabulary.has(term) and term.partition("/")[0] in facets
        for slot, facets in _FACETS.items()
        for term in slots[slot]
    ]
    return sum(valid) / len(valid)


def schema_validity(written: Written) -> float:
    """Share of candidates that survive writing and strict reading: valid / given, from 0 to 1.

    A product without any answer counts as 0, a candidate that could not be read as not valid.
    """
    given = len(written.briefs) + written.lost
    if not written.briefs:
        return 0.0
    return sum(_survives(brief) for brief in written.briefs) / given


def _survives(brief: StudioBrief) -> bool:
    try:
        return StudioBrief.model_validate_json(brief.model_dump_json()) == brief
    except ValidationError:
        return False


def stability(again: Sequence[StudioBrief]) -> float | None:
    """Share of slots that are equal under two seeds: the mean over all pairs, from 0 to 1.

    Prose is left out, since it is meant to differ; None with fewer than two briefs.
    """
    pairs = list(combinations([slots_of(brief) for brief in again], 2))
    if not pairs:
        return None
    return sum(_alike(one, other) for one, other in pairs) / len(pairs)


def _alike(one: dict[str, tuple[str, ...]], other: dict[str, tuple[str, ...]]) -> float:
    slots = [slot for slot in one if slot != "prose"]
    return sum(one[slot] == other[slot] for slot in slots) / len(slots)


def words(written: Written, language: str) -> tuple[int, ...]:
    """Length of each text in words between spaces, 0 and up."""
    return tuple(count_words(prose(brief, language)) for brief in written.briefs)


def prose(brief: StudioBrief, language: str) -> str:
    """Return the text of a language."""
    return brief.prose.ko if language == "ko" else brief.prose.en


PerProduct = Callable[[Written], float | None]


def per_product(rulebook: Rulebook) -> dict[str, PerProduct]:
    """Return the metrics that are a mean over products, by name; None leaves a product out."""
    valid = partial(vocabulary_validity, rulebook=rulebook)
    return {
        "completeness": lambda made: _mean([completeness(brief) for brief in made.briefs]),
        "grounding": lambda made: grounding(made.briefs, made.case),
        "vocabulary_validity": lambda made: _mean([valid(brief) for brief in made.briefs]),
        "schema_validity": schema_validity,
        "stability": lambda made: stability(made.again),
    }


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
