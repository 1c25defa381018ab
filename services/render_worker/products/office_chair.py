"""A task chair: mesh back, cushioned seat, armrests, gas lift, five-star base on castors."""

import numpy as np

from services.render_worker.scene import Group, Mesh, Points
from services.render_worker.sets.parts.furniture import cushion
from services.render_worker.sets.parts.part import piece
from services.render_worker.shapes.curves import rounded_rectangle, spline
from services.render_worker.shapes.mesh import grid_faces, joined, placed
from services.render_worker.shapes.solids import box, cylinder, loft, tube

_SEAT = 0.44


def office_chair() -> Group:
    """About 1.05 m tall, facing +Z."""
    frame, net = _backrest()
    seat = placed(cushion(0.50, 0.085, 0.48, 3.2), (0, _SEAT, 0.02))
    shell = placed(cushion(0.47, 0.035, 0.45, 4.0), (0, _SEAT - 0.022, 0.02))
    base, metal, wheels = _base()
    return Group(
        (
            piece("seat", seat, "knit #33393f"),
            piece("shell", joined([shell, *_arms(), *_spine()]), "plastic #1f2225"),
            piece("frame", frame, "plastic #1f2225"),
            piece("net", net, "mesh #4a5158"),
            piece("base", base, "steel #b9bdc1"),
            piece("lift", metal, "chrome"),
            piece("wheels", wheels, "rubber #1b1c1e"),
        )
    )


def _back_point(u: Points, v: Points) -> Points:
    """Surface of the backrest; u runs -1..1 across, v 0..1 upwards."""
    half = 0.205 + 0.045 * np.sin(np.pi * np.clip(v * 0.9 + 0.08, 0, 1)) - 0.03 * v**4
    x = u * half
    y = 0.57 + 0.50 * v
    lumbar = 0.055 * np.exp(-(((v - 0.25) / 0.22) ** 2))
    z = -0.225 - 0.10 * v + lumbar + 0.055 * u**2
    return np.stack(np.broadcast_arrays(x, y, z), axis=-1)


def _backrest() -> tuple[Mesh, Mesh]:
    """A bent frame and the net it holds."""
    edge = rounded_rectangle(2.0, 1.0, 0.16, 10)
    rim = _back_point(edge[:, 0] * 1.0, edge[:, 1] + 0.5)
    closed = np.vstack([rim, rim[:2]])
    frame = tube(closed, 0.0125, 14)
    u, v = np.meshgrid(np.linspace(-0.985, 0.985, 40), np.linspace(0.015, 0.985, 50))
    net = Mesh(_back_point(u, v).reshape(-1, 3), grid_faces(50, 40), 180.0)
    return frame, net


def _spine() -> list[Mesh]:
    """The bar from below the seat up to the backrest, and a cross bar."""
    bar = spline(
        [(0, _SEAT - 0.03, -0.05), (0, _SEAT - 0.035, -0.20), (0, _SEAT + 0.03, -0.285),
         (0, 0.62, -0.262), (0, 0.74, -0.248)], 40,
    )  # fmt: skip
    cross = spline([(-0.19, 0.66, -0.195), (0, 0.655, -0.25), (0.19, 0.66, -0.195)], 24)
    return [
        tube(bar, 0.02, 14),
        tube(cross, 0.013, 12),
        placed(box((0.2, 0.05, 0.24), 0.015), (0, _SEAT - 0.065, -0.01)),
    ]


def _arms() -> list[Mesh]:
    """Posts that leave below the seat, and padded rests."""
    arms = []
    for side in (-1, 1):
        post = spline(
            [(side * 0.14, _SEAT - 0.035, -0.02), (side * 0.27, _SEAT - 0.03, -0.02),
             (side * 0.295, _SEAT + 0.03, -0.02), (side * 0.295, _SEAT + 0.2, -0.03)], 40,
        )  # fmt: skip
        arms.append(tube(post, 0.016, 14))
        arms.append(placed(cushion(0.075, 0.028, 0.27, 3.0), (side * 0.293, _SEAT + 0.2, 0.0)))
    return arms


def _base() -> tuple[Mesh, Mesh, Mesh]:
    """Star, column and castors."""
    legs, wheels = [], []
    for number in range(5):
        turn = (0.0, number * 72.0 + 18.0, 0.0)
        rings = []
        for t in np.linspace(0, 1, 8):
            outline = rounded_rectangle(0.055 - 0.022 * t, 0.042 - 0.016 * t, 0.009, 4)
            y = 0.095 - 0.022 * t**1.5
            rings.append(
                np.column_stack(
                    [outline[:, 0], y + outline[:, 1], np.full(len(outline), 0.02 + 0.29 * t)]
                )
            )
        legs.append(placed(loft(rings), turn_deg=turn))
        for side in (-0.014, 0.014):
            wheel = placed(
                cylinder(0.028, 0.02, 0.006, 40), (side - 0.010, 0.028, 0.30), (0, 0, -90)
            )
            wheels.append(placed(wheel, turn_deg=turn))
        fork = placed(cylinder(0.008, 0.045, 0.002, 20), (0, 0.03, 0.30))
        wheels.append(placed(fork, turn_deg=turn))
    hub = placed(cylinder(0.042, 0.055, 0.008), (0, 0.068, 0))
    column = joined(
        [placed(cylinder(0.026, 0.14, 0.003), (0, 0.12, 0)),
         placed(cylinder(0.016, 0.20, 0.002), (0, 0.20, 0))]
    )  # fmt: skip
    return joined([*legs, hub]), column, joined(wheels)
