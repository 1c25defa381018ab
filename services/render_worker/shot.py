"""One picture as plain data: whoever holds it and the product's file can shoot it again."""

import hashlib
from typing import Annotated, Literal

from pydantic import Field

from backlot.contracts.frozen import Frozen
from backlot.contracts.render import Angle, PictureFormat, Preset, Quality
from services.render_worker.scene import Vec3
from services.render_worker.sets.recipe import SetPlan

SHOT_VERSION = 1


class Pose(Frozen):
    """Where the product stands: its bottom-centre, in metres, after scaling and turning.

    Attributes:
        scale: Metres per unit of the product's file.
    """

    scale: float = Field(gt=0)
    at: Vec3
    yaw_deg: float = 0.0


class ModelProduct(Frozen):
    """A product that came as a GLB."""

    kind: Literal["model"] = "model"
    sha256: str


class CutoutProduct(Frozen):
    """A product that came as a photo: its cut-out, standing as a card of this size, metres.

    Attributes:
        depth_m: How thick the thing is that throws the card's shadow.
    """

    kind: Literal["cutout"] = "cutout"
    sha256: str
    width_m: float = Field(gt=0)
    height_m: float = Field(gt=0)
    depth_m: float = Field(gt=0)


Product = Annotated[ModelProduct | CutoutProduct, Field(discriminator="kind")]


class ShotPlan(Frozen):
    """Set, product, camera, light and output of one picture.

    Attributes:
        plan: The set as it is built for this picture, with the shot's one camera.
        alone: The set lights the product but is not seen: for pictures on pure white.
        exposure_ev: None lets the product decide, between its highlights and its shadows.
        left_out: Parts of the set that stood in the product's way.
        added: Terms of the brief's props and shadows that were put into the set.
        size_m: The product's real width, height and depth.
        size_known: False when that is a guess.
    """

    version: int = SHOT_VERSION
    background_id: str
    background_version: int = 1
    plan: SetPlan
    product: Product
    pose: Pose
    size_m: Vec3
    size_known: bool = True
    left_out: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    angle: Angle = "hero"
    preset: Preset = "square"
    quality: Quality = "draft"
    format: PictureFormat = "jpeg"
    alone: bool = False
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    samples: int = Field(ge=1)
    exposure_ev: float | None = None
    seed: int = 0

    @property
    def digest(self) -> str:
        """Short name of everything that decides the pixels."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


class ModelFacts(Frozen):
    """What a GLB turned out to hold; lengths in its own units, +Y up.

    Attributes:
        footing: (x, z) of points it stands on.
        issues: Codes of what was repaired or is worth knowing.
    """

    low: Vec3
    high: Vec3
    triangles: int
    footing: tuple[tuple[float, float], ...]
    issues: tuple[str, ...] = ()

    @property
    def size(self) -> Vec3:
        """Width, height and depth."""
        x, y, z = (high - low for low, high in zip(self.low, self.high, strict=True))
        return (x, y, z)


class ShotFacts(Frozen):
    """What was measured while a picture was taken.

    Attributes:
        blocked: Share of the product that something stands in front of.
        touching: Names of pieces of the set that reach into the product.
        size_m: Of the product as it stood in the scene.
        gap_mm: Between the product's lowest point and what it stands on; None over a void.
        exposure_ev: That the picture was developed with.
        clipped: Share of the product's pixels without detail, white or black.
        see_through: The product shows what is around it: glass, mirrors.
    """

    blocked: float = 0.0
    touching: tuple[str, ...] = ()
    size_m: Vec3 | None = None
    gap_mm: float | None = None
    exposure_ev: float = 0.0
    clipped: float = 0.0
    seconds: float = 0.0
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    see_through: bool = False
    taken: bool = True
