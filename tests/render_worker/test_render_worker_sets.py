"""Sets: every recipe builds a scene in which a product can really stand."""

from pathlib import Path

import numpy as np
import pytest
from render_builders import support_below

from backlot.contracts.background import StageArea
from backlot.contracts.errors import ConfigurationError
from services.render_worker.adapters.recipes import read_recipes
from services.render_worker.sets.builder import build
from services.render_worker.sets.recipe import SetPlan
from services.render_worker.sets.stage import obstacles

FOLDER = Path(__file__).parents[2] / "catalog" / "recipes"
RECIPES = read_recipes(FOLDER)
SENSOR_MM, ASPECT = 36.0, 4 / 3


def plan(*parts: dict[str, object]) -> SetPlan:
    """A plan with a camera and these parts."""
    camera = {"name": "front", "position": (0, 0.4, 2), "target": (0, 0.2, 0)}
    return SetPlan.model_validate({"parts": parts, "cameras": [camera]})


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
