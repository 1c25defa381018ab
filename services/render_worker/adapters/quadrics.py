"""Mesh simplification by quadric error, with fast-simplification."""

import numpy as np

from backlot.contracts.errors import MissingExtraError
from services.render_worker.gltf.faceting import Triangles
from services.render_worker.scene import Points

try:
    import fast_simplification
except ImportError as error:
    raise MissingExtraError("fast-simplification", "catalog") from error

_AGGRESSION = 6.0
"""How readily it gives up shape for speed, 0 to 10; its own default is 7."""


def simplify(points: Points, triangles: Triangles, most: int) -> tuple[Points, Triangles]:
    """Take away triangles where it shows least.

    Args:
        points: (n, 3).
        triangles: (m, 3).
        most: How many may stay; fewer than `m`.
    """
    kept, faces = fast_simplification.simplify(
        np.ascontiguousarray(points, dtype=np.float32),
        np.ascontiguousarray(triangles, dtype=np.int32),
        target_count=most,
        agg=_AGGRESSION,
    )
    return np.asarray(kept, dtype=np.float64), np.asarray(faces, dtype=np.int64)
