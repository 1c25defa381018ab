"""The StudioBrief: which studio, lighting, background and mood would sell this product."""

from typing import Literal

from pydantic import Field

from backlot.contracts.frozen import Frozen, Localized
from backlot.contracts.terms import TermId

Placement = Literal[
    "behind-left", "behind-centre", "behind-right", "left", "right",
    "front-left", "front-right", "under", "overhead", "scattered",
]  # fmt: skip
ScaleRelation = Literal["smaller", "same size", "larger"]
ColourScheme = Literal[
    "monochrome", "analogous", "complementary", "split-complementary", "triadic",
    "neutral-with-accent", "tone-on-tone", "high-contrast", "pastel", "earth", "jewel",
    "black-and-white",
]  # fmt: skip
Direction = Literal["front", "left", "right", "back", "top", "below", "around"]
BriefKind = Literal["studio", "space", "both"]


class PalettePlan(Frozen):
    """Colours the picture should have."""

    scheme: ColourScheme
    hexes: tuple[str, ...] = Field(max_length=6, description="sRGB, most important first.")


class LightingPlan(Frozen):
    """How the product is lit."""

    types: tuple[TermId, ...] = Field(min_length=1, max_length=3)
    direction: Direction
    kelvin: int = Field(ge=1800, le=12000)
    contrast: Literal["low", "medium", "high"]


class TechniquePlan(Frozen):
    """How the picture is taken."""

    types: tuple[TermId, ...] = Field(min_length=1, max_length=3)
    lens_mm: int = Field(ge=14, le=200, description="Full-frame equivalent focal length.")


class Prop(Frozen):
    """One thing beside the product."""

    term: TermId
    placement: Placement
    scale: ScaleRelation


class Evidence(Frozen):
    """Why a claim may be made."""

    kind: Literal["facet", "measured", "hint", "rule", "advice"]
    ref: str = Field(description="Term id, measure name, hint field or rule name.")
    score: float | None = Field(default=None, ge=0, le=1)


class Claim(Frozen):
    """One statement of a brief with its evidence."""

    slot: str
    text: Localized
    evidence: Evidence


class Usage(Frozen):
    """What a language model call cost."""

    model: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float = 0.0


class StudioBrief(Frozen):
    """One recommendation in typed slots and in prose."""

    kind: BriefKind
    settings: tuple[TermId, ...] = Field(min_length=1, max_length=4)
    surface: TermId | None = None
    backdrop: tuple[TermId, ...] = Field(default=(), max_length=3, description="colour_name terms.")
    palette: PalettePlan
    lighting: LightingPlan
    moods: tuple[TermId, ...] = Field(default=(), max_length=3)
    styles: tuple[TermId, ...] = Field(default=(), max_length=3)
    textures: tuple[TermId, ...] = Field(default=(), max_length=2)
    technique: TechniquePlan
    props: tuple[Prop, ...] = Field(default=(), max_length=5)
    season: TermId | None = None
    avoid: tuple[TermId, ...] = Field(default=(), max_length=8)
    prose: Localized
    claims: tuple[Claim, ...] = ()
    variant: Literal["safe", "bold", "lifestyle", "seller"]
    source: Literal["llm", "rules", "seller"]
    prompt_version: str | None = None
    usage: Usage | None = None


class Briefs(Frozen):
    """Output of `refine`: candidates, best guess first; `match` chooses."""

    candidates: tuple[StudioBrief, ...] = Field(min_length=1, max_length=6)
