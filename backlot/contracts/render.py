"""Sale pictures: what may be wished for, what `render` and `view` give, what clients see."""

import math
from typing import Literal

from pydantic import Field, model_validator

from backlot.contracts.frozen import Frozen

Quality = Literal["draft", "final"]
PictureFormat = Literal["jpeg", "png", "webp", "avif"]
Preset = Literal["square", "portrait", "wide", "marketplace", "thumbnail"]
Angle = Literal["hero", "three-quarter", "close", "high", "low"]

_LEAST_M = 0.005
_LEAST_LEVEL = 0.01
"""Level part of the direction a camera may look in; straight down, it knows no up."""


class OwnCamera(Frozen):
    """A camera of the seller's own. Metres in the set, +Y up; it never leans to a side."""

    position: tuple[float, float, float]
    target: tuple[float, float, float] = Field(description="What it aims at.")
    lens_mm: float = Field(
        default=50.0, ge=14, le=200, description="The longer side of the picture covers 36 mm."
    )

    @model_validator(mode="after")
    def _looks_somewhere(self) -> "OwnCamera":
        x, y, z = (a - b for a, b in zip(self.target, self.position, strict=True))
        level = math.hypot(x, z)
        if level < max(_LEAST_M, _LEAST_LEVEL * math.hypot(level, y)):
            raise ValueError("the camera must aim at something, not straight up or down")
        return self


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
    viewpoint: OwnCamera | None = Field(
        default=None,
        description="Exactly from here, instead of an angle with a name; then `padding` and"
        " `offset` do not count. A product known from a photo is not seen from more than 10°"
        " above, and on pure white only the direction counts.",
    )
    place_m: tuple[float, float] | None = Field(
        default=None,
        description="How far right of its place, and towards the front, the product stands in the"
        " set; kept within the stage.",
    )
    height_cm: float | None = Field(
        default=None,
        gt=0,
        le=10_000,
        description="The product's height in this picture, where the request does not say it;"
        " a height that was said changes by 15 % at most.",
    )
    padding: float | None = Field(
        default=None, ge=0, le=0.45, description="Free share of the frame around the product."
    )
    offset: tuple[float, float] | None = Field(
        default=None, description="Where the product's middle lies: shares right and up of centre."
    )
    turn_deg: float | None = Field(
        default=None,
        ge=-180,
        le=180,
        description="Turns a 3D product about its upright axis: away from the camera, or, with a"
        " `viewpoint`, away from the set's front.",
    )
    props: bool = Field(
        default=True,
        description="Whether the brief's props and shadows may be added; never with a `viewpoint`.",
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
