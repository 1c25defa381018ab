"""Chooses among the candidate briefs by evidence, and drops what the evidence does not carry.

The numbers here only compare candidates of one job with each other. They are never reported as
the quality of a brief.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backlot.contracts.brief import Claim, Evidence, StudioBrief
from backlot.contracts.caption import Caption, Measures
from backlot.contracts.jobs import JobRequest
from services.matcher.overlap import wanted_by
from services.matcher.port import Where
from services.matcher.shelf import Shelf
from services.matcher.weights import Weights
from services.matcher.witness import SILENT, Testimony

NEAR = 0.1
"""Candidates that differ by less are equals: a finer difference is no reason to prefer one."""

MEASURED_REFS = frozenset({*Measures.model_fields, "palette"})


@dataclass(frozen=True)
class Choice:
    """The chosen brief without the claims that fell.

    Attributes:
        index: Its place among the candidates.
        dropped: How many of its claims fell: dropped, or left standing as advice only.
        denied: What the photo does not support in a brief that is not ours to trim.
    """

    brief: StudioBrief
    index: int
    dropped: int
    denied: tuple[Claim, ...] = ()


def choose(
    candidates: Sequence[StudioBrief],
    caption: Caption,
    request: JobRequest,
    agreement: Callable[[StudioBrief], float],
    testimony: Testimony = SILENT,
) -> Choice:
    """Return the candidate whose claims are best supported.

    Between equals the library decides, and then the order `refine` gave them. A claim on a fact
    that the caption does not hold is dropped; one that the photo denies stays as advice. What a
    seller wrote is never trimmed.

    Args:
        candidates: Best guess first, at least one.
        caption: What is known of the product.
        request: What the seller said.
        agreement: How well the best set shows a brief's words, 0 to 1; asked between equals only.
        testimony: What the photo says.
    """
    support = [support_of(brief, caption, request, testimony) for brief in candidates]
    equals = [index for index, share in enumerate(support) if share >= max(support) - NEAR]
    index = equals[0]
    if len(equals) > 1:
        agreed = {i: agreement(candidates[i]) for i in equals}
        index = next(i for i in equals if agreed[i] >= max(agreed.values()) - NEAR)
    brief = candidates[index]
    denied = testimony.denied(brief)
    if brief.source == "seller":
        return Choice(brief, index, dropped=0, denied=denied)
    founded = [claim for claim in brief.claims if not _is_unfounded(claim, caption)]
    kept = tuple(_as_advice(claim) if testimony.denies(claim) else claim for claim in founded)
    if kept == brief.claims:
        return Choice(brief, index, dropped=0)
    fallen = sum(claim not in kept for claim in brief.claims)
    return Choice(brief.model_copy(update={"claims": kept}), index, fallen)


def support_of(
    brief: StudioBrief, caption: Caption, request: JobRequest, testimony: Testimony = SILENT
) -> float:
    """Return the share of claims with evidence whose evidence is there; 0 without such claims.

    Rules and advice are reasons, not evidence: more of them make a brief neither better nor worse.
    """
    told = [claim for claim in brief.claims if claim.evidence.kind not in ("rule", "advice")]
    if not told:
        return 0.0
    carried = (
        _is_carried(claim, caption, request) and not testimony.denies(claim) for claim in told
    )
    return sum(carried) / len(told)


def _as_advice(claim: Claim) -> Claim:
    """Return a claim that no longer says it was seen."""
    evidence = Evidence(kind="advice", ref=claim.evidence.ref)
    return claim.model_copy(update={"evidence": evidence})


def agreement_of(brief: StudioBrief, shelf: Shelf, where: Where, weights: Weights) -> float:
    """Return how well the best set of the library shows the brief's words, 0 to 1."""
    wanted = wanted_by(brief, weights)
    return max((wanted.total(stocked.shown) for stocked in shelf.admitted(where)), default=0.0)


def _is_carried(claim: Claim, caption: Caption, request: JobRequest) -> bool:
    """Tell whether the evidence of a claim is there."""
    evidence = claim.evidence
    if evidence.kind == "facet":
        return not _is_unfounded(claim, caption)
    if evidence.kind == "measured":
        return not MEASURED_REFS.isdisjoint(evidence.ref.split("."))
    if evidence.kind == "hint":
        return bool(getattr(request, evidence.ref, None)) or _is_seen(evidence.ref, caption)
    return False


def _is_unfounded(claim: Claim, caption: Caption) -> bool:
    """Tell whether the claim rests on a facet term that the caption does not say."""
    return claim.evidence.kind == "facet" and not _is_seen(claim.evidence.ref, caption)


def _is_seen(term_id: str, caption: Caption) -> bool:
    """Tell whether the caption says a term, or has a colour of that name."""
    return any(term.term == term_id for terms in caption.facets.values() for term in terms) or any(
        swatch.name == term_id for swatch in caption.palette
    )
