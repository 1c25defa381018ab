"""A conference-room projector, its lens to +Z."""

import numpy as np

from services.render_worker.scene import Group, Lettering, Mesh, Piece
from services.render_worker.sets.parts.part import piece
from services.render_worker.shapes.curves import rounded_rectangle
from services.render_worker.shapes.extrusion import extrude
from services.render_worker.shapes.mesh import joined, placed
from services.render_worker.shapes.solids import box, cylinder, lathe
from services.render_worker.surfaces import material

_WIDTH, _HEIGHT, _DEPTH = 0.34, 0.095, 0.26


def projector() -> Group:
    """A white rounded box with a recessed lens, vents, buttons and four feet."""
    lift = 0.014
    body = placed(box((_WIDTH, _HEIGHT, _DEPTH), 0.02, 8), (0, lift, 0))
    around = rounded_rectangle(_WIDTH + 0.0006, _DEPTH + 0.0006, 0.0203, 12)
    seam = placed(extrude(around, 0.0025), (0, lift + 0.053, 0), (90, 0, 0))
    feet = [
        placed(cylinder(0.013, 0.016, 0.002), (x, 0, z))
        for x in (-0.13, 0.13)
        for z in (-0.09, 0.09)
    ]
    return Group(
        (
            piece("body", body, "plastic #efefec"),
            piece("seam", seam, "plastic #b9bbbc"),
            *_lens(lift),
            piece("vents", joined(_vents(lift)), "matte #2a2c2e"),
            piece("buttons", joined(_buttons(lift + _HEIGHT)), "plastic #c6c9cb"),
            piece("feet", joined(feet), "rubber"),
        ),
        (),
        (
            Lettering(
                "LUMEN 4K", 0.0135, (0.085, lift + 0.030, _DEPTH / 2 + 0.0002),
                material("satin #55595d"),
            ),
        ),
    )  # fmt: skip


def _lens(lift: float) -> tuple[Piece, ...]:
    """Barrel, ring and front glass on the left of the front."""
    at = (-0.085, lift + 0.048, _DEPTH / 2 - 0.002)
    barrel = lathe(
        np.array(
            [
                (0.040, 0.0),
                (0.040, 0.018),
                (0.0385, 0.0195),
                (0.034, 0.0195),
                (0.032, 0.018),
                (0.030, 0.004),
                (0.0, 0.004),
            ]
        )
    )
    ring = lathe(np.array([(0.0402, 0.009), (0.0412, 0.0095), (0.0412, 0.0125), (0.0402, 0.013)]))
    glass = lathe(
        np.array([(0.0305, 0.005), (0.027, 0.009), (0.018, 0.0125), (0.009, 0.0142), (0.0, 0.0147)])
    )
    turn = (90.0, 0.0, 0.0)
    return (
        piece("barrel", placed(barrel, at, turn), "plastic #1d1f21"),
        piece("ring", placed(ring, at, turn), "steel"),
        piece("front-glass", placed(glass, at, turn), "lacquer #10141f"),
    )


def _vents(lift: float) -> list[Mesh]:
    """Slots at the front right and on the side."""
    front = [
        placed(box((0.004, 0.03, 0.002), 0.0009), (0.045 + 0.0085 * slot, lift + 0.054, _DEPTH / 2))
        for slot in range(11)
    ]
    side = [
        placed(
            box((0.002, 0.042, 0.004), 0.0009), (_WIDTH / 2, lift + 0.026, -0.08 + 0.0095 * slot)
        )
        for slot in range(16)
    ]
    return front + side


def _buttons(top: float) -> list[Mesh]:
    """A cross of keys on the top."""
    spots = [(0, 0), (0.022, 0), (-0.022, 0), (0, 0.022), (0, -0.022), (0.055, 0)]
    return [
        placed(cylinder(0.0075, 0.0022, 0.0008), (0.075 + x, top - 0.0005, -0.03 + z))
        for x, z in spots
    ]
