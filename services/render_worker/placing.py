"""Where a product stands in a set, and what has to make room for it."""

from typing import NamedTuple

import numpy as np

from backlot.contracts.background import StageArea
from services.render_worker.scene import Points, Scene, Vec3
from services.render_worker.sets.builder import build, placed
from services.render_worker.sets.parts.part import Part
from services.render_worker.sets.recipe import SetPlan
from services.render_worker.sets.stage import reaching, supports_below
from services.render_worker.shot import ModelFacts, Pose

STRUCTURE = frozenset(
    {
        "brought_model", "cyclorama", "gradient_backdrop", "photo_backdrop", "panel", "top",
        "wall", "room", "sky", "window_wall", "whiteboard", "table", "round_table", "cabinet",
        "shelf", "bed", "sofa",
        "bookshelf", "sand_bed", "moss_mound", "water", "rug", "steps", "hedge", "disc", "block",
        "drape", "window_gobo", "blind_gobo", "leaf_gobo", "curtain", "throw",
    }
)  # fmt: skip
"""Parts a set cannot do without; everything else may be left out of a picture."""

_CEILING_M = 0.03
_SIDE_M = 0.004
_GROUND_M = 0.006
_ROUND_SPOTS, _ROUND_SHARE = 12, 0.35


class NoRoomError(Exception):
    """The product cannot stand in this set; the argument names the part in its way."""


class Standing(NamedTuple):
    """A product in a set that made room for it."""

    at: Vec3
    plan: SetPlan
    left_out: tuple[str, ...]


def stand(plan: SetPlan, stage: StageArea, size: Vec3, spots: Points) -> Standing:
    """Find the height the product rests at, and take away what would reach into it.

    Args:
        plan: Of the set.
        stage: Where products stand in it.
        size: Width, height and depth of the upright box around the turned product, metres.
        spots: (n, 2) x and z, from its bottom-centre, of points it stands on.

    Raises:
        NoRoomError: A part that cannot be left out is in its way.
    """
    anchor = np.asarray(stage.anchor)
    at = _rest(build(plan), anchor, spots)
    half = np.array([size[0] / 2 + _SIDE_M, 0.0, size[2] / 2 + _SIDE_M])
    low = np.asarray(at) - half + (0.0, _GROUND_M, 0.0)
    high = np.asarray(at) + half + (0.0, size[1], 0.0)
    kept, left_out = [], []
    for part in plan.parts:
        if not _in_the_way(part, low, high):
            kept.append(part)
        elif part.part in STRUCTURE:
            raise NoRoomError(part.part)
        else:
            left_out.append(part.part)
    return Standing(at, plan.model_copy(update={"parts": tuple(kept)}), tuple(left_out))


def turned_size(size: Vec3, yaw_deg: float) -> Vec3:
    """Width, height and depth of the upright box around a turned box."""
    angle = np.radians(yaw_deg)
    c, s = abs(float(np.cos(angle))), abs(float(np.sin(angle)))
    return (size[0] * c + size[2] * s, size[1], size[0] * s + size[2] * c)


def footing(facts: ModelFacts, scale: float, yaw_deg: float) -> Points:
    """Where a scaled and turned model stands, (n, 2) x and z from its bottom-centre."""
    centre = np.array([facts.low[0] + facts.high[0], facts.low[2] + facts.high[2]]) / 2
    spots = (np.asarray(facts.footing) - centre) * scale
    angle = np.radians(yaw_deg)
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([spots[:, 0] * c + spots[:, 1] * s, spots[:, 1] * c - spots[:, 0] * s], axis=1)


def spots_in(facts: ModelFacts, where: Pose) -> list[tuple[float, float]]:
    """Where a posed model stands, x and z in the scene."""
    spots = footing(facts, where.scale, where.yaw_deg) + np.array([where.at[0], where.at[2]])
    return [(float(x), float(z)) for x, z in spots]


def round_spots(width_m: float, depth_m: float, where: Pose) -> list[tuple[float, float]]:
    """Where a posed product stands of which only a photo is known, x and z in the scene."""
    return [
        (float(x) + where.at[0], float(z) + where.at[2]) for x, z in round_footing(width_m, depth_m)
    ]


def round_footing(width_m: float, depth_m: float) -> Points:
    """Points on an oval foot around the bottom-centre, (n, 2) x and z."""
    turns = np.linspace(0, 2 * np.pi, _ROUND_SPOTS, endpoint=False)
    oval = np.stack([np.cos(turns) * width_m, np.sin(turns) * depth_m], axis=1)
    return np.asarray(oval * _ROUND_SHARE)


def _rest(scene: Scene, anchor: Points, spots: Points) -> Vec3:
    """The anchor, at the height of the highest surface below the product's footing."""
    places = spots + anchor[[0, 2]]
    heights = supports_below(scene, places, float(anchor[1]) + _CEILING_M)
    height = float(anchor[1]) if np.isnan(heights).all() else float(np.nanmax(heights))
    return (float(anchor[0]), height, float(anchor[2]))


def _in_the_way(part: Part, low: Points, high: Points) -> bool:
    return any(piece.seen and reaching(piece.mesh, low, high) for piece in placed(part).pieces)
