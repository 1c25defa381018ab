"""Meshes as a graphics card takes them: triangles, and for every corner a normal and a place."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.render_worker.gltf.tiles import Tile
from services.render_worker.scene import Mesh, Points, Vec3
from services.render_worker.shapes.mesh import rotation

Triangles = NDArray[np.int64]
Normals = NDArray[np.int8]
_LONGEST = 127
"""A unit normal's length in signed bytes."""


class Corners(NamedTuple):
    """A mesh whose corners are shared where place, normal and texture are the same.

    Attributes:
        points: (n, 3) metres.
        normals: (n, 3) signed bytes, 127 long.
        places: (n, 2) texture coordinates; None without a tile.
        triangles: (m, 3) indices, counter-clockwise from outside.
    """

    points: Points
    normals: Normals
    places: Points | None
    triangles: Triangles


def triangulated(mesh: Mesh) -> Triangles:
    """Return (m, 3) triangles; quads are cut from their first corner to the third."""
    quads = mesh.faces[mesh.faces[:, 3] >= 0]
    return np.concatenate([mesh.faces[:, :3], quads[:, [0, 2, 3]]])


def faceted(mesh: Mesh, tile: Tile | None = None, turn_deg: Vec3 = (0.0, 0.0, 0.0)) -> Corners:
    """Give a mesh normals that are smooth up to its crease angle, and texture places.

    Args:
        mesh: Any mesh.
        tile: What is painted on it; laid on along the axis that each face looks to most.
        turn_deg: How the texture's space is turned.
    """
    triangles = triangulated(mesh)
    across = np.cross(
        mesh.points[triangles[:, 1]] - mesh.points[triangles[:, 0]],
        mesh.points[triangles[:, 2]] - mesh.points[triangles[:, 0]],
    )
    area = np.linalg.norm(across, axis=1)
    triangles, across, area = triangles[area > 0], across[area > 0], area[area > 0]
    units = across / area[:, None]
    normals = _smoothed(triangles, across, units, mesh.crease_deg, len(mesh.points))
    quantised = np.rint(normals * _LONGEST).astype(np.int64)
    axes = np.zeros(len(triangles), dtype=np.int64)
    if tile is not None and not tile.upright:
        turned = units @ rotation(turn_deg).T if any(turn_deg) else units
        axes = np.argmax(np.abs(turned), axis=1)
    packed = ((quantised + 128) @ np.array([65536, 256, 1])) + (
        (triangles.ravel() * 3 + np.repeat(axes, 3)) << 24
    )
    kept, inverse = np.unique(packed, return_inverse=True)
    points = mesh.points[(kept >> 24) // 3]
    normal = np.stack([(kept >> shift & 255) - 128 for shift in (16, 8, 0)], axis=1)
    places = None if tile is None else _places(points, (kept >> 24) % 3, tile, turn_deg)
    return Corners(points, normal.astype(np.int8), places, inverse.reshape(-1, 3))


def united(parts: list[Corners]) -> Corners:
    """One out of many of the same material."""
    offsets = np.cumsum([0, *(len(part.points) for part in parts)])
    places = [part.places for part in parts if part.places is not None]
    return Corners(
        np.concatenate([part.points for part in parts]),
        np.concatenate([part.normals for part in parts]),
        np.concatenate(places) if places else None,
        np.concatenate(
            [part.triangles + offset for part, offset in zip(parts, offsets, strict=False)]
        ),
    )


def _smoothed(
    triangles: Triangles, across: Points, units: Points, crease_deg: float, count: int
) -> Points:
    """Unit normals (3m, 3) of all corners; faces count by their area."""
    vertex = triangles.ravel()
    own = np.repeat(units, 3, axis=0)
    if crease_deg <= 0:
        return own
    weighted = np.repeat(across, 3, axis=0)
    total = np.stack([np.bincount(vertex, weighted[:, a], count) for a in range(3)], axis=1)
    smooth = _unit(total[vertex], own)
    # Where every face is within half the angle of the mean, all are within it of each other.
    apart = np.einsum("ij,ij->i", smooth, own) < np.cos(np.radians(crease_deg / 2))
    sharp = np.bincount(vertex, apart, count)[vertex] > 0
    if sharp.any():
        smooth[sharp] = _creased(vertex[sharp], weighted[sharp], own[sharp], crease_deg)
    return smooth


def _creased(vertex: Triangles, weighted: Points, own: Points, crease_deg: float) -> Points:
    """Normals of corners where some edge stays sharp: only near faces count."""
    order = np.argsort(vertex, kind="stable")
    _, start, size = np.unique(vertex[order], return_index=True, return_counts=True)
    per_corner = np.repeat(size, size)
    first = np.repeat(np.arange(len(order)), per_corner)
    begins = np.repeat(start, size)
    ends = np.cumsum(per_corner)
    second = np.arange(ends[-1]) - np.repeat(ends - per_corner, per_corner) + begins[first]
    near = np.einsum("ij,ij->i", own[order[first]], own[order[second]]) >= np.cos(
        np.radians(crease_deg)
    )
    first, second = first[near], second[near]
    total = np.stack(
        [np.bincount(first, weighted[order[second], a], len(order)) for a in range(3)], axis=1
    )
    found = np.empty_like(own)
    found[order] = _unit(np.asarray(total, np.float64), own[order])
    return found


def _unit(vectors: Points, instead: Points) -> Points:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(np.where(length > 1e-12, vectors / np.maximum(length, 1e-12), instead))  # noqa: PLR2004 - faces that cancel out


def _places(points: Points, axis: Triangles, tile: Tile, turn_deg: Vec3) -> Points:
    """Texture coordinates, down positive as glTF counts."""
    wide, tall = tile.size_m
    if tile.upright:
        up = (points[:, 1] - tile.foot_m) / tall
        return np.stack([np.full(len(points), 0.5), 1.0 - np.clip(up, 0.004, 0.996)], axis=1)
    x, y, z = (points @ rotation(turn_deg).T if any(turn_deg) else points).T
    across = np.where(axis == 0, z, x)
    along = np.where(axis == 1, z, -y)
    placed = np.stack([across / wide, along / tall], axis=1)
    # Large coordinates lose precision in a texture unit, and a tile repeats anyway.
    return np.asarray(placed - np.floor(placed.min(axis=0)))
