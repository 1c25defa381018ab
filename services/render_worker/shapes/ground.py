"""Stones, dunes, water and moss grounds."""

import numpy as np

from services.render_worker.scene import Mesh, Points
from services.render_worker.shapes.mesh import grid_faces, placed
from services.render_worker.shapes.noise import noise2, noise3
from services.render_worker.shapes.solids import sphere

_RIPPLE_M = 0.075
"""Distance between wind ripples."""


def pebble(size: tuple[float, float, float], seed: int, roughness: float = 0.12) -> Mesh:
    """A stone of about the given size, resting at y = 0."""
    ball = sphere(1.0, 40)
    bumps = 1 + roughness * noise3(ball.points * 1.4 + seed * 3.7, seed, 2)
    points = ball.points * bumps[:, None] * (np.asarray(size) / 2)
    points[:, 1] -= points[:, 1].min()
    return Mesh(points, ball.faces, 180.0)


def slab(width: float, depth: float, height: float, seed: int) -> Mesh:
    """A flat natural rock: level on top, rounded and uneven at its sides."""
    ball = sphere(1.0, 96)
    x, y, z = ball.points.T
    flat = np.sign(y) * np.abs(y) ** 0.35
    around = np.hypot(x, z) + 1e-9
    angle = np.arctan2(z, x)
    edge = 1 + 0.13 * noise2(np.cos(angle) * 1.6 + seed, np.sin(angle) * 1.6, seed, 3)
    reach = around**0.45
    points = np.stack(
        [x / around * reach * edge * width / 2, flat * height / 2,
         z / around * reach * edge * depth / 2],
        axis=1,
    )  # fmt: skip
    low = points[:, 1] < height * 0.35
    points[low] += (noise3(points[low] * 22, seed + 4, 3) * height * 0.10)[:, None] * (1, 0.4, 1)
    points[:, 1] = np.minimum(points[:, 1], height / 2) - height / 2
    return placed(Mesh(points, ball.faces, 50.0), (0, height, 0))


def dunes(
    width: float, depth: float, height: float, ripple: float, seed: int, flat_radius: float
) -> Mesh:
    """A sand bed with swells and wind ripples, level around the origin.

    Ripples begin outside `flat_radius`, swells only at two and a half times that distance, so that
    stones laid around the product do not hang in the air.
    """
    columns, rows = 520, 440
    x, z = np.meshgrid(
        np.linspace(-width / 2, width / 2, columns), np.linspace(-depth, depth, rows)
    )
    away = np.hypot(x, z)
    swell = noise2(x / width * 3 + 1.3, z / depth * 2, seed, 3) + 0.2
    bend = 0.07 * noise2(x * 1.6, z * 1.6, seed + 3, 2) + 0.16 * x
    wind = np.sin((z + bend) * 2 * np.pi / _RIPPLE_M)
    wind = ripple * wind * (0.65 + 0.35 * noise2(x * 2.5, z * 2.5, seed + 9, 2))
    grains = 0.0006 * noise2(x * 160, z * 160, seed + 2, 1)
    near = np.clip((away - flat_radius) / (0.6 * flat_radius), 0, 1) ** 1.5
    far = np.clip((away - 2.5 * flat_radius) / (2.5 * flat_radius), 0, 1) ** 1.5
    y = height * swell * far + (wind + grains) * near
    points = np.stack([x, y, z], axis=2).reshape(-1, 3)
    return Mesh(points, grid_faces(rows, columns)[:, ::-1], 180.0)


def mound(width: float, depth: float, height: float, seed: int) -> Mesh:
    """A low irregular hill, its rim at y = 0."""
    columns, rows = 160, 120
    x, z = np.meshgrid(np.linspace(-1, 1, columns), np.linspace(-1, 1, rows))
    fall = np.clip(1 - np.hypot(x, z), 0, 1) ** 0.55
    bumps = 0.75 + 0.45 * noise2(x * 2.6 + seed, z * 2.6, seed, 4)
    clumps = 0.10 * noise2(x * 11, z * 11, seed + 2, 2)
    y = height * fall * (bumps + clumps)
    points = np.stack([x * width / 2, y, z * depth / 2], axis=2).reshape(-1, 3)
    return Mesh(points, grid_faces(rows, columns)[:, ::-1], 180.0)


def puff(size: float, seed: int, lumps: int = 7) -> list[Mesh]:
    """A cloud about twice `size` wide: large soft balls with smaller ones growing on them.

    Its flat underside lies around y = 0.
    """
    dice = np.random.default_rng(seed)
    grown: list[tuple[Points, float]] = []
    for number in range(lumps):
        x = (number / max(lumps - 1, 1) - 0.5) * 1.5 * size + dice.normal(0, 0.04) * size
        radius = (
            size * (0.16 + 0.24 * float(np.exp(-((x / size) ** 2) * 3.5))) * dice.uniform(0.85, 1.1)
        )
        grown.append((np.array([x, radius * 0.55, dice.normal(0, 0.06) * size]), radius))
    for centre, radius in list(grown):
        for _ in range(9):
            way = dice.normal(0, 1, 3)
            way[1] = abs(way[1]) * 0.8
            way /= np.linalg.norm(way)
            small = radius * dice.uniform(0.32, 0.55)
            grown.append((centre + way * (radius * 0.82), small))
    return [placed(sphere(radius, 40), (c[0], c[1], c[2])) for c, radius in grown]


def scattered(
    count: int, inner: float, outer: float, dice: np.random.Generator, squash: float = 1.0
) -> Points:
    """Places (n, 3) on the floor in a ring; `squash` flattens the ring towards the camera."""
    angle = dice.uniform(0, 2 * np.pi, count)
    away = np.sqrt(dice.uniform(inner**2, outer**2, count))
    return np.stack([np.cos(angle) * away, np.zeros(count), np.sin(angle) * away * squash], axis=1)
