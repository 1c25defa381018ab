"""A jointed desk lamp, lit."""

import numpy as np

from services.render_worker.scene import Group, Light, LightKind
from services.render_worker.sets.parts.part import piece
from services.render_worker.shapes.curves import spline
from services.render_worker.shapes.mesh import joined, placed
from services.render_worker.shapes.solids import cylinder, lathe, sphere, tube


def desk_lamp() -> Group:
    """Round foot, two arms, two joints and a bell-shaped head tilted down to +X."""
    foot = cylinder(0.085, 0.020, 0.006)
    elbow, wrist = (-0.10, 0.26, 0.0), (0.12, 0.40, 0.0)
    arms = [
        tube(np.linspace((0.0, 0.018, z), (*elbow[:2], z), 4), 0.0042, 14) for z in (-0.009, 0.009)
    ] + [
        tube(np.linspace((*elbow[:2], z), (*wrist[:2], z), 4), 0.0042, 14) for z in (-0.009, 0.009)
    ]
    joints = [
        placed(cylinder(0.015, 0.032, 0.003), (x, y, -0.016), (90, 0, 0))
        for x, y in ((0.0, 0.03), elbow[:2], wrist[:2])
    ]
    knobs = [placed(sphere(0.009, 24), (x, y, 0.022)) for x, y in (elbow[:2], wrist[:2])]
    profile = spline(
        [(0.072, 0.0), (0.070, 0.008), (0.056, 0.045), (0.036, 0.072), (0.026, 0.082),
         (0.024, 0.11),
         (0.018, 0.118), (0.0, 0.119)], 60,
    )  # fmt: skip
    shade = lathe(profile)
    lining = placed(shade, (0, 0.001, 0), scale=(0.965, 0.95, 0.965))
    tilt = (0.0, 0.0, 32.0)
    at = (0.155, 0.305, 0.0)
    bulb = placed(placed(sphere(0.026, 32), (0, 0.038, 0)), at, tilt)
    glow = Light(LightKind.POINT, (0.172, 0.322, 0.0), (0.2, 0.0, 0.0), 2.2, (0.026, 0.026), 3000)
    cable = tube(
        spline(
            [(-0.08, 0.006, -0.01), (-0.13, 0.004, -0.05), (-0.22, 0.0035, -0.06),
             (-0.34, 0.0035, -0.14)], 40,
        ),
        0.003, 10,
    )  # fmt: skip
    return Group(
        (
            piece("lamp", joined([foot, placed(shade, at, tilt)]), "satin #d9a52e"),
            piece("arms", joined(arms), "brass"),
            piece("joints", joined([*joints, *knobs]), "blackmetal"),
            piece("lining", placed(lining, at, tilt), "satin #fff8ea"),
            piece("bulb", bulb, "glow #ffe0b0 5"),
            piece("cable", cable, "rubber"),
        ),
        (glow,),
    )
