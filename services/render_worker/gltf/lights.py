"""Lights, cameras and the place of the product as nodes of a glTF scene."""

import math
from typing import Any

import numpy as np

from backlot.contracts.background import StageArea
from services.render_worker.gltf.colours import linear
from services.render_worker.scene import Light, LightKind, Look, Points, Vec3
from services.render_worker.sets.recipe import CameraPlan, SetPlan
from services.render_worker.warmth import warmth

Item = dict[str, Any]
ANCHOR = "product_anchor"
_HALF_SENSOR_MM = 18.0
_ASPECT = 4 / 3
"""Width to height of the previews, which the field of view is given for."""
_NEAR_M, _FAR_M = 0.01, 500.0
_BLEND = 0.6
"""How much of a spot's cone fades out."""


def brightness_of(look: Look) -> float:
    """What every light is multiplied by, so that a viewer's exposure of 1 is the picture's."""
    return math.pow(2.0, look.exposure)


def light_of(light: Light, look: Look, name: str) -> Item:
    """One punctual light, in the units of `KHR_lights_punctual` on a scale of watts.

    An area light, which glTF does not know, becomes a spot as wide as a half-space and as strong
    at its target as the area is there; `extras` says what it was.
    """
    colour = warmth(light.kelvin, look.white_kelvin) if light.hue is None else linear(light.hue)
    made: Item = {
        "name": name,
        "color": [round(float(channel), 4) for channel in colour],
        "intensity": round(_intensity(light) * brightness_of(look), 5),
        "extras": {
            "kind": light.kind.value, "size_m": list(light.size), "strength_w": light.strength,
        },
    }  # fmt: skip
    if light.kind is LightKind.SUN:
        return {**made, "type": "directional"}
    if light.kind is LightKind.POINT:
        return {**made, "type": "point"}
    outer = math.radians(min(light.spread_deg, 180.0)) / 2
    inner = outer * (1 - _BLEND) if light.kind is LightKind.SPOT else 0.0
    return {
        **made,
        "type": "spot",
        "spot": {"innerConeAngle": round(inner, 4), "outerConeAngle": round(outer, 4)},
    }


def camera_of(camera: CameraPlan) -> Item:
    """A camera with the field of view of its lens before a sensor 36 mm wide."""
    return {
        "name": camera.name,
        "type": "perspective",
        "perspective": {
            "yfov": round(2 * math.atan(_HALF_SENSOR_MM / _ASPECT / camera.lens_mm), 5),
            "aspectRatio": round(_ASPECT, 5),
            "znear": _NEAR_M,
            "zfar": _FAR_M,
        },
    }


def aimed(position: Vec3, target: Vec3) -> list[float]:
    """The matrix, by columns, of what looks from one point to another along its -z."""
    start = np.asarray(position)
    back = start - np.asarray(target)
    back = back / (np.linalg.norm(back) + 1e-12)
    up = np.array([0.0, 1.0, 0.0])
    if abs(back[1]) > 0.999:  # noqa: PLR2004 - straight up or down
        up = np.array([0.0, 0.0, -1.0])
    right = np.cross(up, back)
    right /= np.linalg.norm(right)
    made: Points = np.eye(4)
    made[:3, :3] = np.stack([right, np.cross(back, right), back], axis=1)
    made[:3, 3] = start
    return [round(float(value), 6) for value in made.T.ravel()]


def anchor_of(stage: StageArea) -> Item:
    """The node a product is hung under: its bottom-centre, and the room there is."""
    half = math.radians(stage.yaw_deg) / 2
    free = {"width_m": stage.width_m, "depth_m": stage.depth_m, "height_m": stage.height_m}
    return {
        "name": ANCHOR,
        "translation": list(stage.anchor),
        "rotation": [0.0, round(math.sin(half), 6), 0.0, round(math.cos(half), 6)],
        "extras": {"backlot": {**free, "floor_area_m2": stage.floor_area_m2}},
    }


def surroundings_of(plan: SetPlan) -> Item:
    """What glTF has no word for: light from all around, and the picture's white."""
    return {
        "world": plan.world.model_dump(exclude_none=True),
        "white_kelvin": plan.look.white_kelvin,
        "exposure": plan.look.exposure,
    }


def _intensity(light: Light) -> float:
    """Watts per steradian, or per square metre for a sun."""
    if light.kind is LightKind.SUN:
        return light.strength
    if light.kind is not LightKind.AREA:
        return light.strength / (4 * math.pi)
    away = float(np.sum((np.asarray(light.target) - np.asarray(light.position)) ** 2))
    disc = light.size[0] * light.size[1] / math.pi
    return light.strength / math.pi * away / (away + disc)
