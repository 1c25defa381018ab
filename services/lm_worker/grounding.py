"""Makes a brief of a language model's draft: known words only, and evidence for every reason."""

from backlot.contracts.brief import (
    BriefKind,
    Claim,
    Evidence,
    LightingPlan,
    PalettePlan,
    Prop,
    StudioBrief,
    TechniquePlan,
    Usage,
)
from backlot.contracts.caption import Measures
from backlot.contracts.frozen import Localized
from backlot.vocabulary import Vocabulary
from backlot.vocabulary.harmony import shade_of
from services.lm_worker.draft import DraftReason, LlmBrief
from services.lm_worker.facts import ProductFacts
from services.lm_worker.prompt import PROMPT_VERSION

_UNPROVEN = Evidence(kind="advice", ref="unproven")


def grounded(
    draft: LlmBrief, facts: ProductFacts, vocabulary: Vocabulary, usage: Usage
) -> StudioBrief | None:
    """Return the brief, or None where a slot that must be filled has no known word."""

    def known(terms: tuple[str, ...], most: int, *facets: str) -> tuple[str, ...]:
        found = (_term(term, facets, vocabulary) for term in terms)
        return tuple(dict.fromkeys(term for term in found if term))[:most]

    settings = known(draft.settings, 4, "setting_studio", "setting_space")
    lights = known(draft.lighting, 3, "lighting")
    angles = known(draft.technique, 3, "photo_technique")
    if not (settings and lights and angles):
        return None
    kind: BriefKind = "studio" if settings[0].startswith("setting_studio/") else "space"
    backdrop = known(draft.backdrop, 3, "colour_name")
    colours = dict.fromkeys((*backdrop, *known(draft.palette, 6, "colour_name")))
    season = known((draft.season,) if draft.season else (), 1, "season_occasion")
    surface = known((draft.surface,) if draft.surface else (), 1, "material")
    return StudioBrief(
        kind=kind,
        settings=settings,
        surface=next(iter(surface), None),
        backdrop=backdrop,
        palette=PalettePlan(
            scheme=draft.scheme, hexes=tuple(shade for shade in map(shade_of, colours) if shade)[:6]
        ),
        lighting=LightingPlan(
            types=lights, direction=draft.direction, kelvin=draft.kelvin, contrast=draft.contrast
        ),
        moods=known(draft.moods, 3, "mood"),
        styles=known(draft.styles, 3, "style"),
        textures=known(draft.textures, 2, "finish_texture"),
        technique=TechniquePlan(types=angles, lens_mm=draft.lens_mm),
        props=_props(draft, vocabulary),
        season=next(iter(season), None),
        avoid=known(draft.avoid, 8, "setting_studio", "setting_space", "lighting", "props"),
        prose=Localized(en=draft.prose_en, ko=draft.prose_ko),
        claims=tuple(_claim(reason, facts) for reason in draft.reasons),
        variant=draft.variant,
        source="llm",
        prompt_version=PROMPT_VERSION,
        usage=usage,
    )


def _term(words: str, facets: tuple[str, ...], vocabulary: Vocabulary) -> str | None:
    """Return the term that words name: an id, a label or a synonym of one of the facets."""
    if words.partition("/")[0] in facets and vocabulary.has(words):
        return words
    for facet in facets:
        found = vocabulary.find(words, facet)
        if found is not None:
            return found.id
    return None


def _props(draft: LlmBrief, vocabulary: Vocabulary) -> tuple[Prop, ...]:
    placed: dict[str, Prop] = {}
    for prop in draft.props:
        term = _term(prop.term, ("props",), vocabulary)
        if term is not None and term not in placed:
            placed[term] = Prop(term=term, placement=prop.placement, scale=prop.scale)
    return tuple(placed.values())[:5]


def _claim(reason: DraftReason, facts: ProductFacts) -> Claim:
    """Return a reason as a claim; one that points to no fact is advice."""
    return Claim(
        slot=reason.slot,
        text=Localized(en=reason.en, ko=reason.ko),
        evidence=_evidence(reason.fact, facts),
    )


def _evidence(fact_id: str, facts: ProductFacts) -> Evidence:
    for fact in facts.seen:
        if fact.term == fact_id:
            return facts.evidence(fact)
    if fact_id == "dimensions_cm" and fact_id in facts.hints:
        return Evidence(kind="hint", ref=fact_id)
    measured = Evidence(kind="measured", ref=fact_id)
    if fact_id == "palette" or fact_id in Measures.model_fields:
        return measured if facts.supports(measured) else _UNPROVEN
    return _UNPROVEN
