"""From a set, a brief and a product to different viewpoints of it."""

from typing import NamedTuple

import numpy as np

from backlot.contracts.brief import StudioBrief
from backlot.contracts.render import Angle
from services.render_worker.scene import Vec3
from services.render_worker.sets.recipe import CameraPlan, SetPlan


class AngleRow(NamedTuple):
    """One way to look at a product.

    Attributes:
        aside_deg: From the set's own front camera, to the right.
        lowest_deg: Least elevation of the camera.
        highest_deg: Most elevation.
        fill: Share of the frame the product takes.
        centre: Where its middle lies in the frame.
        turn_deg: How far a 3D product turns away from the camera.
        blurred: Whether what is behind may lose its sharpness.
    """

    aside_deg: float
    lowest_deg: float
    highest_deg: float
    fill: float
    centre: tuple[float, float]
    turn_deg: float
    blurred: bool = False


ANGLES: dict[Angle, AngleRow] = {
    "hero": AngleRow(0, 6, 14, 0.54, (0.5, 0.46), 20),
    "three-quarter": AngleRow(24, 9, 20, 0.60, (0.5, 0.46), 34),
    "close": AngleRow(-14, 7, 12, 0.86, (0.5, 0.48), -18, blurred=True),
    "high": AngleRow(8, 32, 42, 0.62, (0.5, 0.48), 26),
    "low": AngleRow(12, 2, 5, 0.66, (0.5, 0.47), -24),
}

_OF_TECHNIQUE: dict[str, Angle] = {
    "three-quarter-view": "three-quarter",
    "high-45-degree-view": "high",
    "top-down-flat-lay": "high",
    "low-angle-hero-shot": "low",
    "tilted-dynamic-angle": "low",
    "macro-close-up": "close",
    "tight-texture-detail-crop": "close",
    "shallow-depth-of-field-with-blurred-background": "close",
}
_CARD_ORDER: tuple[Angle, ...] = ("hero", "close", "low")
"""A photo shows the product from one side: the camera may move a little, but not above it."""
_ORDER: tuple[Angle, ...] = ("hero", "three-quarter", "close", "low", "high")
_DEEP = 1.35
_SIDE_ON_DEG = 62.0
_NEAREST_M = 0.01
CARD_LEAN_DEG = 10.0


def angles_for(brief: StudioBrief | None, *, card: bool) -> tuple[Angle, ...]:
    """All angles in the order in which they should be shot."""
    order = _CARD_ORDER if card else _ORDER
    wanted = [] if brief is None else [slug.partition("/")[2] for slug in brief.technique.types]
    first = [_OF_TECHNIQUE[slug] for slug in wanted if _OF_TECHNIQUE.get(slug) in order]
    # The hero comes first whatever the brief says: it is the picture everybody expects.
    return tuple(dict.fromkeys(("hero", *first, *order)))


class Aim(NamedTuple):
    """The direction of a camera and how the product faces it."""

    azimuth_deg: float
    elevation_deg: float
    yaw_deg: float
    farthest_m: float


def aim(
    plan: SetPlan,
    anchor: Vec3,
    angle: Angle,
    size: Vec3,
    *,
    card: bool,
    turn_deg: float | None,
    open_in_front: bool,
) -> Aim:
    """Look at a product as an angle says, within what the set was built to be seen from.

    Args:
        plan: Of the set; its cameras say where it may be seen from.
        anchor: Where the product stands.
        angle: How to look.
        size: Of the product before it is turned, metres.
        card: Whether it is a cut-out, which always faces the camera.
        turn_deg: The seller's own turn, instead of the angle's.
        open_in_front: Whether nothing stands behind the set's camera, as in a studio.
    """
    row = ANGLES[angle]
    front = plan.cameras[0]
    azimuth, elevation, away = spherical(front, _middle(anchor, size))
    named = {camera.name: camera for camera in plan.cameras}
    if angle == "three-quarter" and "three-quarter" in named:
        azimuth, elevation, away = spherical(named["three-quarter"], _middle(anchor, size))
    else:
        azimuth += row.aside_deg
    elevation = min(max(elevation, row.lowest_deg), row.highest_deg)
    if card:
        return Aim(azimuth, min(elevation, CARD_LEAN_DEG), azimuth, away)
    turn = row.turn_deg if turn_deg is None else turn_deg
    if turn_deg is None and size[2] > _DEEP * size[0]:
        turn = _SIDE_ON_DEG if turn >= 0 else -_SIDE_ON_DEG
    return Aim(azimuth, elevation, azimuth + turn, away * (1.25 if open_in_front else 1.0))


def _middle(anchor: Vec3, size: Vec3) -> Vec3:
    return (anchor[0], anchor[1] + size[1] / 2, anchor[2])


def spherical(camera: CameraPlan, middle: Vec3) -> tuple[float, float, float]:
    """Azimuth, elevation and distance of a set's camera, seen from a point."""
    x, y, z = np.asarray(camera.position) - np.asarray(middle)
    # A camera that somebody brought may stand in the very point.
    away = max(float(np.linalg.norm((x, y, z))), _NEAREST_M)
    return (
        float(np.degrees(np.arctan2(x, z))),
        float(np.degrees(np.arcsin(y / away))),
        away,
    )
