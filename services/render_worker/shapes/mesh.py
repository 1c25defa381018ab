"""Meshes: joining, moving, turning and measuring them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from services.render_worker.scene import Faces, Group, Lettering, Light, Mesh, Piece, Points, Vec3


def rotation(turn_deg: Vec3) -> Points:
    """Rotation matrix (3, 3) that turns about x, then y, then z."""
    x, y, z = map(math.radians, turn_deg)
    cx, cy, cz, sx, sy, sz = *map(math.cos, (x, y, z)), *map(math.sin, (x, y, z))
    return np.array(
        [
            [cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx],
            [sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx],
            [-sy, cy * sx, cy * cx],
        ]
    )


def placed(
    mesh: Mesh,
    at: Vec3 = (0.0, 0.0, 0.0),
    turn_deg: Vec3 = (0.0, 0.0, 0.0),
    scale: float | Vec3 = 1.0,
) -> Mesh:
    """Scale, then turn, then move a mesh."""
    points = (mesh.points * np.asarray(scale)) @ rotation(turn_deg).T + np.asarray(at)
    return replace(mesh, points=points)


def joined(meshes: Iterable[Mesh]) -> Mesh:
    """One mesh out of many; the crease angle is that of the first."""
    parts = list(meshes)
    offsets = np.cumsum([0, *(len(part.points) for part in parts)])
    faces = [
        np.where(part.faces >= 0, part.faces + offset, -1)
        for part, offset in zip(parts, offsets, strict=False)
    ]
    return Mesh(
        np.concatenate([part.points for part in parts]), np.concatenate(faces), parts[0].crease_deg
    )


def bounds(meshes: Sequence[Mesh]) -> tuple[Points, Points]:
    """Lowest and highest corner of the box around all meshes."""
    low = np.min([mesh.points.min(axis=0) for mesh in meshes], axis=0)
    high = np.max([mesh.points.max(axis=0) for mesh in meshes], axis=0)
    return low, high


def grid_faces(rows: int, columns: int, *, wrap: bool = False) -> Faces:
    """Quads over a grid of points; `wrap` joins the last column to the first."""
    row, column = np.meshgrid(
        np.arange(rows - 1), np.arange(columns if wrap else columns - 1), indexing="ij"
    )
    following = (column + 1) % columns
    corners = [
        row * columns + column,
        row * columns + following,
        (row + 1) * columns + following,
        (row + 1) * columns + column,
    ]
    return np.stack([corner.ravel() for corner in corners], axis=1)


def welded(mesh: Mesh, digits: int = 6) -> Mesh:
    """Unite points at the same place, so that shading runs smoothly over them."""
    _, first, inverse = np.unique(
        np.round(mesh.points, digits), axis=0, return_index=True, return_inverse=True
    )
    inverse = inverse.ravel()
    faces = np.where(mesh.faces >= 0, inverse[mesh.faces], -1)
    return replace(mesh, points=mesh.points[first], faces=faces)


def flipped(mesh: Mesh) -> Mesh:
    """Turn a mesh inside out."""
    quads = mesh.faces[:, 3] >= 0
    faces = mesh.faces.copy()
    faces[quads] = faces[quads][:, ::-1]
    faces[~quads, :3] = faces[~quads][:, [2, 1, 0]]
    return replace(mesh, faces=faces)


def moved_group(group: Group, at: Vec3, yaw_deg: float, scale: float = 1.0) -> Group:
    """Scale a group, turn it about the vertical and move it, lights and letterings included."""
    turn = (0.0, yaw_deg, 0.0)
    matrix = rotation(turn)

    def carry(point: Vec3) -> Vec3:
        x, y, z = matrix @ (np.asarray(point) * scale) + np.asarray(at)
        return (float(x), float(y), float(z))

    def carry_piece(piece: Piece) -> Piece:
        return replace(piece, mesh=placed(piece.mesh, at, turn, scale))

    def carry_light(light: Light) -> Light:
        return replace(light, position=carry(light.position), target=carry(light.target))

    def carry_lettering(text: Lettering) -> Lettering:
        return replace(
            text, at=carry(text.at), yaw_deg=text.yaw_deg + yaw_deg, height=text.height * scale
        )

    return Group(
        tuple(map(carry_piece, group.pieces)),
        tuple(map(carry_light, group.lights)),
        tuple(map(carry_lettering, group.letterings)),
    )


def gathered(groups: Iterable[Group]) -> Group:
    """One group out of many."""
    parts = list(groups)
    return Group(
        tuple(piece for part in parts for piece in part.pieces),
        tuple(light for part in parts for light in part.lights),
        tuple(text for part in parts for text in part.letterings),
    )
