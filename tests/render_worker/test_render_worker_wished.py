"""What a seller settles in the 3D view is what is shot, within what is true."""

import pytest
from pydantic import ValidationError
from render_builders import RECIPES, SIZE, brief

from backlot.contracts.background import StageArea
from backlot.contracts.jobs import Dimensions
from backlot.contracts.render import OwnCamera, ShotWishes
from services.render_worker.shot import ModelFacts, ShotPlan
from services.render_worker.shots import Order, Subject, candidates, plan_shot
from services.render_worker.sizing import size_of_cutout, size_of_model
from services.render_worker.wished import placed, sized

BOX = ModelFacts(
    low=(-0.05, 0.0, -0.05),
    high=(0.05, 0.2, 0.05),
    triangles=12,
    footing=((-0.05, -0.05), (0.05, -0.05), (-0.05, 0.05), (0.05, 0.05)),
)
MODEL = Subject("0" * 64, size_of_model(BOX, SIZE), BOX)
CARD = Subject("0" * 64, size_of_cutout(2.0, SIZE, 0.5))
SET = next(recipe for recipe in RECIPES.values() if recipe.kind == "studio")
AT = SET.stage.anchor
STAGE = StageArea(
    anchor=(0.0, 0.0, 0.0), width_m=0.6, depth_m=0.4, height_m=0.5, floor_area_m2=0.24
)


def above(metres: float) -> OwnCamera:
    """A camera that far above the set's place, and a metre and a half away."""
    return OwnCamera(
        position=(AT[0] + 0.9, AT[1] + metres, AT[2] + 1.2), target=(AT[0], AT[1] + 0.1, AT[2])
    )


def shot(subject: Subject, **wishes: object) -> ShotPlan:
    """The plan of one picture."""
    return plan_shot(
        SET, "hero", subject, Order("draft", ShotWishes.model_validate(wishes), brief())
    )


def test_a_camera_of_ones_own_is_where_the_picture_is_taken_from() -> None:
    """Position, aim and lens are taken as they are; a turn is the product's own."""
    camera = above(0.8).model_copy(update={"lens_mm": 70.0})
    plan = shot(MODEL, viewpoint=camera.model_dump(), turn_deg=30)
    taken = plan.plan.cameras[0]
    assert (taken.position, taken.target, taken.lens_mm) == (
        camera.position, camera.target, camera.lens_mm,
    )  # fmt: skip
    assert plan.pose.yaw_deg == 30


def test_a_card_faces_that_camera_and_is_not_seen_from_above() -> None:
    """A photo knows one side: its camera comes down to ten degrees, as far away as before."""
    plan = shot(CARD, viewpoint=above(1.2).model_dump())
    x, y, z = plan.plan.cameras[0].position
    assert plan.pose.yaw_deg == pytest.approx(36.87, abs=0.1)
    assert y - AT[1] < 0.6
    assert (x - AT[0]) / (z - AT[2]) == pytest.approx(0.75, abs=1e-3)
    level = shot(CARD, viewpoint=above(0.2).model_dump())
    assert level.plan.cameras[0].position == above(0.2).position


def test_on_pure_white_only_the_direction_counts() -> None:
    """A channel that wants the product large gets it so from any side."""
    plan = shot(MODEL, viewpoint=above(0.5).model_dump(), preset="marketplace")
    assert plan.plan.cameras[0].position != above(0.5).position


def test_one_camera_is_tried_once_in_each_set() -> None:
    """There is no other angle to fall back to."""
    wishes = ShotWishes(viewpoint=above(0.5))
    sets = tuple(RECIPES.values())
    pairs = list(candidates(sets, brief(), wishes, card=False))
    assert pairs == [(recipe, "hero") for recipe in sets]


@pytest.mark.parametrize("position", [(0.0, 2.0, 0.0), (0.0, 0.0, 0.0)])
def test_a_camera_that_looks_at_nothing_or_straight_down_is_refused(
    position: tuple[float, float, float],
) -> None:
    """It would not know where up is."""
    with pytest.raises(ValidationError):
        OwnCamera(position=position, target=(0.0, 0.0, 0.0))


@pytest.mark.parametrize(
    ("wish", "stands"),
    [((0.1, -0.05), (0.1, -0.05)), ((9.0, 9.0), (0.25, 0.15)), ((-9.0, 0.0), (-0.25, 0.0))],
)
def test_a_product_moves_within_the_stage(
    wish: tuple[float, float], stands: tuple[float, float]
) -> None:
    """However it turns, its foot stays on the free ground."""
    x, _, z = placed(STAGE, (0.1, 0.2, 0.06), ShotWishes(place_m=wish)).anchor
    assert (x, z) == pytest.approx(stands)


def test_a_product_wider_than_the_stage_does_not_move() -> None:
    """There is nowhere to go."""
    assert placed(STAGE, (2.0, 0.2, 0.1), ShotWishes(place_m=(0.1, 0.1))).anchor == (0, 0, 0)


def test_the_picture_is_planned_where_the_product_was_put() -> None:
    """The pose says so, at the height of what is under it."""
    plan = shot(MODEL, place_m=(0.02, 0.01))
    assert plan.pose.at[0] == pytest.approx(AT[0] + 0.02)
    assert plan.pose.at[2] == pytest.approx(AT[2] + 0.01)


@pytest.mark.parametrize(
    ("said", "wanted", "height"),
    [(None, 12.0, 12.0), (20.0, 22.0, 22.0), (20.0, 40.0, 23.0), (20.0, 2.0, 17.0)],
)
def test_a_size_that_was_said_changes_a_little_and_a_guess_freely(
    said: float | None, wanted: float, height: float
) -> None:
    """True to scale stays true to scale; all sides change alike."""
    before = None if said is None else Dimensions(width=10, height=said)
    after = sized(before, ShotWishes(height_cm=wanted))
    assert after is not None
    assert after.height == pytest.approx(height)
    if said is not None:
        assert after.width == pytest.approx(height / 2)


def test_without_a_wish_the_size_stays() -> None:
    """Nothing is changed that nobody asked for."""
    assert sized(SIZE, ShotWishes()) is SIZE
