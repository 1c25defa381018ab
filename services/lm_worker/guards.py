"""Guards every brief, whoever wrote it: words, contradictions, house rules, evidence, text."""

from collections.abc import Iterator

from backlot.contracts.brief import Prop, StudioBrief
from backlot.contracts.frozen import Localized
from services.lm_worker.facts import ProductFacts
from services.lm_worker.findings import Code, Finding
from services.lm_worker.prose.lexicon import Lexicon, shipped_lexicon
from services.lm_worker.speech import prose_findings, text_findings
from services.lm_worker.stylist.lights import PLAIN_WHITE
from services.lm_worker.stylist.product import Product
from services.lm_worker.stylist.rulebook import Rulebook

_FACET_OF_KIND = {"studio": "setting_studio", "space": "setting_space"}


def check(
    brief: StudioBrief, facts: ProductFacts, rulebook: Rulebook, lexicon: Lexicon | None = None
) -> tuple[Finding, ...]:
    """Return every fault of a brief; none means it may be shown."""
    return (
        *_unknown(brief, rulebook),
        *_wrong_kind(brief, facts),
        *_contradictions(brief, rulebook),
        *_light(brief, rulebook),
        *_clear_on_white(brief, facts, rulebook),
        *_claims(brief, facts, rulebook),
        *prose_findings(brief, facts, rulebook.vocabulary, lexicon or shipped_lexicon()),
    )


def terms_of(brief: StudioBrief) -> tuple[tuple[str, str], ...]:
    """Return every term with its slot, the most important first; `avoid` is not among them."""
    slots: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("settings", brief.settings),
        ("lighting", brief.lighting.types),
        ("moods", brief.moods),
        ("technique", brief.technique.types),
        ("styles", brief.styles),
        ("season", (brief.season,) if brief.season else ()),
        ("props", tuple(prop.term for prop in brief.props)),
    )
    return tuple((slot, term) for slot, terms in slots for term in terms)


def _unknown(brief: StudioBrief, rulebook: Rulebook) -> Iterator[Finding]:
    others = (
        *(("backdrop", term) for term in brief.backdrop),
        *(("textures", term) for term in brief.textures),
        *(("avoid", term) for term in brief.avoid),
        *((("surface", brief.surface),) if brief.surface else ()),
    )
    for slot, term in (*terms_of(brief), *others):
        if not rulebook.vocabulary.has(term):
            detail = "is no word of the vocabulary"
            yield Finding(code=Code.UNKNOWN_TERM, slot=slot, detail=detail, terms=(term,))


def _wrong_kind(brief: StudioBrief, facts: ProductFacts) -> Iterator[Finding]:
    """Settings are of the brief's kind, and of a kind the seller wants."""
    wanted = {_FACET_OF_KIND[kind.value] for kind in facts.kinds}
    if brief.kind in _FACET_OF_KIND:
        wanted &= {_FACET_OF_KIND[brief.kind]}
    for term in brief.settings:
        if term.partition("/")[0] not in wanted:
            detail = "is of a kind that is not wanted"
            yield Finding(code=Code.WRONG_KIND, slot="settings", detail=detail, terms=(term,))


def _contradictions(brief: StudioBrief, rulebook: Rulebook) -> Iterator[Finding]:
    terms = terms_of(brief)
    for at, (slot, term) in enumerate(terms):
        clashing = rulebook.clashes.get(term, frozenset())
        for _, other in terms[:at]:
            if other in clashing:
                yield Finding(
                    code=Code.CONTRADICTION,
                    slot=slot,
                    detail=f"{term} against {other}",
                    terms=(term, other),
                )
    used = {term for _, term in terms}
    for term in brief.avoid:
        if term in used:
            detail = "is used and avoided"
            yield Finding(code=Code.AVOIDS_ITSELF, slot="avoid", detail=detail, terms=(term,))


def _light(brief: StudioBrief, rulebook: Rulebook) -> Iterator[Finding]:
    """The colour temperature is one the main light can have."""
    light = rulebook.lights.get(brief.lighting.types[0])
    if light is not None and not light.low <= brief.lighting.kelvin <= light.high:
        detail = f"{brief.lighting.kelvin} K is not {light.low} to {light.high} K"
        yield Finding(code=Code.KELVIN, slot="lighting", detail=detail)


def _clear_on_white(
    brief: StudioBrief, facts: ProductFacts, rulebook: Rulebook
) -> Iterator[Finding]:
    """A transparent product never stands on plain white without edge light."""
    if brief.backdrop[:1] != (PLAIN_WHITE,) or not Product(facts, rulebook).is_clear:
        return
    lights = (rulebook.lights.get(term) for term in brief.lighting.types)
    if not any(light and light.edge for light in lights):
        detail = "something clear on white needs a light on its edges"
        yield Finding(code=Code.CLEAR_ON_WHITE, slot="lighting", detail=detail)


def _claims(brief: StudioBrief, facts: ProductFacts, rulebook: Rulebook) -> Iterator[Finding]:
    for number, claim in enumerate(brief.claims):
        evidence = claim.evidence
        known = evidence.kind == "advice" or facts.supports(evidence)
        if not known and not (evidence.kind == "rule" and evidence.ref in rulebook.rule_names):
            detail = f"{evidence.kind} is not there"
            yield Finding(code=Code.NO_EVIDENCE, slot=f"claims.{number}", detail=detail)
    said = [f"{claim.text.en}\n{claim.text.ko}" for claim in brief.claims]
    # Nearly always nothing is wrong: one look at all of them is enough.
    if text_findings("\n".join(said), "claims"):
        for number, text in enumerate(said):
            yield from text_findings(text, f"claims.{number}")


def without(brief: StudioBrief, dropped: frozenset[str]) -> StudioBrief | None:
    """Return the brief without some terms; None when a slot that must be filled is empty then."""
    settings = tuple(term for term in brief.settings if term not in dropped)
    lights = tuple(term for term in brief.lighting.types if term not in dropped)
    angles = tuple(term for term in brief.technique.types if term not in dropped)
    if not (settings and lights and angles):
        return None
    props: tuple[Prop, ...] = tuple(prop for prop in brief.props if prop.term not in dropped)

    def kept(terms: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(term for term in terms if term not in dropped)

    return brief.model_copy(
        update={
            "settings": settings,
            "lighting": brief.lighting.model_copy(update={"types": lights}),
            "technique": brief.technique.model_copy(update={"types": angles}),
            "props": props,
            "moods": kept(brief.moods),
            "styles": kept(brief.styles),
            "textures": kept(brief.textures),
            "backdrop": kept(brief.backdrop),
            "avoid": kept(brief.avoid),
            "season": None if brief.season in dropped else brief.season,
            "surface": None if brief.surface in dropped else brief.surface,
        }
    )


def with_prose(brief: StudioBrief, prose: Localized) -> StudioBrief:
    """Return the brief with another text."""
    return brief.model_copy(update={"prose": prose})
