"""A perfume bottle: thick glass, amber scent, brass collar, dark cap."""

import numpy as np

from services.render_worker.scene import Group, Lettering
from services.render_worker.sets.parts.part import piece
from services.render_worker.shapes.mesh import flipped, placed
from services.render_worker.shapes.solids import box, cylinder, lathe, tube
from services.render_worker.surfaces import material


def perfume() -> Group:
    """A 50 ml eau de parfum, 11 cm tall."""
    glass = placed(box((0.058, 0.0697, 0.032), 0.006, 6), (0, 0.0003, 0))
    cavity = placed(box((0.046, 0.054, 0.020), 0.004, 5), (0, 0.012, 0))
    scent = placed(box((0.0455, 0.046, 0.0195), 0.0038, 5), (0, 0.01225, 0))
    collar = lathe(
        np.array(
            [
                (0, 0.0698),
                (0.0115, 0.0698),
                (0.0118, 0.0703),
                (0.0118, 0.0745),
                (0.0108, 0.0752),
                (0, 0.0752),
            ]
        )
    )
    straw = tube(np.linspace((0.002, 0.069, 0.0), (0.009, 0.0145, 0.002), 8), 0.0011, 10)
    cap = placed(cylinder(0.0152, 0.032, 0.0022), (0, 0.0754, 0))
    label = placed(box((0.030, 0.026, 0.0003), 0.0001), (0, 0.022, 0.01615))
    ink = material("satin #2a2320")
    return Group(
        (
            piece("glass", glass, "glass"),
            piece("cavity", flipped(cavity), "glass"),
            piece("scent", scent, "glass #f0b98a"),
            piece("collar", collar, "gold"),
            piece("straw", straw, "plastic #f4efe8"),
            piece("cap", cap, "lacquer #1d1a1c"),
            piece("label", label, "paper #f6efe4"),
        ),
        (),
        (
            Lettering("SOLENNE", 0.0052, (0, 0.0395, 0.0164), ink, depth=0.00005, spacing=1.15),
            Lettering("eau de parfum", 0.0027, (0, 0.0325, 0.0164), ink, depth=0.00005),
            Lettering("50 ml", 0.0022, (0, 0.0265, 0.0164), ink, depth=0.00005),
        ),
    )
