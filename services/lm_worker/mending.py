"""Mends what the guards found, where it can be mended without guessing."""

from backlot.contracts.brief import Claim, Evidence, StudioBrief
from services.lm_worker.facts import ProductFacts
from services.lm_worker.findings import ABOUT_PROSE, Code, Finding
from services.lm_worker.guards import check, with_prose, without
from services.lm_worker.stylist.rulebook import Rulebook
from services.lm_worker.stylist.stylist import RuleStylist

_EDGE = "lighting/crisp-edge-highlights-from-strip-lights"
_MOST_LIGHTS = 3
# Faults whose first term goes; a contradiction names the less important word first.
_DROPS = frozenset({Code.UNKNOWN_TERM, Code.WRONG_KIND, Code.CONTRADICTION})


def mend(
    brief: StudioBrief, facts: ProductFacts, rulebook: Rulebook, stylist: RuleStylist
) -> StudioBrief | None:
    """Return a brief the guards have nothing against, or None where there is no way to one.

    Words that must go are dropped, the colour temperature is moved into the light's range, claims
    without evidence become advice, and a text that may not be shown is written anew by the rules.
    """
    found = check(brief, facts, rulebook)
    if not found:
        return brief
    mended = _slots(brief, found, rulebook)
    if mended is None:
        return None
    mended = mended.model_copy(update={"claims": _claims(mended, found)})
    if any(finding.code in ABOUT_PROSE for finding in check(mended, facts, rulebook)):
        mended = with_prose(mended, stylist.prose(mended, facts))
    return None if check(mended, facts, rulebook) else mended


def _slots(
    brief: StudioBrief, found: tuple[Finding, ...], rulebook: Rulebook
) -> StudioBrief | None:
    """Return the brief with its slots set right."""
    avoided = {
        term for finding in found if finding.code is Code.AVOIDS_ITSELF for term in finding.terms
    }
    spare = tuple(term for term in brief.avoid if term not in avoided)
    brief = brief.model_copy(update={"avoid": spare})
    dropped = frozenset(finding.terms[0] for finding in found if finding.code in _DROPS)
    mended = without(brief, dropped) if dropped else brief
    if mended is None:
        return None
    lighting = mended.lighting
    light = rulebook.lights.get(lighting.types[0])
    if light is not None:
        kelvin = min(light.high, max(light.low, lighting.kelvin))
        lighting = lighting.model_copy(update={"kelvin": kelvin})
    if any(finding.code is Code.CLEAR_ON_WHITE for finding in found):
        types = (*lighting.types[: _MOST_LIGHTS - 1], _EDGE)
        lighting = lighting.model_copy(update={"types": types})
    return mended.model_copy(update={"lighting": lighting})


def _claims(brief: StudioBrief, found: tuple[Finding, ...]) -> tuple[Claim, ...]:
    """Return the claims: unproven ones as advice, those with forbidden words not at all."""
    unproven = {finding.slot for finding in found if finding.code is Code.NO_EVIDENCE}
    barred = {finding.slot for finding in found if finding.code in ABOUT_PROSE}
    kept = []
    for number, claim in enumerate(brief.claims):
        slot = f"claims.{number}"
        if slot in barred:
            continue
        if slot in unproven:
            advice = Evidence(kind="advice", ref="unproven")
            kept.append(claim.model_copy(update={"evidence": advice}))
        else:
            kept.append(claim)
    return tuple(kept)
