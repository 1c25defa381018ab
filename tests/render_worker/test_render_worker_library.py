"""Every set of the starter library: whole, with room for a product, and shot from every side."""

import numpy as np
import pytest
from render_builders import RECIPES, brief, dressed, subject, support_below

from backlot.contracts.render import ShotWishes
from services.render_worker.angles import ANGLES
from services.render_worker.framing import SENSOR_MM, Viewpoint, project
from services.render_worker.scene import Camera, Points, Scene
from services.render_worker.sets.builder import build, placed
from services.render_worker.sets.parts.rooms import Room
from services.render_worker.sets.recipe import Recipe
from services.render_worker.sets.stage import obstacles
from services.render_worker.shots import Order, box_points, plan_shot

ASPECT = 4 / 3

# Of the module's scope: all tests of one set follow each other, and its parts are built once.
every_recipe = pytest.mark.parametrize(
    "recipe", RECIPES.values(), ids=lambda recipe: recipe.id, scope="module"
)


def scene_of(recipe: Recipe) -> Scene:
    """A set's scene; its parts are remembered."""
    return build(recipe.plan)


def in_frame(camera: Camera, points: Points) -> Points:
    """Where points fall on a 4:3 picture: -1..1 across and up."""
    position = np.asarray(camera.position)
    ahead = np.asarray(camera.target) - position
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, (0.0, 1.0, 0.0))
    right /= np.linalg.norm(right)
    above = np.cross(right, ahead)
    away = points - position
    depth = away @ ahead
    half = SENSOR_MM / 2 / camera.lens_mm
    return np.stack([away @ right / depth / half, away @ above / depth / half * ASPECT], axis=1)


@every_recipe
def test_geometry_is_finite_and_whole(recipe: Recipe) -> None:
    """Every point is a number and every face has at least three corners that exist."""
    for piece in scene_of(recipe).pieces:
        assert np.isfinite(piece.mesh.points).all(), piece.name
        assert piece.mesh.faces[:, :3].min() >= 0
        assert piece.mesh.faces.max() < len(piece.mesh.points)


@every_recipe
def test_nothing_reaches_into_the_stage(recipe: Recipe) -> None:
    """The box a product may fill is free."""
    assert obstacles(scene_of(recipe), recipe.stage) == []


@every_recipe
def test_the_anchor_lies_on_a_surface(recipe: Recipe) -> None:
    """A product put on the anchor neither floats nor sinks by more than a millimetre."""
    x, y, z = recipe.stage.anchor
    assert support_below(scene_of(recipe), x, z, y + 0.01) == pytest.approx(y, abs=0.001)


@every_recipe
def test_the_whole_base_is_carried(recipe: Recipe) -> None:
    """Half of the stage's width and depth stands on something too, within four millimetres."""
    stage, scene = recipe.stage, scene_of(recipe)
    x, y, z = stage.anchor
    for right, front in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
        at_x, at_z = x + right * stage.width_m / 4, z + front * stage.depth_m / 4
        assert support_below(scene, at_x, at_z, y + 0.01) == pytest.approx(y, abs=0.004)


@every_recipe
def test_the_front_camera_sees_the_stage(recipe: Recipe) -> None:
    """A product of two thirds of the stage's height fits into the front picture."""
    stage = recipe.stage
    anchor = np.asarray(stage.anchor)
    side, top = stage.width_m / 3, stage.height_m * 2 / 3
    corners = anchor + np.array([(x * side, y * top, 0.0) for x in (-1, 1) for y in (0, 1)])
    assert recipe.plan.cameras[0].name == "front"
    assert np.abs(in_frame(scene_of(recipe).camera, corners)).max() < 1.0


@every_recipe
def test_no_camera_stands_above_a_ceiling(recipe: Recipe) -> None:
    """From there it sees the ceiling's other side."""
    ceilings = [part.at[1] + part.height for part in recipe.plan.parts if isinstance(part, Room)]
    for camera in recipe.plan.cameras:
        assert all(camera.position[1] < ceiling for ceiling in ceilings), camera.name


@every_recipe
def test_floor_area_is_that_of_the_stage(recipe: Recipe) -> None:
    """The area of a stage is its width times its depth."""
    stage = recipe.stage
    assert stage.floor_area_m2 == pytest.approx(stage.width_m * stage.depth_m, rel=0.01)


@every_recipe
def test_a_bottle_can_be_shot_from_every_side(recipe: Recipe) -> None:
    """It is in the frame, on the ground, and not cut."""
    for angle in ANGLES:
        shot = plan_shot(recipe, angle, subject(), Order("draft", ShotWishes(), brief()))
        camera = shot.plan.cameras[0]
        points = box_points(shot.pose.at, shot.size_m, shot.pose.yaw_deg)
        view = Viewpoint(camera.position, camera.target, camera.lens_mm)
        seen = project(points, view, shot.width / shot.height)
        assert seen.min() > 0
        assert seen.max() < 1
        assert (seen.max(axis=0) - seen.min(axis=0)).max() > 0.25
        assert abs(shot.pose.at[1] - recipe.stage.anchor[1]) < 0.03


@every_recipe
def test_props_touch_nothing_and_stand_on_something(recipe: Recipe) -> None:
    """Beside the product's box, apart from each other, no more than two."""
    plan = dressed(recipe.id)
    extra = plan.plan.parts[len(plan.plan.parts) - len(plan.added) :]
    assert len(plan.added) <= 2
    product = box_points(plan.pose.at, plan.size_m, plan.pose.yaw_deg)
    boxes = [(product.min(axis=0), product.max(axis=0))]
    for part in extra:
        points = np.concatenate([piece.mesh.points for piece in placed(part).pieces])
        low, high = points.min(axis=0), points.max(axis=0)
        assert not any(np.all(low < other[1]) and np.all(high > other[0]) for other in boxes)
        assert low[1] <= plan.pose.at[1] + 0.01
        boxes.append((low, high))
