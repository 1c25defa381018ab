"""A running shoe: its toe points to +X, its side to +Z.

The upper is one patch: every curve runs from the feather edge, where upper and sole meet, to the
collar, so that toe box, vamp, quarters and heel come out of four control points per curve.
"""

import numpy as np

from services.render_worker.scene import Group, Mesh, Points
from services.render_worker.sets.parts.part import piece
from services.render_worker.shapes.curves import shifted, spline
from services.render_worker.shapes.mesh import flipped, grid_faces, joined
from services.render_worker.shapes.solids import loft, tube

_COLUMNS = 180
_FOOTPRINT = [
    (0.146, 0.004), (0.138, 0.026), (0.116, 0.041), (0.082, 0.047), (0.045, 0.043), (0.0, 0.0345),
    (-0.05, 0.033), (-0.095, 0.034), (-0.128, 0.027), (-0.144, 0.0), (-0.128, -0.027),
    (-0.095, -0.034), (-0.05, -0.036), (0.0, -0.0395), (0.045, -0.045), (0.085, -0.045),
    (0.118, -0.034), (0.139, -0.016),
]  # fmt: skip


def sneaker() -> Group:
    """White knit upper, coral details, a thick white midsole on a dark outsole."""
    upper = _patch(np.linspace(0, 1, 40), np.arange(_COLUMNS + 1) / _COLUMNS, 0.0)
    lining = flipped(_patch(np.linspace(0.25, 1, 24), np.arange(_COLUMNS + 1) / _COLUMNS, -0.003))
    insole = loft([_ring(_outline(0.86), 0.034), _ring(_outline(0.86), 0.036)])
    collar = _closed_tube(_surface(np.array([1.0]), np.arange(_COLUMNS) / _COLUMNS)[0], 0.0048)
    return Group(
        (
            piece("upper", upper, "knit #eceae5 3.2"),
            piece("lining", joined([lining, insole]), "knit #33373c 3"),
            piece("collar", collar, "knit #33373c 3"),
            piece("overlays", joined(_overlays()), "leather #f4f2ee 0.6"),
            piece("stripes", joined(_stripes()), "satin #ef6a4c"),
            piece("tongue", _tongue(), "knit #33373c 3"),
            piece("laces", joined(_laces()), "cotton #f7f6f2"),
            piece("midsole", _midsole(), "matte #f6f5f2"),
            piece("accent", _accent(), "satin #ef6a4c"),
            piece("outsole", _outsole(), "rubber #26292c"),
        )
    )


def _outline(scale: float) -> Points:
    """The footprint (n, 2) in x and z, counter-clockwise seen from above +Z to the toe."""
    control = np.asarray([*_FOOTPRINT, *_FOOTPRINT[:3]])
    line = spline(control, (len(control) - 1) * 40 + 1)
    line = line[40 : 40 + len(_FOOTPRINT) * 40]
    chosen = line[np.linspace(0, len(line), _COLUMNS, endpoint=False).astype(int)]
    return np.asarray(chosen * (1 - (1 - scale) * 0.35, scale))


def _spring(x: Points) -> Points:
    """How far the sole lifts off the ground at the toe and a little at the heel."""
    return np.asarray(
        2.0 * np.clip(x - 0.075, 0, None) ** 2 + 0.8 * np.clip(-x - 0.11, 0, None) ** 2
    )


def _ring(outline: Points, height: Points | float) -> Points:
    """An outline lifted to a height that follows the toe spring."""
    return np.column_stack([outline[:, 0], height + _spring(outline[:, 0]), outline[:, 1]])


def _thickness(x: Points) -> Points:
    """Upper edge of the midsole: higher at the heel."""
    return np.asarray(0.027 + 0.011 / (1 + np.exp((x + 0.02) * 38)))


def _surface(t: Points, share: Points) -> Points:
    """Points (len(t), len(share), 3) of the upper; t from the sole (0) to the collar (1)."""
    outline = _outline(0.95)
    at = share * _COLUMNS
    index = np.arange(_COLUMNS + 1)
    x = np.interp(at, index, np.append(outline[:, 0], outline[0, 0]))
    z = np.interp(at, index, np.append(outline[:, 1], outline[0, 1]))
    low = np.stack([x, _thickness(x) - 0.004 + _spring(x), z], axis=1)
    front = np.clip((x + 0.03) / 0.17, 0, 1)
    angle = np.arctan2(z / 0.040, (x + 0.055) / 0.085)
    cx = -0.060 + 0.068 * np.cos(angle) * np.where(np.cos(angle) > 0, 1.12, 1.0)
    cz = 0.0235 * np.sin(angle)
    heel = np.clip(-np.cos(angle), 0, 1)
    cy = 0.087 + 0.020 * heel**2 + 0.012 * np.clip(np.cos(angle), 0, 1) ** 2
    high = np.stack([cx, cy, cz], axis=1)
    bulge = np.stack([0.004 + 0.010 * front, np.zeros_like(x), 0.06 * z * 1.6], axis=1)
    first = low + bulge + np.stack([0 * x, 0.030 + 0.012 * front, 0 * x], axis=1)
    lean = np.stack(
        [0.052 * front**1.2 - 0.010 * heel, -0.022 - 0.008 * front, 0.42 * z * (1 - 0.5 * front)],
        axis=1,
    )
    second = high + lean
    s = t[:, None, None]
    return np.asarray(
        (1 - s) ** 3 * low
        + 3 * (1 - s) ** 2 * s * first
        + 3 * (1 - s) * s**2 * second
        + s**3 * high
    )


def _normals(grid: Points) -> Points:
    """Unit normals of a grid of points, outwards."""
    along, across = np.gradient(grid, axis=0), np.gradient(grid, axis=1)
    normal = np.cross(along, across)
    return np.asarray(normal / (np.linalg.norm(normal, axis=2, keepdims=True) + 1e-12))


def _patch(t: Points, share: Points, offset: float) -> Mesh:
    """A part of the upper's surface, moved outwards."""
    grid = _surface(t, share)
    grid = grid + _normals(grid) * offset
    return Mesh(grid.reshape(-1, 3), grid_faces(len(t), len(share)), 70.0)


def _panel(t: tuple[float, float], share: tuple[float, float], lift: float = 0.0013) -> Mesh:
    """An overlay with closed edges over a region of the upper."""
    rows, columns = np.linspace(*t, 14), np.linspace(*share, 60)
    grid = _surface(rows, columns)
    outer = grid + _normals(grid) * lift
    rings = [
        np.vstack([outer[at], (grid[at] - _normals(grid)[at] * 0.001)[::-1]]) for at in range(14)
    ]
    return loft(rings, crease_deg=50.0)


def _overlays() -> list[Mesh]:
    """Toe guard, heel counter and eyestays."""
    return [
        _panel((0.0, 0.30), (-0.13, 0.13)),
        _panel((0.0, 0.52), (0.40, 0.60)),
        _panel((0.62, 0.97), (0.055, 0.125), 0.0016),
        _panel((0.62, 0.97), (-0.125, -0.055), 0.0016),
        _panel((0.0, 0.12), (0.13, 0.40)),
        _panel((0.0, 0.12), (0.60, 0.87)),
    ]


def _stripes() -> list[Mesh]:
    """A slanted double band on both quarters."""
    bands = []
    for side in (1, -1):
        for start, wide in ((0.205, 0.026), (0.250, 0.012)):
            rows = np.linspace(0.10, 0.74, 26)
            rings = []
            for t in rows:
                slant = start - 0.055 * t
                columns = side * np.linspace(slant, slant + wide * (1 - 0.35 * t), 8)
                columns = columns if side > 0 else columns[::-1]
                grid = _surface(np.array([t - 0.01, t, t + 0.01]), columns % 1.0)
                normal = _normals(grid)[1]
                rings.append(
                    np.vstack([grid[1] + normal * 0.0014, (grid[1] - normal * 0.001)[::-1]])
                )
            bands.append(loft(rings, crease_deg=50.0))
    return bands


def _laces() -> list[Mesh]:
    """Bars across the throat, each a flat cord bent over the tongue."""
    laces = []
    for number, t in enumerate(np.linspace(0.66, 0.95, 6)):
        sides = _surface(np.array([t]), np.array([0.088, -0.088 % 1.0]))[0]
        left, right = sides
        middle = shifted((left + right) / 2, (0.001, 0.0075 - 0.0008 * number, 0))
        cord = spline(
            [
                shifted(left, (0, -0.001, 0)),
                shifted(left, (0, 0.0032, -0.003)),
                middle,
                shifted(right, (0, 0.0032, 0.003)),
                shifted(right, (0, -0.001, 0)),
            ],
            30,
        )
        laces.append(tube(cord, 0.0024, 10))
    top = _surface(np.array([0.95]), np.array([0.088, -0.088 % 1.0]))[0]
    knot = shifted(top.mean(axis=0), (0.004, 0.0085, 0))
    for side in (1, -1):
        loop = spline(
            [
                knot,
                shifted(knot, (0.008, 0.006, side * 0.02)),
                shifted(knot, (0.016, -0.004, side * 0.034)),
                shifted(knot, (0.012, -0.004, side * 0.018)),
                knot,
            ],
            40,
        )
        laces.append(tube(loop, 0.0017, 8))
        tail = spline(
            [
                knot,
                shifted(knot, (0.016, -0.001, side * 0.016)),
                shifted(knot, (0.026, -0.014, side * 0.026)),
            ],
            24,
        )
        laces.append(tube(tail, 0.0017, 8))
    return laces


def _tongue() -> Mesh:
    """A padded strip under the laces that rises above the collar."""
    line = spline(
        [
            (0.062, 0.070, 0),
            (0.04, 0.088, 0),
            (0.018, 0.104, 0),
            (0.004, 0.122, 0),
            (-0.001, 0.134, 0),
        ],
        24,
    )
    rings = []
    for at, point in enumerate(line):
        wide = 0.017 + 0.005 * at / 23
        angles = np.linspace(0, 2 * np.pi, 28, endpoint=False)
        rings.append(
            point
            + np.column_stack(
                [
                    0.0042 * np.cos(angles),
                    0.0030 * np.cos(angles) - 0.30 * (wide * np.sin(angles)) ** 2 / 0.02,
                    wide * np.sin(angles),
                ]
            )
        )
    return loft(rings)


def _closed_tube(ring: Points, radius: float) -> Mesh:
    """A padded edge along a closed curve."""
    return tube(np.vstack([ring, ring[:2]]), radius, 14)


def _midsole() -> Mesh:
    """The foam between ground and upper, with a soft bulge."""
    levels = [
        (0.965, 0.006),
        (1.0, 0.008),
        (1.035, 0.35),
        (1.03, 0.7),
        (0.985, 0.97),
        (0.95, 1.0),
        (0.55, 0.98),
    ]
    rings = []
    for scale, share in levels:
        outline = _outline(scale)
        top = _thickness(outline[:, 0])
        height = np.full(_COLUMNS, share) if share < 0.01 else 0.006 + (top - 0.006) * share  # noqa: PLR2004 - the two lowest rings are given in metres
        rings.append(_ring(outline, height))
    return loft([ring[::-1] for ring in rings], crease_deg=60.0)


def _accent() -> Mesh:
    """A thin coloured line around the midsole."""
    outline = _outline(1.036)
    height = 0.006 + (_thickness(outline[:, 0]) - 0.006) * 0.42
    return _closed_tube(_ring(outline, height), 0.0011)


def _outsole() -> Mesh:
    """The rubber that touches the ground."""
    rings = [
        _ring(_outline(scale), height)
        for scale, height in ((0.9, 0.0), (0.97, 0.0008), (0.985, 0.0035), (0.97, 0.0068))
    ]
    return loft([ring[::-1] for ring in rings], crease_deg=60.0)
