"""Leaves, stems, branches, grasses and flowers."""

import numpy as np

from services.render_worker.scene import Mesh, Points, Vec3
from services.render_worker.shapes.curves import frames_along, spline
from services.render_worker.shapes.fineness import is_coarse, thinned
from services.render_worker.shapes.mesh import grid_faces, joined, placed, rotation
from services.render_worker.shapes.solids import tube

_LEAF, _COARSE_LEAF = (12, 7), (5, 3)
_LONGEST_STRIDE = 5
"""Of many thousand copies of one small thing, one in so many is enough for a browser."""


def leaf(
    length: float,
    width: float,
    *,
    droop: float = 0.25,
    fold: float = 0.25,
    belly: float = 0.4,
    twist: float = 0.0,
    detail: tuple[int, int] | None = None,
) -> Mesh:
    """A leaf from the origin along +Z, its face up.

    Args:
        length: Along the midrib, metres.
        width: At the widest place, metres.
        droop: How far the tip sinks, as a share of the length.
        fold: How far the halves rise beside the midrib, as a share of the width.
        belly: Where along the length the leaf is widest, 0 to 1.
        twist: Turn of the tip about the midrib, radians.
        detail: Points along and across; chosen by how finely shapes are made when not given.
    """
    rows, columns = detail or (_COARSE_LEAF if is_coarse() else _LEAF)
    t = np.linspace(0, 1, rows)
    side = np.linspace(-1, 1, columns)
    bulge = np.log(0.5) / np.log(belly)
    outline = np.sin(np.pi * t**bulge) ** 0.8 * width / 2
    outline[0] = outline[-1] = width * 0.01
    across = side[None, :] * outline[:, None]
    rise = fold * np.abs(across) - droop * length * t[:, None] ** 2
    rise = rise + 0.04 * width * np.sin(9 * t[:, None]) * side[None, :] ** 2
    x = across * np.cos(twist * t)[:, None]
    y = rise + across * np.sin(twist * t)[:, None]
    z = np.broadcast_to((t * length * (1 - 0.15 * droop * t))[:, None], across.shape)
    points = np.stack([x, y, z], axis=2).reshape(-1, 3)
    return Mesh(points, grid_faces(rows, columns)[:, ::-1], 180.0)


def oriented(mesh: Mesh, at: Points, forward: Points, roll: float = 0.0) -> Mesh:
    """Turn a mesh so that its +Z runs along `forward`, its +Y as far up as it can, and move it."""
    ahead = forward / (np.linalg.norm(forward) + 1e-12)
    up = np.array([0.0, 1.0, 0.0]) if abs(ahead[1]) < 0.98 else np.array([1.0, 0.0, 0.0])  # noqa: PLR2004 - nearly vertical
    right = np.cross(up, ahead)
    right /= np.linalg.norm(right)
    above = np.cross(ahead, right)
    matrix = np.stack([right, above, ahead], axis=1)
    x, y, z = at
    turned = placed(mesh, turn_deg=(0, 0, float(np.degrees(roll))))
    return Mesh(turned.points @ matrix.T + (x, y, z), turned.faces, turned.crease_deg)


def branch(
    path: Points,
    leaves: int,
    leaf_length: float,
    leaf_width: float,
    dice: np.random.Generator,
    *,
    opening_deg: float = 55.0,
    droop: float = 0.25,
    start: float = 0.15,
    belly: float = 0.4,
    detail: tuple[int, int] | None = None,
) -> tuple[Mesh, Mesh]:
    """A stem with leaves around it; returns stem and leaves."""
    stem = tube(path, np.linspace(1.0, 0.35, len(path)) * leaf_length * 0.035, 8)
    tangents = np.gradient(path, axis=0)
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True)
    normals, binormals = frames_along(path)
    blades = []
    for number in range(leaves):
        share = start + (1 - start) * number / max(leaves - 1, 1)
        at = min(int(share * (len(path) - 1)), len(path) - 1)
        around = number * 2.4 + dice.uniform(-0.5, 0.5)
        outward = np.cos(around) * normals[at] + np.sin(around) * binormals[at]
        opening = np.radians(opening_deg * (1.0 - 0.45 * share) + dice.uniform(-10, 10))
        forward = np.cos(opening) * tangents[at] + np.sin(opening) * outward
        size = (1.05 - 0.45 * share) * dice.uniform(0.8, 1.15)
        blade = leaf(
            leaf_length * size, leaf_width * size, droop=droop * dice.uniform(0.4, 1.5),
            fold=dice.uniform(0.1, 0.4), twist=dice.uniform(-0.5, 0.5), belly=belly, detail=detail,
        )  # fmt: skip
        blades.append(oriented(blade, path[at], forward, dice.uniform(-0.4, 0.4)))
    return stem, joined(blades)


def bent_path(length: float, lean: Vec3, sag: float, samples: int = 24) -> Points:
    """A stem's path from the origin in the direction `lean`, its end sagging by a share."""
    direction = np.asarray(lean) / np.linalg.norm(lean)
    t = np.linspace(0, 1, samples)[:, None]
    path = direction * t * length
    path[:, 1] -= sag * length * t[:, 0] ** 2.2
    return np.asarray(path)


def blades(
    count: int, radius: float, height: float, width: float, dice: np.random.Generator
) -> Mesh:
    """A tuft of grass or long leaves around the origin."""
    tuft = []
    for _ in range(count):
        angle, away = dice.uniform(0, 2 * np.pi), radius * np.sqrt(dice.uniform())
        outward = np.array([np.cos(angle), 0.0, np.sin(angle)])
        forward = outward * dice.uniform(0.1, 0.55) + (0.0, 1.0, 0.0)
        size = dice.uniform(0.55, 1.1)
        blade = leaf(
            height * size,
            width,
            droop=dice.uniform(0.0, 0.5),
            fold=0.5,
            belly=0.3,
            twist=dice.uniform(-1, 1),
        )
        tuft.append(oriented(blade, outward * away, forward, dice.uniform(-3, 3)))
    return joined(tuft)


def fern(length: float, dice: np.random.Generator, fronds: int = 9) -> Mesh:
    """Fronds that rise from the origin and bend outwards, each with two rows of leaflets."""
    made = []
    for number in range(fronds):
        angle = number * 2 * np.pi / fronds + dice.uniform(-0.3, 0.3)
        size = length * dice.uniform(0.7, 1.1)
        out = np.array([np.cos(angle), 0, np.sin(angle)])
        control = [
            out * 0,
            out * 0.3 * size + (0, 0.62 * size, 0),
            out * 0.72 * size + (0, 0.72 * size, 0),
            out * size + (0, 0.5 * size, 0),
        ]
        path = spline(np.asarray(control), 26)
        made.append(tube(path, np.linspace(0.006, 0.002, 26) * size / 0.4, 6))
        tangents = np.gradient(path, axis=0)
        for at in range(3, 26):
            reach = size * 0.24 * np.sin(np.pi * (at / 26) ** 0.75) + 0.006
            ahead = tangents[at] / np.linalg.norm(tangents[at])
            side = np.cross(ahead, (0, 1, 0))
            side /= np.linalg.norm(side)
            for sign in (-1, 1):
                leaflet = leaf(reach, reach * 0.24, droop=0.2, belly=0.35, detail=(7, 3))
                made.append(oriented(leaflet, path[at], side * sign + ahead * 0.45))
    return joined(made)


def plume(length: float, dice: np.random.Generator, fibres: int = 260) -> Mesh:
    """A pampas plume along +Y from the origin."""
    made = []
    core = bent_path(length, (dice.uniform(-0.2, 0.2), 1, dice.uniform(-0.2, 0.2)), 0.12, 30)
    for _ in range(fibres):
        share = dice.uniform(0.0, 1.0)
        at = core[int(share * 29)]
        angle = dice.uniform(0, 2 * np.pi)
        spread = np.array([np.cos(angle), 0.0, np.sin(angle)])
        forward = spread * dice.uniform(0.25, 0.8) + (0, 1.0, 0)
        reach = length * 0.3 * np.sin(np.pi * (0.12 + 0.8 * share)) * dice.uniform(0.6, 1.2)
        made.append(
            oriented(
                leaf(reach, length * 0.012, droop=dice.uniform(0.3, 0.9), fold=0, detail=(8, 2)),
                at,
                forward,
            )
        )
    return joined([tube(core, 0.0025, 6), *made])


def bloom(radius: float, layers: int, dice: np.random.Generator) -> Mesh:
    """A full flower facing +Y: layers of cupped petals, tight inside, open outside."""
    petals = []
    for layer in range(layers):
        share = layer / max(layers - 1, 1)
        count = 5 + layer * 2
        opening = np.radians(12 + 68 * share**0.9)
        size = radius * (0.45 + 0.6 * share)
        for number in range(count):
            angle = 2 * np.pi * (number + 0.5 * (layer % 2)) / count + dice.uniform(-0.12, 0.12)
            out = np.array([np.cos(angle), 0, np.sin(angle)])
            tilt = opening + dice.uniform(-0.1, 0.1)
            forward = out * np.sin(tilt) + (0, np.cos(tilt), 0)
            petal = leaf(size, size * 1.05, droop=-0.35 * (1 - share) + 0.12, fold=0.45, belly=0.66)
            petals.append(oriented(petal, out * radius * 0.04, forward, np.pi))
    return joined(petals)


def needles(path: Points, length: float, dice: np.random.Generator, density: int = 14) -> Mesh:
    """A conifer twig: a thin stem with needles all along it."""
    tangents = np.gradient(path, axis=0)
    made = [tube(path, np.linspace(0.004, 0.0015, len(path)), 6)]
    normals, binormals = frames_along(path)
    for at in range(1, len(path)):
        ahead = tangents[at] / np.linalg.norm(tangents[at])
        for _ in range(density):
            angle = dice.uniform(0, 2 * np.pi)
            out = np.cos(angle) * normals[at] + np.sin(angle) * binormals[at]
            made.append(
                oriented(
                    leaf(
                        length * dice.uniform(0.7, 1.1), length * 0.05,
                        droop=0.1, fold=0.3, detail=(4, 3),
                    ),
                    path[at], ahead * 0.8 + out,
                )
            )  # fmt: skip
    return joined(made)


def spread(mesh: Mesh, places: Points, sizes: Points, turns: Points) -> Mesh:
    """Copies of one mesh at many places (n, 3), scaled and turned about the vertical, degrees."""
    chosen, growth = thinned(len(places), min(_LONGEST_STRIDE, 1 + len(places) // 2000))
    copies = [
        (mesh.points * (sizes[at] * growth)) @ rotation((0.0, float(turns[at]), 0.0)).T + places[at]
        for at in chosen
    ]
    offsets = np.arange(len(copies)) * len(mesh.points)
    faces = np.concatenate([np.where(mesh.faces >= 0, mesh.faces + o, -1) for o in offsets])
    return Mesh(np.concatenate(copies), faces, mesh.crease_deg)
