"""Sets: every recipe builds a scene in which a product can really stand."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from backlot.contracts.background import StageArea
from backlot.contracts.errors import ConfigurationError
from services.render_worker.adapters.recipes import read_recipes
from services.render_worker.scene import Camera, Points, Scene
from services.render_worker.sets.builder import build
from services.render_worker.sets.recipe import Recipe, SetPlan
from services.render_worker.sets.stage import obstacles, support_below

FOLDER = Path(__file__).parents[2] / "catalog" / "recipes"
RECIPES = read_recipes(FOLDER)
SENSOR_MM, ASPECT = 36.0, 4 / 3

every_recipe = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.id)


@cache
def scene_of(recipe_id: str) -> Scene:
    """A set's scene, built once for all tests."""
    return build(next(recipe.plan for recipe in RECIPES if recipe.id == recipe_id))


def plan(*parts: dict[str, object]) -> SetPlan:
    """A plan with a camera and these parts."""
    camera = {"name": "front", "position": (0, 0.4, 2), "target": (0, 0.2, 0)}
    return SetPlan.model_validate({"parts": parts, "cameras": [camera]})


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
    for piece in scene_of(recipe.id).pieces:
        assert np.isfinite(piece.mesh.points).all(), piece.name
        assert piece.mesh.faces[:, :3].min() >= 0
        assert piece.mesh.faces.max() < len(piece.mesh.points)


@every_recipe
def test_nothing_reaches_into_the_stage(recipe: Recipe) -> None:
    """The box a product may fill is free."""
    assert obstacles(scene_of(recipe.id), recipe.stage) == []


@every_recipe
def test_the_anchor_lies_on_a_surface(recipe: Recipe) -> None:
    """A product put on the anchor neither floats nor sinks by more than a millimetre."""
    x, y, z = recipe.stage.anchor
    assert support_below(scene_of(recipe.id), x, z, y + 0.01) == pytest.approx(y, abs=0.001)


@every_recipe
def test_the_whole_base_is_carried(recipe: Recipe) -> None:
    """Half of the stage's width and depth stands on something too, within four millimetres."""
    stage, scene = recipe.stage, scene_of(recipe.id)
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
    assert np.abs(in_frame(scene_of(recipe.id).camera, corners)).max() < 1.0


@every_recipe
def test_floor_area_is_that_of_the_stage(recipe: Recipe) -> None:
    """The area of a stage is its width times its depth."""
    stage = recipe.stage
    assert stage.floor_area_m2 == pytest.approx(stage.width_m * stage.depth_m, rel=0.01)


def test_the_same_recipe_gives_the_same_set() -> None:
    """Chance comes from the recipe's seeds alone."""
    recipe = next(r for r in RECIPES if r.id == "white-studio-greenery")
    first, second = build(recipe.plan), build(recipe.plan)
    for one, other in zip(first.pieces, second.pieces, strict=True):
        assert np.array_equal(one.mesh.points, other.mesh.points)


def test_a_block_on_the_stage_is_an_obstacle() -> None:
    """What stands where the product should go is named; what stands beside it is not."""
    stage = StageArea(anchor=(0, 0, 0), width_m=0.2, depth_m=0.2, height_m=0.3, floor_area_m2=0.04)
    scene = build(
        plan(
            {"part": "top"},
            {"part": "ball", "radius": 0.05},
            {"part": "disc", "at": [0.5, 0, 0], "radius": 0.1},
        )
    )
    assert obstacles(scene, stage) == ["ball"]


def test_support_is_the_highest_surface_below() -> None:
    """A podium carries, what hangs above does not, and beyond the edge there is nothing."""
    scene = build(
        plan(
            {"part": "top", "width": 1.0, "depth": 1.0},
            {"part": "disc", "radius": 0.2, "height": 0.06},
            {"part": "block", "at": [0, 0.5, 0]},
        )
    )
    assert support_below(scene, 0.05, 0.05, 0.1) == pytest.approx(0.06)
    assert support_below(scene, 0.4, 0.0, 0.1) == pytest.approx(0.0)
    assert support_below(scene, 5.0, 0.0, 0.1) is None


def test_parts_stand_where_they_are_put() -> None:
    """Position, turn and size factor of a part move all of its points."""
    put = {"part": "block", "size": [0.2, 0.1, 0.4], "yaw_deg": 90, "size_factor": 2.0}
    points = build(plan({**put, "at": [1.0, 0.5, -2.0]})).pieces[0].mesh.points
    assert points.min(axis=0) == pytest.approx([0.6, 0.5, -2.2])
    assert points.max(axis=0) == pytest.approx([1.4, 0.7, -1.8])


def test_an_unknown_view_is_an_error() -> None:
    """Asking for a camera the set does not have fails at once."""
    with pytest.raises(KeyError):
        build(plan({"part": "top"}), view="from the moon")


@pytest.mark.parametrize(
    "wrong",
    [
        {"part": "trampoline"},
        {"part": "disc", "radius": 0.1, "colour": "red"},
        {"part": "disc", "surface": "unobtainium"},
        {"part": "disc", "size_factor": 0},
    ],
    ids=["unknown part", "unknown field", "unknown surface", "no size"],
)
def test_wrong_parts_are_refused(wrong: dict[str, object]) -> None:
    """A recipe is checked when it is read, not when it is built."""
    with pytest.raises(ValueError, match="validation error"):
        plan(wrong)


def test_a_broken_recipe_names_its_file(tmp_path: Path) -> None:
    """Whoever edits recipes is told which file is wrong."""
    (tmp_path / "bad.yaml").write_text("id: bad\nkind: studio\n")
    with pytest.raises(ConfigurationError, match=r"bad\.yaml"):
        read_recipes(tmp_path)


def test_a_recipe_is_named_after_its_id(tmp_path: Path) -> None:
    """A copied recipe that kept its old id is refused."""
    text = (FOLDER / "white-cyclorama-softbox.yaml").read_text(encoding="utf-8")
    (tmp_path / "copy.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="white-cyclorama-softbox"):
        read_recipes(tmp_path)
