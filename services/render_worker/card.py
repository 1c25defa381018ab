"""A cut-out photo as a thing: the body that throws its shadow and shows in mirrors."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.render_worker.scene import Mesh, Points

ROWS = 96
_SOLID = 0.5
_CREASE_DEG = 180.0


@dataclass(frozen=True, eq=False)
class Body:
    """A body and where its points lie in the photo.

    Attributes:
        mesh: Bottom-centre at the origin, facing +Z.
        places: (n, 2) of the mesh's points: shares of the cut-out from its lower left corner.
    """

    mesh: Mesh
    places: Points


def body_of(alpha: NDArray[np.float64], width_m: float, height_m: float, depth_m: float) -> Body:
    """Round a silhouette: each run of a row becomes an ellipse no deeper than it is wide.

    Args:
        alpha: (h, w) of the cut-out, cropped to the product, 0 to 1.
        width_m: Of the product.
        height_m: Of the product.
        depth_m: At most so deep.

    Raises:
        ValueError: Nothing of the picture is solid.
    """
    columns = max(round(ROWS * width_m / height_m), 8)
    solid = _shrunk(alpha, ROWS, columns) >= _SOLID
    if not solid.any():
        raise ValueError("the cut-out is empty")
    half = _half_depths(solid, width_m, depth_m)
    rows, columns = half.shape
    share_x, share_y = np.meshgrid(
        np.linspace(0, 1, columns), np.linspace(1, 0, rows), indexing="xy"
    )
    x, y = (share_x - 0.5) * width_m, share_y * height_m
    front = np.stack([x, y, half], axis=-1).reshape(-1, 3)
    back = front * (1, 1, -1)
    faces = _faces(solid, columns)
    mesh = Mesh(
        np.concatenate([front, back]),
        np.concatenate([faces, faces[:, ::-1] + len(front)]),
        _CREASE_DEG,
    )
    places = np.stack([share_x, share_y], axis=-1).reshape(-1, 2)
    return Body(mesh, np.concatenate([places, places]))


def _shrunk(alpha: NDArray[np.float64], rows: int, columns: int) -> NDArray[np.float64]:
    """Mean alpha of each cell of a coarse grid."""
    height, width = alpha.shape
    down = np.linspace(0, height, rows + 1).astype(int)
    across = np.linspace(0, width, columns + 1).astype(int)
    total = np.zeros((height + 1, width + 1))
    total[1:, 1:] = alpha.cumsum(axis=0).cumsum(axis=1)
    top, bottom = np.minimum(down[:-1], height - 1), np.maximum(down[1:], down[:-1] + 1)
    left, right = np.minimum(across[:-1], width - 1), np.maximum(across[1:], across[:-1] + 1)
    bottom, right = np.minimum(bottom, height), np.minimum(right, width)
    sums = (
        total[np.ix_(bottom, right)] - total[np.ix_(top, right)]
        - total[np.ix_(bottom, left)] + total[np.ix_(top, left)]
    )  # fmt: skip
    return np.asarray(sums / np.outer(bottom - top, right - left))


def _half_depths(solid: NDArray[np.bool_], width_m: float, depth_m: float) -> Points:
    """Half the depth at every corner of the grid, (rows + 1, columns + 1)."""
    rows, columns = solid.shape
    cell = width_m / columns
    corners = np.zeros((rows + 1, columns + 1))
    for row in range(rows):
        padded = np.concatenate([[False], solid[row], [False]])
        edges = np.flatnonzero(padded[1:] != padded[:-1])
        for start, end in edges.reshape(-1, 2):
            half_width = (end - start) / 2
            across = (np.arange(start, end + 1) - (start + end) / 2) / half_width
            deep = min(depth_m, (end - start) * cell) / 2
            profile = deep * np.sqrt(np.maximum(1 - across**2, 0))
            for line in (row, row + 1):
                corners[line, start : end + 1] = np.maximum(corners[line, start : end + 1], profile)
    return corners


def _faces(solid: NDArray[np.bool_], columns: int) -> NDArray[np.int64]:
    """Quads of the solid cells over the grid of corners, facing +Z."""
    row, column = np.nonzero(solid)
    corner = row * columns + column
    return np.stack([corner, corner + columns, corner + columns + 1, corner + 1], axis=1)
