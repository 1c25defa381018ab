"""Smooth random fields for folds, dunes, stones and clouds."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.render_worker.scene import Faces, Points


def noise2(x: NDArray[Any], y: NDArray[Any], seed: int, octaves: int = 4) -> Points:
    """Fractal gradient noise within -1..1 at any coordinates; one feature per unit."""
    total = np.zeros(np.broadcast(x, y).shape)
    weight, reach = 1.0, 0.0
    for octave in range(octaves):
        frequency = 2.0**octave
        shift = 17.3 * octave
        total = total + weight * _lattice(x * frequency + shift, y * frequency, seed + 101 * octave)
        reach += weight
        weight *= 0.5
    return np.asarray(np.clip(total / reach * 1.5, -1.0, 1.0))


def noise3(points: Points, seed: int, octaves: int = 3) -> Points:
    """Fractal noise over (n, 3) positions: three slices through the plane noise, averaged."""
    x, y, z = points[:, 0], points[:, 1], points[:, 2]
    return (
        noise2(x + 0.31 * z, y, seed, octaves)
        + noise2(y + 0.31 * x, z, seed + 7, octaves)
        + noise2(z + 0.31 * y, x, seed + 13, octaves)
    ) / 1.7


def _lattice(x: Points, y: Points, seed: int) -> Points:
    """Gradient noise: every lattice corner leans in a random direction."""
    left, low = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    u, v = x - left, y - low

    def lean(right: int, up: int) -> Points:
        angle = _hashed(left + right, low + up, seed) * np.pi
        return np.asarray(np.cos(angle) * (u - right) + np.sin(angle) * (v - up))

    fade_u, fade_v = (t * t * t * (t * (t * 6 - 15) + 10) for t in (u, v))
    below = lean(0, 0) * (1 - fade_u) + lean(1, 0) * fade_u
    above = lean(0, 1) * (1 - fade_u) + lean(1, 1) * fade_u
    return np.asarray(below * (1 - fade_v) + above * fade_v)


def _hashed(x: Faces, y: Faces, seed: int) -> Points:
    """A number in -1..1 for every lattice corner, the same on every machine."""
    mixed = (x * 374761393 + y * 668265263 + seed * 1442695041) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 13)) * 1274126177) & 0xFFFFFFFF
    mixed ^= mixed >> 16
    return np.asarray(mixed / 0x7FFFFFFF - 1.0)
