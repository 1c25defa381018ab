"""Textures are no finer than a picture can show."""

import numpy as np
import pytest

from services.render_worker.nearness import finest_seen
from services.render_worker.scene import Camera, Mesh, Piece, Scene
from services.render_worker.surfaces import material

PAINT, OAK = material("paint"), material("oak")
CAMERA = Camera((0.0, 1.0, 4.0), (0.0, 1.0, 0.0), lens_mm=36.0)
"""As wide as it is far away."""


def sheet(low: tuple[float, float, float], high: tuple[float, float, float]) -> Mesh:
    """Two triangles between two corners."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    points = np.array([(x0, y0, z0), (x1, y0, z0), (x1, y1, z1), (x0, y1, z1)], dtype=np.float64)
    return Mesh(points, np.array([(0, 1, 2, 3)]))


def finest(*pieces: tuple[str, Mesh], side: int = 400) -> list[float]:
    """What a picture of these can show, in features per metre."""
    materials = {"paint": PAINT, "oak": OAK, "matte": material("matte")}
    made = tuple(Piece(name, mesh, materials[name]) for name, mesh in pieces)
    return list(finest_seen(Scene(made, (), CAMERA), side, side).values())


def test_a_wall_is_as_fine_as_its_pixels() -> None:
    """Four metres away a frame of 400 pixels covers four metres."""
    wall = sheet((-2, 0, 0), (2, 3, 0))
    assert finest(("paint", wall)) == pytest.approx([100], rel=0.01)
    assert finest(("paint", wall), side=800) == pytest.approx([200], rel=0.01)


def test_the_nearest_of_one_material_decides_for_all() -> None:
    """A board of oak at half the way needs twice the fineness; plain surfaces need none."""
    near, far = sheet((-0.1, 1, 2), (0.1, 1.1, 2)), sheet((-2, 0, 0), (2, 3, 0))
    assert finest(("oak", far), ("oak", near), ("matte", near)) == pytest.approx([200], rel=0.01)


def test_of_a_floor_only_what_is_in_the_picture_counts() -> None:
    """It runs below the camera, a metre away, and comes into the frame two metres ahead."""
    floor = sheet((-5, 0, 5), (5, 0, -5))
    assert finest(("paint", floor)) == pytest.approx([200], rel=0.2)


def test_a_small_thing_that_no_ray_meets_is_not_forgotten() -> None:
    """Its own distance counts."""
    leaf = sheet((0.013, 1.017, 3), (0.016, 1.02, 3))
    assert finest(("oak", leaf)) == pytest.approx([400], rel=0.02)
