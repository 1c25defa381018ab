"""Extrusions of outlines that may be hollow-cornered, such as arches and letters."""

import numpy as np

from services.render_worker.scene import Faces, Mesh, Points
from services.render_worker.shapes.mesh import joined


def extrude(outline: Points, depth: float, crease_deg: float = 30.0) -> Mesh:
    """Pull a simple counter-clockwise outline (n, 2) in the xy plane along z, centred on z = 0."""
    if _area(outline) < 0:
        outline = outline[::-1]
    count = len(outline)
    front = np.column_stack([outline, np.full(count, depth / 2)])
    back = np.column_stack([outline, np.full(count, -depth / 2)])
    caps = _ear_clipped(outline)
    index = np.arange(count)
    following = (index + 1) % count
    sides = np.stack([index + count, following + count, following, index], axis=1)
    return joined(
        [
            Mesh(front, caps, crease_deg),
            Mesh(back, caps[:, [2, 1, 0, 3]], crease_deg),
            Mesh(np.vstack([front, back]), sides, crease_deg),
        ]
    )


def _area(outline: Points) -> float:
    """Signed area; positive when counter-clockwise."""
    x, y = outline[:, 0], outline[:, 1]
    return float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)) / 2)


def _ear_clipped(outline: Points) -> Faces:
    """Triangles of a simple polygon: cut off one ear after the other."""
    left = list(range(len(outline)))
    triangles: list[tuple[int, int, int, int]] = []
    while len(left) > 3:  # noqa: PLR2004 - the last triangle
        for at in range(len(left)):
            before, here, after = left[at - 1], left[at], left[(at + 1) % len(left)]
            if _is_ear(outline, before, here, after, left):
                triangles.append((before, here, after, -1))
                del left[at]
                break
        else:  # collinear remains: cut anywhere
            triangles.append((left[-1], left[0], left[1], -1))
            del left[0]
    triangles.append((left[0], left[1], left[2], -1))
    return np.asarray(triangles, dtype=np.int64)


def _is_ear(outline: Points, before: int, here: int, after: int, left: list[int]) -> bool:
    """Whether the corner is convex and holds no other point."""
    a, b, c = outline[before], outline[here], outline[after]
    if _cross(b - a, c - b) <= 1e-14:  # noqa: PLR2004 - straight or hollow
        return False
    others = outline[[index for index in left if index not in (before, here, after)]]
    inside = (
        (_cross(b - a, others - a) > 0)
        & (_cross(c - b, others - b) > 0)
        & (_cross(a - c, others - c) > 0)
    )
    return not bool(np.any(inside))


def _cross(first: Points, second: Points) -> Points:
    """Two-dimensional cross product."""
    return np.asarray(first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0])
