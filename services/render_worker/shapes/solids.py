"""Solids: boxes with round edges, turned profiles, lofts, tubes and extrusions."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from services.render_worker.scene import Faces, Mesh, Points, Vec3
from services.render_worker.shapes.curves import frames_along
from services.render_worker.shapes.fineness import at_most
from services.render_worker.shapes.mesh import grid_faces, joined, placed, welded

_SEEN_EDGE_M = 0.004
"""Rounder edges than this are made round even where few triangles are wanted."""


def _edge_steps(half: float, radius: float, segments: int) -> Points:
    """Coordinates along one edge: dense where the corner is round."""
    bend = radius * np.tan(np.radians(np.linspace(45, 0, segments + 1)))
    inner = half - radius
    return np.concatenate([-inner - bend, inner + bend[::-1]])


def box(size: Vec3, radius: float = 0.002, segments: int = 3) -> Mesh:
    """A box with round edges, bottom-centre at the origin."""
    half = np.asarray(size) / 2
    radius = float(min(radius, *(half * 0.999)))
    segments = at_most(segments, 0 if radius < _SEEN_EDGE_M else 2)
    kept, faces = _box_topology(segments)
    points = _box_grid(half, radius, segments)[kept]
    if not segments:
        return placed(Mesh(points, faces), (0.0, float(half[1]), 0.0))
    inner = np.clip(points, -(half - radius), half - radius)
    away = points - inner
    length = np.linalg.norm(away, axis=1, keepdims=True)
    rounded = inner + away / np.maximum(length, 1e-12) * radius
    return placed(Mesh(rounded, faces), (0.0, float(half[1]), 0.0))


def _box_grid(half: Points, radius: float, segments: int) -> Points:
    """Points of six grids, one a side, edges still doubled."""
    steps = [_edge_steps(h, radius, segments) for h in half]
    sides = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        grid_u, grid_v = np.meshgrid(steps[u], steps[v], indexing="ij")
        for sign in (1, -1):
            points = np.empty((grid_u.size, 3))
            points[:, axis] = sign * half[axis]
            points[:, u], points[:, v] = grid_u.ravel(), grid_v.ravel()
            sides.append(points)
    return np.concatenate(sides)


@lru_cache
def _box_topology(segments: int) -> tuple[NDArray[np.int64], Faces]:
    """Which grid points a box keeps and how they are joined; the same for boxes of any size."""
    side = 2 * (segments + 1)
    quads = grid_faces(side, side)
    # The grid runs u by v, so that its quads face inwards where the axis is positive.
    sides = [quads[:, ::-1] if number % 2 == 0 else quads for number in range(6)]
    faces = np.concatenate([q + number * side * side for number, q in enumerate(sides)])
    grid = np.round(_box_grid(np.ones(3), 0.25, segments), 6)
    _, kept, inverse = np.unique(grid, axis=0, return_index=True, return_inverse=True)
    return kept, inverse.ravel()[faces]


_FEW_SIDES, _FEW_BAR_SIDES = 36, 6


def lathe(profile: Points, segments: int = 96, crease_deg: float = 40.0) -> Mesh:
    """Turn a profile of (radius, height) points, bottom to top, about the vertical axis."""
    segments = at_most(segments, _FEW_SIDES)
    angles = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    radius, height = profile[:, 0], profile[:, 1]
    points = np.stack(
        [
            radius[:, None] * np.sin(angles),
            np.broadcast_to(height[:, None], (len(profile), segments)),
            radius[:, None] * np.cos(angles),
        ],
        axis=2,
    ).reshape(-1, 3)
    mesh = Mesh(points, grid_faces(len(profile), segments, wrap=True), crease_deg)
    return without_slivers(welded(mesh, 7))


def without_slivers(mesh: Mesh) -> Mesh:
    """Turn quads with two equal corners into triangles and drop faces without area."""
    faces = mesh.faces
    fresh = faces >= 0
    for later in range(1, 4):
        for earlier in range(later):
            fresh[:, later] &= faces[:, later] != faces[:, earlier]
    order = np.argsort(~fresh, axis=1, kind="stable")
    kept = np.where(
        np.take_along_axis(fresh, order, axis=1), np.take_along_axis(faces, order, axis=1), -1
    )
    return Mesh(mesh.points, kept[fresh.sum(axis=1) >= 3], mesh.crease_deg)  # noqa: PLR2004 - a triangle


def cylinder(radius: float, height: float, bevel: float = 0.003, segments: int = 96) -> Mesh:
    """A disc or column with round edges, bottom-centre at the origin."""
    bevel = min(bevel, radius * 0.99, height * 0.49)
    bend = np.radians(np.linspace(0, 90, 5))
    low = np.stack([radius - bevel + bevel * np.sin(bend), bevel - bevel * np.cos(bend)], axis=1)
    high = low[::-1] * (1, -1) + (0, height)
    return lathe(np.vstack([(0.0, 0.0), low, high, (0.0, height)]), segments)


def loft(sections: Sequence[Points], *, capped: bool = True, crease_deg: float = 40.0) -> Mesh:
    """Skin closed outlines (k, 3) of equal length, one after the other."""
    rings = np.stack(sections)
    rows, columns = rings.shape[:2]
    meshes = [Mesh(rings.reshape(-1, 3), grid_faces(rows, columns, wrap=True), crease_deg)]
    if capped:
        meshes += [_fan(rings[0][::-1], crease_deg), _fan(rings[-1], crease_deg)]
    return without_slivers(welded(joined(meshes), 7))


def _fan(ring: Points, crease_deg: float) -> Mesh:
    """Close a ring with triangles to its centre."""
    count = len(ring)
    index = np.arange(count)
    faces = np.stack(
        [index, (index + 1) % count, np.full(count, count), np.full(count, -1)], axis=1
    )
    return Mesh(np.vstack([ring, ring.mean(axis=0)]), faces, crease_deg)


def tube(path: Points, radius: float | Points, segments: int = 16) -> Mesh:
    """A round bar along a path, capped at both ends."""
    segments = at_most(segments, _FEW_BAR_SIDES)
    radii = np.broadcast_to(np.asarray(radius, dtype=np.float64), (len(path),))
    normals, binormals = frames_along(path)
    angles = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    rings = path[:, None, :] + radii[:, None, None] * (
        np.cos(angles)[None, :, None] * normals[:, None, :]
        + np.sin(angles)[None, :, None] * binormals[:, None, :]
    )
    return loft(list(rings))


def ribbon(path: Points, outline: Points) -> Mesh:
    """Sweep a closed outline (k, 2) along a path."""
    normals, binormals = frames_along(path)
    rings = (
        path[:, None, :]
        + outline[None, :, 0, None] * normals[:, None, :]
        + outline[None, :, 1, None] * binormals[:, None, :]
    )
    return loft(list(rings))


def sphere(radius: float, segments: int = 48) -> Mesh:
    """A ball, centre at the origin."""
    segments = at_most(segments, _FEW_SIDES)
    angles = np.radians(np.linspace(-90, 90, segments // 2 + 1))
    return lathe(radius * np.stack([np.cos(angles), np.sin(angles)], axis=1), segments)
