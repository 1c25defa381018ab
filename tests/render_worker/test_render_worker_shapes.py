"""Geometry: solids are closed, face outwards, and have the size they were asked for."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.render_worker.scene import Group, Light, LightKind, Mesh
from services.render_worker.shapes.curves import (
    arc,
    frames_along,
    rounded_rectangle,
    shifted,
    spline,
    superellipse,
)  # fmt: skip
from services.render_worker.shapes.extrusion import extrude
from services.render_worker.shapes.ground import pebble, scattered
from services.render_worker.shapes.mesh import (
    bounds,
    flipped,
    joined,
    moved_group,
    placed,
    rotation,
    welded,
)  # fmt: skip
from services.render_worker.shapes.noise import noise2
from services.render_worker.shapes.plants import bent_path, branch, leaf
from services.render_worker.shapes.solids import box, cylinder, lathe, loft, sphere, tube

LEGS = [(-0.2, 0), (-0.1, 0)]
ARCH = np.vstack(
    [
        (0.2, 0),
        arc((0, 0.3), 0.2, 0, 180, 24),
        LEGS,
        arc((0, 0.3), 0.1, 180, 0, 24),
        (0.1, 0),
    ]
)
SLAB = np.insert(superellipse(0.2, 0.1, 4), 1, 0.0, axis=1)[::-1]
SOLIDS = {
    "box": box((0.4, 0.2, 0.3), 0.02),
    "cylinder": cylinder(0.1, 0.3),
    "sphere": sphere(0.2),
    "tube": tube(np.array([(0, 0, 0), (0, 0.5, 0), (0.1, 1, 0)], dtype=float), 0.05),
    "loft": loft([shifted(SLAB, (0, y, 0)) for y in (0, 0.1, 0.3)]),
    "extrusion": extrude(ARCH, 0.1),
    "pebble": pebble((0.1, 0.05, 0.08), 3),
}

every_solid = pytest.mark.parametrize("mesh", SOLIDS.values(), ids=SOLIDS)


def triangles(mesh: Mesh) -> np.ndarray:
    """Corner indices (n, 3) with the quads split."""
    quads = mesh.faces[mesh.faces[:, 3] >= 0]
    return np.concatenate([mesh.faces[:, :3], quads[:, [0, 2, 3]]])


def volume(mesh: Mesh) -> float:
    """Enclosed volume; positive when the faces look outwards."""
    a, b, c = (mesh.points[triangles(mesh)[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


@every_solid
def test_solids_are_closed(mesh: Mesh) -> None:
    """Every edge of a solid belongs to exactly two faces."""
    edges: Counter[frozenset[int]] = Counter()
    for face in welded(mesh).faces.tolist():
        corners = [index for index in face if index >= 0]
        for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
            edges[frozenset((start, end))] += 1
    assert set(edges.values()) == {2}


@every_solid
def test_solids_face_outwards(mesh: Mesh) -> None:
    """The volume is positive, and negative once the solid is turned inside out."""
    assert volume(mesh) > 0
    assert volume(flipped(mesh)) == pytest.approx(-volume(mesh), rel=1e-3)


@pytest.mark.parametrize(
    ("mesh", "expected"),
    [
        (box((0.4, 0.2, 0.3), 0.0005), 0.024),
        (cylinder(0.1, 0.3, 0.0005, 256), np.pi * 0.01 * 0.3),
        (sphere(0.2, 200), 4 / 3 * np.pi * 0.008),
        (extrude(ARCH, 0.1), 0.1 * (2 * 0.1 * 0.3 + np.pi / 2 * (0.04 - 0.01))),
    ],
    ids=["box", "cylinder", "sphere", "arch"],
)
def test_volumes_are_right(mesh: Mesh, expected: float) -> None:
    """Solids hold what geometry says they hold, within one percent."""
    assert volume(mesh) == pytest.approx(expected, rel=0.01)


@given(
    width=st.floats(0.01, 5), height=st.floats(0.01, 5), depth=st.floats(0.01, 5),
    radius=st.floats(0, 3),
)  # fmt: skip
def test_boxes_have_the_size_asked_for(
    width: float, height: float, depth: float, radius: float
) -> None:
    """Whatever the edge radius, a box is as large as asked and stands on y = 0."""
    low, high = bounds([box((width, height, depth), radius)])
    assert high - low == pytest.approx([width, height, depth], rel=1e-6)
    assert low[1] == pytest.approx(0.0, abs=1e-9)


def test_triangles_count_quads_twice() -> None:
    """A quad is two triangles."""
    mesh = SOLIDS["cylinder"]
    assert mesh.triangles == len(triangles(mesh))


def test_joining_keeps_everything() -> None:
    """Joined meshes have all points and faces, each face still on its own points."""
    one, other = box((0.1, 0.1, 0.1)), placed(sphere(0.1), (1, 0, 0))
    both = joined([one, other])
    assert volume(both) == pytest.approx(volume(one) + volume(other))


def test_turning_is_about_x_then_y_then_z() -> None:
    """A quarter turn about the vertical takes +Z to +X."""
    assert rotation((0, 90, 0)) @ (0, 0, 1) == pytest.approx([1, 0, 0])
    assert rotation((90, 0, -90)) @ (1, 0, 0) == pytest.approx([0, -1, 0])


def test_lights_move_with_their_group() -> None:
    """A lamp that is turned and moved takes its light with it."""
    light = Light(LightKind.POINT, (0, 0.5, 1.0), (0, 0, 1.0), 5.0)
    moved = moved_group(Group((), (light,)), (2, 0, 0), 90, 2.0).lights[0]
    assert moved.position == pytest.approx((4, 1, 0))
    assert moved.target == pytest.approx((4, 0, 0))


def test_splines_pass_through_their_points() -> None:
    """A spline sampled at its knots gives the knots back."""
    knots = [(0.0, 0.0), (1.0, 2.0), (3.0, 1.0), (4.0, 4.0)]
    assert spline(knots, 4) == pytest.approx(np.asarray(knots))


def test_rounded_rectangles_run_around() -> None:
    """An outline is counter-clockwise and as wide and high as asked."""
    outline = rounded_rectangle(0.4, 0.2, 0.05)
    x, y = outline.T
    assert np.ptp(x) == pytest.approx(0.4)
    assert np.ptp(y) == pytest.approx(0.2)
    assert (x * np.roll(y, -1) - y * np.roll(x, -1)).sum() > 0


def test_frames_stay_square() -> None:
    """The two normals along a bent path are unit vectors, square to it and to each other."""
    path = bent_path(1.0, (1, 1, 0.3), 0.4)
    tangents = np.gradient(path, axis=0)
    one, other = frames_along(path)
    assert np.einsum("ij,ij->i", one, tangents) == pytest.approx(0, abs=1e-9)
    assert np.einsum("ij,ij->i", one, other) == pytest.approx(0, abs=1e-9)
    assert np.linalg.norm(one, axis=1) == pytest.approx(1)


def test_profiles_that_touch_the_axis_close() -> None:
    """Points on the axis become one point, not a ring of slivers."""
    cone = lathe(np.array([(0, 0), (0.1, 0), (0, 0.2)], dtype=float), 12)
    assert len(cone.points) == 14


@given(x=st.floats(-1e3, 1e3), y=st.floats(-1e3, 1e3), seed=st.integers(0, 1000))
def test_noise_is_bounded_and_repeatable(x: float, y: float, seed: int) -> None:
    """Noise stays within -1..1 and is the same every time."""
    at = np.array([x]), np.array([y])
    value = noise2(*at, seed)
    assert -1 <= value[0] <= 1
    assert value == noise2(*at, seed)


def test_noise_is_smooth_and_not_flat() -> None:
    """Neighbours are alike, distant points differ."""
    line = noise2(np.linspace(0, 20, 2001), np.zeros(2001), 5)
    assert np.abs(np.diff(line)).max() < 0.2
    assert line.std() > 0.1


def test_leaves_start_at_their_stem_and_droop() -> None:
    """A leaf begins at the origin, is as long as asked, and its tip sinks."""
    blade = leaf(0.1, 0.04, droop=0.3, fold=0.0)
    assert np.abs(blade.points[:, 2]).min() == pytest.approx(0.0)
    assert blade.points[:, 2].max() <= 0.1
    assert blade.points[blade.points[:, 2].argmax(), 1] < -0.01


def test_a_branch_carries_its_leaves() -> None:
    """There are as many leaves as asked for, all of them near the stem."""
    path = bent_path(0.3, (0.3, 1, 0), 0.1)
    _, leaves = branch(path, 9, 0.06, 0.03, np.random.default_rng(1))
    assert len(leaves.points) == 9 * 12 * 7
    away = np.linalg.norm(leaves.points[:, None] - path[None], axis=2).min(axis=1)
    assert away.max() < 0.08


def test_pebbles_rest_on_the_ground() -> None:
    """A stone touches y = 0 and is about as large as asked."""
    low, high = bounds([pebble((0.1, 0.04, 0.08), 9)])
    assert low[1] == pytest.approx(0.0)
    assert high - low == pytest.approx([0.1, 0.04, 0.08], rel=0.3)


def test_scattering_keeps_the_middle_free() -> None:
    """Nothing falls inside the inner radius or beyond the outer one."""
    places = scattered(500, 0.2, 0.5, np.random.default_rng(3))
    away = np.hypot(places[:, 0], places[:, 2])
    assert away.min() >= 0.2
    assert away.max() <= 0.5
