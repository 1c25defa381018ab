"""Sale pictures: what may be wished for, what `render` and `view` give, what clients see."""

from typing import Literal

from pydantic import Field

from backlot.contracts.frozen import Frozen

Quality = Literal["draft", "final"]
PictureFormat = Literal["jpeg", "png", "webp", "avif"]
Preset = Literal["square", "portrait", "wide", "marketplace", "thumbnail"]
Angle = Literal["hero", "three-quarter", "close", "high", "low"]


class ShotWishes(Frozen):
    """What the seller decides about the pictures; what is left open is chosen by the brief."""

    backgrounds: tuple[str, ...] = Field(
        default=(), max_length=6, description="Shoot in these sets; empty: in the best ones."
    )
    preset: Preset = Field(
        default="square",
        description="Channel: its shape, size and checks. `marketplace` is on pure white.",
    )
    aspect: str | None = Field(
        default=None, pattern=r"^[1-9]\d?:[1-9]\d?$", description="Instead of the preset's shape."
    )
    format: PictureFormat = "jpeg"
    camera: Angle | None = Field(default=None, description="The same angle for every picture.")
    padding: float | None = Field(
        default=None, ge=0, le=0.45, description="Free share of the frame around the product."
    )
    offset: tuple[float, float] | None = Field(
        default=None, description="Where the product's middle lies: shares right and up of centre."
    )
    turn_deg: float | None = Field(
        default=None, ge=-180, le=180, description="Turns a 3D product about its upright axis."
    )
    shadow_softness: float | None = Field(default=None, ge=0, le=1)
    shadow_strength: float | None = Field(default=None, ge=0, le=1)
    exposure_ev: float | None = Field(
        default=None, ge=-2, le=2, description="Instead of the automatic exposure, in stops."
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


class RenderCheck(Frozen):
    """One machine-made check of a picture."""

    name: str
    passed: bool
    detail: str = ""
    value: float | None = None
    limit: float | None = None


class Picture(Frozen):
    """One sale picture in the blob store."""

    background_id: str
    key: str
    recipe_key: str | None = Field(
        default=None, description="What it was shot from, as JSON: enough to shoot it again."
    )
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    quality: Quality
    preset: Preset = "square"
    angle: Angle = "hero"
    product_from: Literal["model", "cutout"]
    checks: tuple[RenderCheck, ...] = ()
    seconds: float = Field(ge=0)


class Pictures(Frozen):
    """Output of `render`."""

    pictures: tuple[Picture, ...]


class Render(Frozen):
    """One sale picture as clients see it."""

    background_id: str
    url: str
    recipe_url: str | None = None
    width: int
    height: int
    quality: Quality
    preset: Preset = "square"
    angle: Angle = "hero"
    product_from: Literal["model", "cutout"]
    checks: tuple[RenderCheck, ...] = ()
    seconds: float
