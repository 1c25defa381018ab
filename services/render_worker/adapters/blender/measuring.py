# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be known of a product in its set before the picture is taken."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree
from numpy.typing import NDArray

from services.render_worker.adapters.blender.engine import UNSEEN
from services.render_worker.adapters.blender.models import points_of
from services.render_worker.adapters.blender.module import bpy
from services.render_worker.scene import Vec3

GROUND_M = 0.0045
"""Moss, sand and cloth may rise this far around a product without reaching into it."""
_MOST_FACES = 200_000
_RAYS = 240
_STEP_M = 1e-4
_HOPS = 12
_DROP_FROM_M = 0.004


def size_of(things: Iterable[Any]) -> Vec3:
    """Width, height and depth of mesh objects, metres."""
    points = np.concatenate([points_of(thing) for thing in things])
    x, y, z = (float(value) for value in points.max(axis=0) - points.min(axis=0))
    return (x, y, z)


def touching(things: list[Any], pieces: list[Any]) -> tuple[str, ...]:
    """Names of pieces whose faces cut the product's, the ground under it aside.

    Of a dense scan only some faces are tried, evenly spread: what reaches in cuts many.
    """
    every = -(-sum(len(thing.data.polygons) for thing in things) // _MOST_FACES)
    graph = bpy.context.evaluated_depsgraph_get()
    trees = []
    for thing in things:
        points = points_of(thing) + np.array([0.0, GROUND_M, 0.0])
        upright = np.stack([points[:, 0], -points[:, 2], points[:, 1]], axis=1)
        trees.append((BVHTree.FromPolygons(*_some_faces(thing, upright, every)), points))
    low = np.min([points.min(axis=0) for _, points in trees], axis=0)
    high = np.max([points.max(axis=0) for _, points in trees], axis=0)
    found = set()
    for piece in pieces:
        if piece.type != "MESH" or UNSEEN in piece:
            continue
        points = points_of(piece)
        if np.any(points.min(axis=0) > high) or np.any(points.max(axis=0) < low):
            continue
        other = BVHTree.FromObject(piece, graph)
        if any(tree.overlap(other) for tree, _ in trees):
            found.add(piece.name.partition(".")[0])
    return tuple(sorted(found))


def _some_faces(
    thing: Any, points: NDArray[np.float64], every: int
) -> tuple[list[list[float]], list[list[int]]]:
    """Points and triangles of each so-manieth face of a mesh object."""
    thing.data.calc_loop_triangles()
    flat = np.empty(len(thing.data.loop_triangles) * 3, dtype=np.int32)
    thing.data.loop_triangles.foreach_get("vertices", flat)
    used, places = np.unique(flat.reshape(-1, 3)[::every], return_inverse=True)
    return points[used].tolist(), places.reshape(-1, 3).tolist()


def blocked(stage: Any, things: list[Any], camera: Vec3) -> float:
    """Share of the product's points that the camera cannot see for something else."""
    points = np.concatenate([points_of(thing) for thing in things])
    chosen = points[np.linspace(0, len(points) - 1, min(_RAYS, len(points))).astype(int)]
    own = {thing.name for thing in things}
    start = Vector((camera[0], -camera[2], camera[1]))
    hidden = sum(_is_hidden(stage, start, point, own) for point in chosen)
    return hidden / len(chosen)


def _is_hidden(stage: Any, start: Any, point: NDArray[np.float64], own: set[str]) -> bool:
    end = Vector((point[0], -point[2], point[1]))
    way = end - start
    length, direction = way.length, way.normalized()
    at, graph = start, bpy.context.evaluated_depsgraph_get()
    for _ in range(_HOPS):
        left = length - (at - start).length - _STEP_M
        if left <= 0:
            return False
        hit, place, _, _, thing, _ = stage.ray_cast(graph, at, direction, distance=left)
        if not hit or thing.name in own:
            return False
        if UNSEEN not in thing:
            return True
        at = place + direction * _STEP_M
    return False


def gap_mm(
    stage: Any, things: list[Any], footing: Iterable[tuple[float, float]], bottom_m: float
) -> float | None:
    """How far the product's lowest point is above what it stands on; negative when sunk in.

    Args:
        stage: The Blender scene.
        things: The product's objects.
        footing: (x, z) in the scene of points it stands on.
        bottom_m: Height of its lowest point.
    """
    own = {thing.name for thing in things}
    under = (ground(stage, own, x, z, bottom_m + _DROP_FROM_M) for x, z in footing)
    heights = [height for height in under if height is not None]
    return (bottom_m - max(heights)) * 1000 if heights else None


def ground(stage: Any, own: set[str], x: float, z: float, from_m: float) -> float | None:
    """Height of the first thing below a point, the product's own objects aside."""
    graph = bpy.context.evaluated_depsgraph_get()
    at = Vector((x, -z, from_m))
    for _ in range(_HOPS):
        hit, place, _, _, thing, _ = stage.ray_cast(graph, at, Vector((0, 0, -1)))
        if not hit:
            return None
        if thing.name not in own and UNSEEN not in thing:
            return float(place.z)
        at = place - Vector((0, 0, _STEP_M))
    return None
