"""Sample photos: a product, where it stands, and the plan of what is around it."""

from pydantic import Field

from backlot.contracts.frozen import Frozen
from backlot.contracts.jobs import Dimensions
from services.render_worker.products import PRODUCTS
from services.render_worker.scene import Scene, Vec3
from services.render_worker.sets.builder import build
from services.render_worker.sets.recipe import SetPlan
from services.render_worker.shapes.mesh import bounds, moved_group


class SampleShot(Frozen):
    """One sample photo.

    Attributes:
        roll_deg: Tilt of a camera held by hand.
        grain: Noise of a small sensor, 0 to 1.
    """

    id: str
    title: str
    title_ko: str
    category: str | None = None
    product: str
    at: Vec3 = (0.0, 0.0, 0.0)
    yaw_deg: float = 0.0
    width: int = Field(ge=768, le=1024)
    height: int = Field(ge=768, le=1024)
    roll_deg: float = 0.0
    grain: float = Field(default=0.0, ge=0, le=1)
    plan: SetPlan


def shot_scene(shot: SampleShot) -> Scene:
    """Build the scene of a sample photo."""
    product = moved_group(PRODUCTS[shot.product](), shot.at, shot.yaw_deg)
    return build(shot.plan, extra=product, roll_deg=shot.roll_deg)


def dimensions_cm(product: str) -> Dimensions:
    """Real size of a sample product as it stands, centimetres to the millimetre."""
    low, high = bounds([piece.mesh for piece in PRODUCTS[product]().pieces])
    width, height, depth = (round(float(length) * 100, 1) for length in high - low)
    return Dimensions(width=width, depth=depth, height=height)
