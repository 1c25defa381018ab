"""The few solids that made-up products are put together from; Z points up, lengths are free."""

import math
import random
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import trimesh
from trimesh import Trimesh

Part = Trimesh
Parts = list[Trimesh]
AROUND = 40


def lathe(
    profile: Sequence[tuple[float, float]], squeeze: float = 1.0, sides: int = AROUND
) -> Part:
    """Turns a line of (radius, height) about Z; `squeeze` flattens it along Y."""
    turned = trimesh.creation.revolve(np.asarray(profile, float), sections=sides)
    turned.apply_scale((1, squeeze, 1))
    return turned


def cup(profile: Sequence[tuple[float, float]], wall: float) -> Part:
    """A hollow turned vessel, open at the top; `profile` is its outside from the axis up."""
    inside = [(max(r - wall, 0.0), max(z, wall)) for r, z in reversed(profile)]
    return lathe([*profile, *inside])


def box(wide: float, deep: float, high: float, at: Sequence[float] = (0, 0, 0)) -> Part:
    """A box; `at` is the middle of its underside."""
    return moved(trimesh.creation.box((wide, deep, high)), at[0], at[1], at[2] + high / 2)


def rod(start: Sequence[float], end: Sequence[float], radius: float) -> Part:
    """A round bar between two points."""
    return trimesh.creation.cylinder(
        radius=radius, segment=np.asarray([start, end], float), sections=20
    )


def disc(radius: float, thick: float, at: Sequence[float] = (0, 0, 0)) -> Part:
    """A flat cylinder; `at` is the middle of its underside."""
    return moved(
        trimesh.creation.cylinder(radius, thick, sections=AROUND), at[0], at[1], at[2] + thick / 2
    )


def ball(x: float, y: float, z: float, at: Sequence[float] = (0, 0, 0)) -> Part:
    """An ellipsoid of half axes x, y, z about `at`."""
    made = trimesh.creation.icosphere(subdivisions=3)
    made.apply_scale((x, y, z))
    return moved(made, *at)


def ring(radius: float, thick: float, arc: float = 360, at: Sequence[float] = (0, 0, 0)) -> Part:
    """A torus in the XZ plane, or the part of it that spans `arc` degrees from +X up."""
    angles = np.radians(np.linspace(0, arc, 49))
    path = np.stack([radius * np.cos(angles), np.zeros(49), radius * np.sin(angles)], 1)
    return moved(pipe(path, thick), *at)


def pipe(path: np.ndarray, thick: float) -> Part:
    """A round tube along points."""
    parts = [rod(a, b, thick) for a, b in pairwise(path)]
    joints = [moved(trimesh.creation.icosphere(1, thick), *p) for p in path[1:-1]]
    return trimesh.util.concatenate(parts + joints)


def moved(part: Part, x: float = 0, y: float = 0, z: float = 0) -> Part:
    """The part, shifted in place."""
    part.apply_translation((x, y, z))
    return part


def turned(part: Part, degrees: float, axis: Sequence[float] = (1, 0, 0)) -> Part:
    """The part, turned about an axis through the origin, in place."""
    part.apply_transform(trimesh.transformations.rotation_matrix(math.radians(degrees), axis))
    return part


def between(rng: random.Random, *limits: tuple[float, float]) -> list[float]:
    """One random number for each (low, high)."""
    return [rng.uniform(*limit) for limit in limits]
