"""The room a product has in a set: what is in its way, and what it stands on."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from backlot.contracts.background import StageArea
from services.render_worker.scene import Mesh, Points, Scene

_SKIN_M = 0.004
"""How far the ground may rise into the product's box: sand, moss and cloth are not flat."""


_ROUNDING = 1e-9
_FLAT = [0, 2]
"""x and z."""


def obstacles(scene: Scene, stage: StageArea) -> list[str]:
    """Names of the pieces that reach into the box a product may fill.

    The test is careful: it compares boxes around single faces, so a large slanted face may be
    reported although it passes by.
    """
    half = np.array([stage.width_m / 2, 0.0, stage.depth_m / 2])
    anchor = np.asarray(stage.anchor)
    low = anchor - half + (0.0, _SKIN_M, 0.0)
    high = anchor + half + (0.0, stage.height_m, 0.0)
    return [piece.name for piece in scene.pieces if reaching(piece.mesh, low, high)]


def supports_below(scene: Scene, places: Points, ceiling_m: float) -> Points:
    """Height of the highest surface at each place; NaN over a void.

    Args:
        scene: The set.
        places: (n, 2) x and z.
        ceiling_m: Surfaces above this do not count.
    """
    low, high = places.min(axis=0) - _ROUNDING, places.max(axis=0) + _ROUNDING
    cropped = (_cropped(piece.mesh, low, high) for piece in scene.pieces if piece.seen)
    under = [mesh for mesh in cropped if len(mesh.faces)]
    heights = np.full(len(places), np.nan)
    for at, (x, z) in enumerate(places):
        found = np.concatenate([_heights_at(mesh, x, z) for mesh in under] or [np.empty(0)])
        found = found[found <= ceiling_m]
        if len(found):
            heights[at] = found.max()
    return heights


def near(scene: Scene, low: Points, high: Points) -> Scene:
    """The scene with only those faces that come near a box, for many questions about a few."""
    pieces = []
    for piece in scene.pieces:
        mesh = piece.mesh
        kept = mesh.faces[_inside(mesh, low, high)]
        if len(kept):
            cut = Mesh(mesh.points, kept, mesh.crease_deg)
            pieces.append(replace(piece, mesh=cut))
    return replace(scene, pieces=tuple(pieces))


def _cropped(mesh: Mesh, low: Points, high: Points) -> Mesh:
    """The faces of a mesh that lie over a rectangle of x and z, as far as their boxes tell."""
    lowest, highest = (corners[..., _FLAT] for corners in mesh.box)
    if np.any(lowest > high) or np.any(highest < low):
        return Mesh(mesh.points, mesh.faces[:0], mesh.crease_deg)
    lows, highs = (corners[..., _FLAT] for corners in mesh.face_boxes)
    over = np.all((lows <= high) & (highs >= low), axis=1)
    return Mesh(mesh.points, mesh.faces[over], mesh.crease_deg)


def reaching(mesh: Mesh, low: Points, high: Points) -> bool:
    """Whether the box around any single face overlaps the box."""
    return bool(np.any(_inside(mesh, low, high)))


def _inside(mesh: Mesh, low: Points, high: Points) -> NDArray[np.bool_]:
    """Of each face, whether the box around it overlaps the box."""
    lowest, highest = mesh.box
    if np.any(lowest >= high) or np.any(highest <= low):
        return np.zeros(len(mesh.faces), dtype=np.bool_)
    lows, highs = mesh.face_boxes
    return np.asarray(np.all((lows < high) & (highs > low), axis=1))


def _heights_at(mesh: Mesh, x: float, z: float) -> Points:
    """Heights at which a vertical line through (x, z) crosses a mesh."""
    quads = mesh.faces[mesh.faces[:, 3] >= 0]
    triangles = np.concatenate([mesh.faces[:, :3], quads[:, [0, 2, 3]]])
    a, b, c = (mesh.points[triangles[:, corner]] for corner in range(3))
    spot = np.array([x, z])
    ab, ac, ap = b[:, _FLAT] - a[:, _FLAT], c[:, _FLAT] - a[:, _FLAT], spot - a[:, _FLAT]
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    steep = np.abs(area) > 1e-12  # noqa: PLR2004 - an upright triangle has no area from above
    area = np.where(steep, area, 1.0)
    u = (ap[:, 0] * ac[:, 1] - ap[:, 1] * ac[:, 0]) / area
    v = (ab[:, 0] * ap[:, 1] - ab[:, 1] * ap[:, 0]) / area
    hit = steep & (u >= -_ROUNDING) & (v >= -_ROUNDING) & (u + v <= 1 + _ROUNDING)
    height = a[:, 1] + u * (b[:, 1] - a[:, 1]) + v * (c[:, 1] - a[:, 1])
    return np.asarray(height[hit])
