"""Things to drink from: an insulated tumbler and a mug."""

import numpy as np

from services.render_worker.scene import Group, Lettering, Mesh
from services.render_worker.sets.parts.part import piece
from services.render_worker.shapes.curves import spline
from services.render_worker.shapes.mesh import joined, placed
from services.render_worker.shapes.solids import box, cylinder, lathe, tube
from services.render_worker.surfaces import material


def tumbler() -> Group:
    """A 590 ml steel tumbler: powder-coated body, bare steel foot and lip, clear slide lid."""
    foot, lip = _steel()
    body = lathe(
        spline(
            [(0.0325, 0.007), (0.0338, 0.0085), (0.0365, 0.05), (0.0405, 0.11), (0.0425, 0.15),
             (0.0432, 0.168), (0.0428, 0.170)], 90,
        )
    )  # fmt: skip
    lid = lathe(
        np.array(
            [(0, 0.1800), (0.034, 0.1800), (0.0405, 0.1812), (0.0412, 0.1855), (0.0436, 0.1862),
             (0.0442, 0.1885), (0.0432, 0.1915), (0.041, 0.1925), (0.0385, 0.1915), (0.037, 0.1885),
             (0, 0.1880)]
        )
    )  # fmt: skip
    slider = joined(
        [
            placed(box((0.020, 0.004, 0.040), 0.0018), (0, 0.1882, 0.004)),
            placed(box((0.013, 0.005, 0.008), 0.002), (0, 0.1905, 0.0)),
        ]
    )
    mark = Lettering(
        "NORDHAVN",
        0.0115,
        (0, 0.098, 0.0396),
        material("satin #dfe5e4"),
        (0, -3.4, 90),
        0.0006,
        1.15,
    )
    return Group(
        (
            piece("body", body, "plaster #2f6b66 40"),
            piece("foot", foot, "steel"),
            piece("lip", lip, "steel"),
            piece("lid", lid, "frosted #dfe6e8"),
            piece("slider", slider, "plastic #23282a"),
        ),
        (),
        (mark,),
    )


def _steel() -> tuple[Mesh, Mesh]:
    """The bare foot and the lip with the inside of the tumbler."""
    foot = lathe(
        np.array([(0, 0.001), (0.028, 0.001), (0.030, 0.0), (0.0318, 0.0006), (0.0326, 0.003),
                  (0.0326, 0.0075)])
    )  # fmt: skip
    lip = lathe(
        spline(
            [(0.0425, 0.169), (0.0426, 0.172), (0.0428, 0.181), (0.0428, 0.184), (0.0422, 0.1852),
             (0.0414, 0.184), (0.0402, 0.17), (0.0365, 0.12), (0.030, 0.02), (0, 0.018)], 70,
        )
    )  # fmt: skip
    return foot, lip


def mug() -> Group:
    """A 350 ml stoneware mug: speckled glaze, bare clay foot, wide handle."""
    outer = spline(
        [(0.037, 0.006), (0.0395, 0.0075), (0.0415, 0.02), (0.0422, 0.05), (0.0424, 0.088),
         (0.0420, 0.0928), (0.0404, 0.0935), (0.0388, 0.0918), (0.0384, 0.08), (0.038, 0.03),
         (0.034, 0.011), (0.02, 0.0085), (0, 0.0085)], 120,
    )  # fmt: skip
    foot = np.array(
        [(0, 0.002), (0.029, 0.002), (0.030, 0.0), (0.034, 0.0), (0.0352, 0.001), (0.0374, 0.0065)]
    )
    path = spline(
        [(0.0400, 0.074, 0), (0.050, 0.0785, 0), (0.0655, 0.072, 0), (0.0705, 0.052, 0),
         (0.064, 0.032, 0), (0.051, 0.024, 0), (0.0395, 0.026, 0)], 60,
    )  # fmt: skip
    handle = placed(tube(path, np.linspace(0.0062, 0.0054, 60), 20), scale=(1, 1, 1.45))
    coffee = placed(cylinder(0.0383, 0.002, 0.0004), (0, 0.077, 0))
    return Group(
        (
            piece("mug", joined([lathe(outer), handle]), "stoneware #e7dfd0"),
            piece("foot", lathe(foot), "clay #b98a66"),
            piece("coffee", coffee, "satin #2f1a0e"),
        )
    )
