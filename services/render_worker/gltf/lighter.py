"""Fewer triangles: what is fine for a path tracer is too much for a browser."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from services.render_worker.gltf.faceting import Triangles, triangulated
from services.render_worker.scene import Mesh, Piece, Points
from services.render_worker.shapes.mesh import welded

Simplify = Callable[[Points, Triangles, int], tuple[Points, Triangles]]
"""Points, triangles and how many may stay in; points and triangles out."""

_CREASE_DEG = 55.0
"""With fewer faces the angle between neighbours grows; what was smooth shall stay so."""
_FEWEST = 64
"""A piece of fewer triangles is left alone."""


def lightened(pieces: Sequence[Piece], most: int, simplify: Simplify) -> tuple[Piece, ...]:
    """Bring pieces to a number of triangles altogether; the heaviest give most.

    Args:
        pieces: Of one set.
        most: Triangles of all of them; a set of many small pieces may keep more.
        simplify: Takes triangles away where it shows least.
    """
    counts = np.array([piece.mesh.triangles for piece in pieces])
    cap = cap_of(counts, most)
    return tuple(
        piece if count <= max(cap, _FEWEST) else _lighter(piece, int(cap), simplify)
        for piece, count in zip(pieces, counts, strict=True)
    )


def cap_of(counts: Triangles, most: int) -> float:
    """The limit for each that brings the sum to `most`: those below it keep all they have.

    >>> cap_of(np.array([10, 1000, 1000]), 510)
    250.0
    """
    left, waiting = float(most), np.sort(counts)
    for at, count in enumerate(waiting):
        share = left / (len(waiting) - at)
        if count > share:
            return share
        left -= float(count)
    return float(waiting[-1]) if len(waiting) else 0.0


def _lighter(piece: Piece, most: int, simplify: Simplify) -> Piece:
    """Weld, then simplify; roots of grass and leaves are open and stay open."""
    mesh = welded(piece.mesh, 5)
    points, triangles = simplify(mesh.points, triangulated(mesh), max(most, _FEWEST))
    faces = np.concatenate([triangles, np.full((len(triangles), 1), -1)], axis=1)
    return replace(piece, mesh=Mesh(points, faces, max(piece.mesh.crease_deg, _CREASE_DEG)))
