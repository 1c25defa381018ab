"""Cloth: drapes that flow from a wall onto a stage, curtains, folded and hanging pieces."""

import numpy as np

from services.render_worker.scene import Mesh, Points
from services.render_worker.shapes.curves import arc
from services.render_worker.shapes.mesh import grid_faces
from services.render_worker.shapes.noise import noise2


def drape(width: float, height: float, front: float, depth: float, folds: float, seed: int) -> Mesh:
    """A sheet hung on a wall at z = 0 that runs down and out over the floor towards +Z.

    Args:
        width: Across, metres.
        height: Of the hanging part, metres.
        front: How far it lies out on the floor, metres.
        depth: How far folds rise from the sheet, metres.
        folds: About how many folds lie across one metre.
        seed: Which folds.
    """
    bend = arc((0.16, 0.16), 0.16, 180, 270, 40)
    line = np.vstack(
        [
            np.column_stack([np.zeros(70), np.linspace(height, 0.165, 70)]),
            bend,
            np.column_stack([np.linspace(0.165, front, 150), np.zeros(150)]),
        ]
    )
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    across = np.linspace(-width / 2, width / 2, 420)
    u, v = np.meshgrid(across, along)
    tangent = np.gradient(line, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    lift = _folds(u, v, folds, seed) * depth
    points = np.stack(
        [u, line[:, 1][:, None] + normal[:, 1][:, None] * lift,
         line[:, 0][:, None] + normal[:, 0][:, None] * lift], axis=2
    )  # fmt: skip
    return Mesh(points.reshape(-1, 3), grid_faces(len(line), len(across)), 180.0)


def _folds(u: Points, v: Points, folds: float, seed: int) -> Points:
    """Long soft ridges that wander, split and fade; 0 to about 1."""
    sway = noise2(u * 1.3, v * 0.9, seed, 2) * 0.9 + 0.35 * np.sin(v * 2.1 + seed)
    phase = (u + 0.28 * sway + 0.22 * v) * folds
    ridge = 1 - np.abs(noise2(phase, v * 0.55 + 3.0, seed + 5, 1))
    fine = 1 - np.abs(noise2(phase * 1.9 + 9.1, v * 0.9, seed + 11, 1))
    strength = 0.55 + 0.45 * noise2(u * 1.7 + 4.0, v * 1.1, seed + 23, 2)
    return np.asarray(np.clip(strength, 0.15, 1.0) * (0.8 * ridge**2.2 + 0.25 * fine**2))


def curtain(width: float, height: float, folds: int, depth: float, seed: int) -> Mesh:
    """A hanging curtain in soft pleats, its face around z = 0, its hem at y = 0."""
    across = np.linspace(0, 1, folds * 14)
    down = np.linspace(0, 1, 24)
    u, v = np.meshgrid(across, down)
    phase = 2 * np.pi * folds * (u + 0.012 * noise2(u * 6, v * 2, seed, 2))
    z = depth * (np.sin(phase) * (0.7 + 0.3 * v) + 0.25 * np.sin(2 * phase + 1.0) * v)
    x = (u - 0.5) * width + 0.25 * depth * np.cos(phase)
    points = np.stack([x, (1 - v) * height, z], axis=2).reshape(-1, 3)
    return Mesh(points, grid_faces(len(down), len(across)), 180.0)


def folded(width: float, depth: float, layers: int, thickness: float, seed: int) -> Mesh:
    """A napkin or towel folded flat: slightly uneven rounded layers, bottom at y = 0."""
    outline = 48
    angles = np.linspace(0, 2 * np.pi, outline, endpoint=False)
    rows, rings = [], layers * 6
    for ring in range(rings + 1):
        layer = ring / rings * layers
        inside = layer - np.floor(layer)
        swell = 1 - 0.05 * (2 * inside - 1) ** 4 - 0.02 * np.floor(min(layer, layers - 1e-6))
        power = 0.16
        x = np.sign(np.cos(angles)) * np.abs(np.cos(angles)) ** power * width / 2 * swell
        z = np.sign(np.sin(angles)) * np.abs(np.sin(angles)) ** power * depth / 2 * swell
        wave = noise2(x * 9 + seed, z * 9, seed, 2) * thickness * 0.35 * (layer > 0)
        rows.append(np.stack([x, ring / rings * layers * thickness + wave, z], axis=1))
    top = rows[-1]
    for shrink in np.linspace(0.9, 0.02, 12):
        flat = top * (shrink, 1.0, shrink)
        flat[:, 1] = layers * thickness + noise2(flat[:, 0] * 9 + seed, flat[:, 2] * 9, seed, 2) * (
            thickness * 0.35
        )
        rows.append(flat)
    points = np.vstack(rows)
    # Rows run upwards while angles turn from x to z, which faces inwards: turn the order.
    return Mesh(points, grid_faces(len(rows), outline, wrap=True)[:, ::-1], 50.0)


def thrown(width: float, depth: float, wrinkle: float, seed: int) -> Mesh:
    """A piece of cloth lying loosely, wrinkles up to `wrinkle` metres high."""
    x, z = np.meshgrid(np.linspace(-0.5, 0.5, 120), np.linspace(-0.5, 0.5, 120))
    bent_x = x * width + 0.03 * noise2(z * 4, x * 3, seed, 2)
    bent_z = z * depth + 0.03 * noise2(x * 4 + 5, z * 3, seed + 3, 2)
    ridge = (1 - np.abs(noise2(x * 3.2 + 0.6 * z, z * 2.1, seed + 9, 2))) ** 3
    edge = np.minimum(0.5 - np.abs(x), 0.5 - np.abs(z))
    y = wrinkle * ridge * np.clip(edge * 8, 0.25, 1.0) + 0.002
    points = np.stack([bent_x, y, bent_z], axis=2).reshape(-1, 3)
    return Mesh(points, grid_faces(120, 120)[:, ::-1], 180.0)
