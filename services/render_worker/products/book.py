"""A hardcover book that stands upright, its front to +Z, its spine to -X."""

import numpy as np

from services.render_worker.scene import Group, Lettering, Mesh
from services.render_worker.sets.parts.part import piece
from services.render_worker.shapes.curves import arc
from services.render_worker.shapes.extrusion import extrude
from services.render_worker.shapes.mesh import joined, placed
from services.render_worker.shapes.solids import box, cylinder
from services.render_worker.surfaces import material

WIDTH, HEIGHT, THICKNESS = 0.150, 0.225, 0.032
_BOARD = 0.003


def book() -> Group:
    """Cloth boards, round spine, cream pages, and a printed front: sun over waves."""
    board = box((WIDTH, HEIGHT, _BOARD), 0.001)
    boards = [placed(board, (0, 0, side * (THICKNESS - _BOARD) / 2)) for side in (1, -1)]
    pages = placed(
        box((WIDTH - 0.008, HEIGHT - 0.007, THICKNESS - 2 * _BOARD), 0.0006), (-0.002, 0.0035, 0)
    )
    front = THICKNESS / 2
    foil = material("satin #e9cd96")
    sun = _flat(placed(cylinder(0.036, 0.0004, 0.0001), turn_deg=(90, 0, 0)), (0.004, 0.128), front)
    waves = [
        _flat(_wave(row), (0.004, 0.034 + 0.0145 * row), front + 0.0001 * (4 - row))
        for row in range(4)
    ]
    shades = ("#3d6f86", "#5c8ea0", "#87b0b8", "#b9d2d0")
    return Group(
        (
            piece("boards", joined([*boards, _spine()]), "cotton #1f3a52 1.2"),
            piece("pages", pages, "paper #efe4cc"),
            piece("sun", sun, "paper #f0b35f"),
            *(
                piece("wave", wave, f"paper {shade}")
                for wave, shade in zip(waves, shades, strict=True)
            ),
        ),
        (),
        (
            Lettering("THE QUIET", 0.0135, (0.004, 0.203, front + 0.0003), foil, spacing=1.1),
            Lettering("HARBOUR", 0.0175, (0.004, 0.186, front + 0.0003), foil, spacing=1.1),
            Lettering("M. Ellery", 0.0085, (0.004, 0.016, front + 0.0003), foil),
            Lettering(
                "THE QUIET HARBOUR", 0.0115, (-WIDTH / 2 - 0.0052, 0.115, 0), foil, (90, 0, -90)
            ),
        ),
    )  # fmt: skip


def _flat(mesh: Mesh, at: tuple[float, float], front: float) -> Mesh:
    """Lay a thin sheet on the front board."""
    return placed(mesh, (at[0], at[1], front))


def _spine() -> Mesh:
    """A rounded back that joins the boards."""
    half = THICKNESS / 2
    outer = arc((0.0, 0.0), 1.0, 90, 270, 24) * (0.0055, half)
    inner = arc((0.0, 0.0), 1.0, 270, 90, 24) * (0.0032, half - 0.001)
    outline = np.vstack([outer, inner])
    pulled = extrude(outline, HEIGHT)
    return placed(pulled, (-WIDTH / 2 + 0.0004, HEIGHT / 2, 0), (-90, 0, 0))


def _wave(row: int) -> Mesh:
    """A band with a wavy upper edge."""
    x = np.linspace(-0.062, 0.062, 60)
    crest = 0.0045 * np.sin(x * 150 + row * 1.6) + 0.010
    outline = np.vstack([np.column_stack([x, np.zeros(60)]), np.column_stack([x, crest])[::-1]])
    return extrude(outline, 0.0004)
