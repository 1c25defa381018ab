"""How fine a texture a picture can show: nothing finer has to be computed."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.render_worker.framing import SENSOR_MM
from services.render_worker.scene import Camera, Material, Mesh, Points, Scene

_LARGE_M, _MOST_LARGE = 1.0, 48
_RAYS = 11
"""Along the longer side of the frame, to see where large faces come into the picture."""
_LEAST_M = 0.02


class _Eye(NamedTuple):
    """A camera as a point with rays, (n, 3), of unit length along its axis."""

    at: Points
    rays: Points


def finest_seen(scene: Scene, width: int, height: int) -> dict[Material, float]:
    """Features per metre that one pixel holds, of each patterned material where it is nearest.

    Args:
        scene: With its camera.
        width: Of the picture, pixels.
        height: Of the picture, pixels.
    """
    camera, longest = scene.camera, max(width, height)
    eye = _eye(camera, width / longest, height / longest)
    per_metre = longest * camera.lens_mm / SENSOR_MM
    found: dict[Material, float] = {}
    for piece in scene.pieces:
        if piece.material.pattern is not None:
            finest = per_metre / max(_nearest(piece.mesh, eye), _LEAST_M)
            found[piece.material] = max(found.get(piece.material, 0.0), finest)
    return found


def _eye(camera: Camera, wide: float, tall: float) -> _Eye:
    """The camera's rays to a grid of points all over its frame."""
    at = np.asarray(camera.position, dtype=np.float64)
    forward = np.asarray(camera.target) - at
    forward /= np.linalg.norm(forward) + 1e-12
    up = np.array([0.0, 1.0, 0.0]) if abs(forward[1]) < 0.999 else np.array([0.0, 0.0, 1.0])  # noqa: PLR2004 - straight up or down
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    above = np.cross(right, forward)
    half = SENSOR_MM / 2 / camera.lens_mm * np.linspace(-1, 1, _RAYS)
    across, along = np.meshgrid(half * wide, half * tall)
    rays = forward + across[..., None] * right + along[..., None] * above
    return _Eye(at, rays.reshape(-1, 3))


def _nearest(mesh: Mesh, eye: _Eye) -> float:
    """Distance of a mesh's nearest face; of a large one, of its nearest part in the picture."""
    lows, highs = mesh.face_boxes
    gaps = np.maximum(np.maximum(lows - eye.at, eye.at - highs), 0.0)
    away = np.linalg.norm(gaps, axis=1)
    large = np.flatnonzero(np.linalg.norm(highs - lows, axis=1) > _LARGE_M)[:_MOST_LARGE]
    away[large] = np.maximum(away[large], _first_hits(lows[large], highs[large], eye))
    return float(away.min(initial=np.inf))


def _first_hits(lows: Points, highs: Points, eye: _Eye) -> NDArray[np.float64]:
    """Distance at which the first ray enters each box; 0 where none does, as rays may miss."""
    safe = np.where(np.abs(eye.rays) < 1e-9, 1e-9, eye.rays)[:, None]  # noqa: PLR2004 - along an axis
    one, other = (lows - eye.at) / safe, (highs - eye.at) / safe
    first, last = np.minimum(one, other).max(axis=2), np.maximum(one, other).min(axis=2)
    hits = np.where((last >= first) & (last > 0), np.maximum(first, 0.0), np.inf)
    enter = hits.min(axis=0)
    return np.where(np.isfinite(enter), enter, 0.0)
