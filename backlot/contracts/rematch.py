"""A rematch: the seller takes the brief into their own hands."""

from typing import Literal

from pydantic import Field

from backlot.contracts.background import BackgroundKind, Taste
from backlot.contracts.brief import BriefKind, LightingPlan, PalettePlan, Prop, TechniquePlan
from backlot.contracts.frozen import Frozen
from backlot.contracts.render import ShotWishes
from backlot.contracts.terms import TermId

Slot = Literal[
    "kind", "settings", "surface", "backdrop", "palette", "lighting", "moods", "styles",
    "textures", "technique", "props", "season", "avoid",
]  # fmt: skip


class BriefEdit(Frozen):
    """New contents of slots; a slot that is not named stays as it was."""

    kind: BriefKind | None = None
    settings: tuple[TermId, ...] | None = Field(default=None, min_length=1, max_length=4)
    surface: TermId | None = None
    backdrop: tuple[TermId, ...] | None = Field(default=None, max_length=3)
    palette: PalettePlan | None = None
    lighting: LightingPlan | None = None
    moods: tuple[TermId, ...] | None = Field(default=None, max_length=3)
    styles: tuple[TermId, ...] | None = Field(default=None, max_length=3)
    textures: tuple[TermId, ...] | None = Field(default=None, max_length=2)
    technique: TechniquePlan | None = None
    props: tuple[Prop, ...] | None = Field(default=None, max_length=5)
    season: TermId | None = None
    avoid: tuple[TermId, ...] | None = Field(default=None, max_length=8)


class RematchRequest(Frozen):
    """What the seller wants instead. Their words are the only candidate and are never trimmed."""

    edit: BriefEdit = BriefEdit()
    text: str | None = Field(
        default=None,
        min_length=1,
        max_length=1000,
        description="The seller's own sentence, English or Korean; words it names fill slots.",
        examples=["a dark studio with a rim light, no plants"],
    )
    locked: tuple[Slot, ...] = Field(
        default=(), description="Slots the text may not change; edited slots are locked anyway."
    )
    kinds: tuple[BackgroundKind, ...] | None = Field(default=None, min_length=1, max_length=2)
    top_k: int | None = Field(default=None, ge=1, le=24)
    taste: Taste | None = Field(
        default=None, description="More or less like these sets, or keep them; null: as before."
    )
    render: Literal["none", "draft", "final"] = "none"
    renders: int = Field(default=3, ge=1, le=12, description="How many pictures.")
    shot: ShotWishes = ShotWishes()
    generate: Literal["auto", "always", "never"] = Field(
        default="auto", description="Whether a new set is made for the product."
    )
    generator: Literal["parts", "picture"] = "parts"
    webhook_url: str | None = Field(default=None, max_length=2000)
    metadata: dict[str, str] = Field(default={}, max_length=32)
