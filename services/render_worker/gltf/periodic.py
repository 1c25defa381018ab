"""Random fields that repeat without a seam, for tiles."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Field = NDArray[Any]
"""Floating-point numbers, one for each pixel of a tile."""

_SPREAD = 0.12
"""Standard deviation of a noise around 0.5, as Cycles' noise has it."""


def coordinates(height: int, width: int) -> tuple[Field, Field]:
    """Across and down at the centres of a tile's pixels, 0 to 1, each (height, width)."""
    across = (np.arange(width) + 0.5) / width
    down = (np.arange(height) + 0.5) / height
    u, v = np.meshgrid(across, down)
    return np.asarray(u), np.asarray(v)


def noise(u: Field, v: Field, cells: tuple[int, int], seed: int, octaves: int = 3) -> Field:
    """Fractal gradient noise around 0.5 that repeats at 1 in both directions.

    Args:
        u: Across, 0 to 1.
        v: Down, 0 to 1.
        cells: Features across and down.
        seed: Another one, another noise.
        octaves: Finer and finer layers, each half as strong.
    """
    total = np.zeros(u.shape)
    for octave in range(octaves):
        wide, tall = (max(1, count) * 2**octave for count in cells)
        dice = np.random.default_rng(seed + 101 * octave)
        lean = dice.uniform(0.0, 2 * np.pi, (tall, wide))
        total += 0.5**octave * _layer(u * wide, v * tall, lean)
    spread = float(total.std()) or 1.0
    return np.asarray(np.clip(0.5 + _SPREAD * (total - total.mean()) / spread, 0.0, 1.0))


def cells_of(u: Field, v: Field, count: int, seed: int) -> tuple[Field, Field, Field]:
    """Random cells that repeat at 1: for each place its nearest point.

    Returns:
        How far the border is in cell widths, and two random numbers of the cell.
    """
    dice = np.random.default_rng(seed)
    jitter = dice.uniform(0.0, 1.0, (count, count, 2))
    marks = dice.uniform(0.0, 1.0, (count, count, 2))
    x, y = u * count, v * count
    near = np.full(u.shape, np.inf)
    second = np.full(u.shape, np.inf)
    first, other = np.zeros(u.shape), np.zeros(u.shape)
    for right in (-1, 0, 1):
        for below in (-1, 0, 1):
            column, row = np.floor(x).astype(int) + right, np.floor(y).astype(int) + below
            at = row % count, column % count
            away = np.hypot(column + jitter[at][..., 0] - x, row + jitter[at][..., 1] - y)
            nearer = away < near
            second = np.where(nearer, near, np.minimum(second, away))
            first = np.where(nearer, marks[at][..., 0], first)
            other = np.where(nearer, marks[at][..., 1], other)
            near = np.where(nearer, away, near)
    return (second - near) / 2, first, other


def _layer(x: Field, y: Field, lean: Field) -> Field:
    """Gradient noise over a lattice that wraps around."""
    tall, wide = lean.shape
    left, low = np.floor(x).astype(int), np.floor(y).astype(int)
    a, b = x - left, y - low

    def corner(right: int, up: int) -> Field:
        angle = lean[(low + up) % tall, (left + right) % wide]
        return np.asarray(np.cos(angle) * (a - right) + np.sin(angle) * (b - up))

    fade_a, fade_b = (t * t * t * (t * (t * 6 - 15) + 10) for t in (a, b))
    below = corner(0, 0) * (1 - fade_a) + corner(1, 0) * fade_a
    above = corner(0, 1) * (1 - fade_a) + corner(1, 1) * fade_a
    return np.asarray(below * (1 - fade_b) + above * fade_b)
