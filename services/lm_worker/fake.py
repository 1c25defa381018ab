"""Stand-ins that ship: a writer without a model, and a refiner that does next to nothing."""

from collections.abc import Callable, Mapping

from backlot.contracts.brief import (
    Briefs,
    LightingPlan,
    PalettePlan,
    StudioBrief,
    TechniquePlan,
    Usage,
)
from backlot.contracts.frozen import Localized
from backlot.line.work import Outcome, Work
from backlot.vocabulary.colour import name_of
from services.lm_worker.draft import DraftProp, DraftReason, LlmBrief
from services.lm_worker.facts import ProductFacts
from services.lm_worker.stylist.stylist import RuleStylist
from services.lm_worker.writer import NO_ERRAND, Drafts, Errand

_TOKENS_PER_CANDIDATE = 500
_SLOTS = frozenset(
    {"settings", "backdrop", "lighting", "moods", "styles", "technique", "props", "season"}
)


class FakeWriter:
    """Answers like a well-behaved model, from the rules; deterministic and free.

    Args:
        stylist: Where its answers come from.
    """

    def __init__(self, stylist: RuleStylist) -> None:
        self._stylist = stylist

    @property
    def versions(self) -> Mapping[str, str]:
        """Says that no model was asked."""
        return {"model": "fake", "prompt": "none"}

    def write(
        self,
        facts: ProductFacts,
        n: int,
        checkpoint: Callable[[], None],
        errand: Errand = NO_ERRAND,
    ) -> Drafts:
        """Write n candidates."""
        checkpoint()
        briefs = self._stylist.briefs(facts, n)
        tokens = _TOKENS_PER_CANDIDATE * n
        usage = Usage(model="fake", prompt_tokens=tokens, completion_tokens=tokens)
        errand.paid(usage)
        return Drafts(briefs=tuple(draft_of(brief) for brief in briefs), usage=usage)


def draft_of(brief: StudioBrief) -> LlmBrief:
    """Return a brief in the shape a model answers in."""
    reasons = tuple(
        DraftReason.model_validate(
            {
                "slot": claim.slot,
                "fact": claim.evidence.ref,
                "en": claim.text.en,
                "ko": claim.text.ko,
            }
        )
        for claim in brief.claims
        if claim.slot in _SLOTS and claim.evidence.kind in ("facet", "hint")
    )
    return LlmBrief(
        variant=brief.variant if brief.variant != "seller" else "safe",
        settings=brief.settings,
        surface=brief.surface,
        backdrop=brief.backdrop,
        scheme=brief.palette.scheme,
        palette=tuple(name_of(shade) for shade in brief.palette.hexes),
        lighting=brief.lighting.types,
        direction=brief.lighting.direction,
        kelvin=brief.lighting.kelvin,
        contrast=brief.lighting.contrast,
        moods=brief.moods,
        styles=brief.styles,
        textures=brief.textures,
        technique=brief.technique.types,
        lens_mm=brief.technique.lens_mm,
        props=tuple(
            DraftProp(term=prop.term, placement=prop.placement, scale=prop.scale)
            for prop in brief.props
        ),
        season=brief.season,
        avoid=brief.avoid,
        reasons=reasons,
        prose_en=brief.prose.en,
        prose_ko=brief.prose.ko,
    )


_EMPTY = Briefs(
    candidates=(
        StudioBrief(
            kind="studio",
            settings=("setting_studio/seamless-white-studio-backdrop",),
            palette=PalettePlan(scheme="monochrome", hexes=("#ffffff",)),
            lighting=LightingPlan(
                types=("lighting/large-softbox",), direction="left", kelvin=5600, contrast="low"
            ),
            technique=TechniquePlan(types=("photo_technique/three-quarter-view",), lens_mm=70),
            prose=Localized(en="A plain white studio.", ko="흰 배경의 스튜디오."),
            variant="safe",
            source="rules",
        ),
    )
)


class EmptyRefiner:
    """Gives one minimal brief at once, whatever the product; for measuring the line itself."""

    def __call__(self, work: Work) -> Outcome:
        """Give the same brief every time."""
        del work
        return Outcome(_EMPTY, versions={"stylist": "empty"})
