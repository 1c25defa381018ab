"""What a seller settled in the 3D view: how large the product is, where it stands, from where."""

import math

import numpy as np

from backlot.contracts.background import StageArea
from backlot.contracts.jobs import Dimensions
from backlot.contracts.render import OwnCamera, ShotWishes
from services.render_worker.angles import CARD_LEAN_DEG, Aim
from services.render_worker.framing import direction, vec
from services.render_worker.scene import Points, Vec3

MOST_CHANGE = 0.15
"""How far a size that was said may be changed: what a tape and a careless hand are off by."""


def sized(said: Dimensions | None, wishes: ShotWishes) -> Dimensions | None:
    """The dimensions the picture is shot with."""
    if wishes.height_cm is None:
        return said
    if said is None or said.height is None:
        return Dimensions(height=wishes.height_cm)
    share = min(max(wishes.height_cm / said.height, 1 - MOST_CHANGE), 1 + MOST_CHANGE)
    return Dimensions(**{side: cm and cm * share for side, cm in said.model_dump().items()})


def placed(stage: StageArea, size: Vec3, wishes: ShotWishes) -> StageArea:
    """The stage with its anchor where the product is wanted, which stays inside however it turns.

    Args:
        stage: Of the set.
        size: Width, height and depth of the product, metres.
        wishes: May name a place.
    """
    if wishes.place_m is None:
        return stage
    foot = max(size[0], size[2])
    right, front = (
        min(max(wish, -most), most)
        for wish, free in zip(wishes.place_m, (stage.width_m, stage.depth_m), strict=True)
        for most in [max((free - foot) / 2, 0.0)]
    )
    x, y, z = stage.anchor
    return stage.model_copy(update={"anchor": (x + right, y, z + front)})


def steadied(camera: OwnCamera, anchor: Vec3, size: Vec3, *, card: bool) -> OwnCamera:
    """The camera, for a card brought down to where its one side may still be seen from."""
    away, azimuth, elevation = _around(camera, anchor, size)
    if not card or elevation <= CARD_LEAN_DEG:
        return camera
    position = _middle(anchor, size) + direction(azimuth, CARD_LEAN_DEG) * away
    return camera.model_copy(update={"position": vec(position)})


def aim_from(
    camera: OwnCamera, anchor: Vec3, size: Vec3, turn_deg: float | None, *, card: bool
) -> Aim:
    """How the product is seen from a camera of the seller's own; a card turns to face it."""
    away, azimuth, elevation = _around(camera, anchor, size)
    return Aim(azimuth, elevation, azimuth if card else turn_deg or 0.0, away)


def _around(camera: OwnCamera, anchor: Vec3, size: Vec3) -> tuple[float, float, float]:
    """Distance in metres, azimuth and elevation in degrees, from the product's middle."""
    x, y, z = np.asarray(camera.position) - _middle(anchor, size)
    level = math.hypot(x, z)
    return (
        math.hypot(level, y), math.degrees(math.atan2(x, z)), math.degrees(math.atan2(y, level)),
    )  # fmt: skip


def _middle(anchor: Vec3, size: Vec3) -> Points:
    return np.array([anchor[0], anchor[1] + size[1] / 2, anchor[2]])
