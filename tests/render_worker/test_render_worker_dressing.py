"""A brief's props and shadows in a set that is there already."""

import numpy as np
import pytest
from render_builders import RECIPES, SIZE, brief

from backlot.contracts.brief import LightingPlan, Placement, Prop
from backlot.contracts.render import ShotWishes
from services.render_worker.scene import LightKind
from services.render_worker.sets.builder import placed
from services.render_worker.shot import ModelFacts, ShotPlan
from services.render_worker.shots import Order, Subject, box_points, plan_shot
from services.render_worker.sizing import size_of_model

FACTS = ModelFacts(
    low=(-0.05, 0.0, -0.05), high=(0.05, 0.2, 0.05), triangles=12,
    footing=((-0.05, -0.05), (0.05, -0.05), (-0.05, 0.05), (0.05, 0.05)),
)  # fmt: skip
PROPS: tuple[tuple[str, Placement], ...] = (
    ("ceramic-vase", "behind-left"), ("coffee-cup", "right"), ("lit-candle", "front-left"),
    ("potted-houseplant", "behind-right"),
)  # fmt: skip


def shot(background: str, *, wishes: ShotWishes | None = None, **changes: object) -> ShotPlan:
    """A box-shaped product of 20 cm in a starter set."""
    wanted = tuple(
        Prop(term=f"props/{slug}", placement=where, scale="smaller") for slug, where in PROPS
    )
    order = Order("draft", wishes or ShotWishes(), brief(**{"props": wanted, **changes}))
    subject = Subject("0" * 64, size_of_model(FACTS, SIZE), FACTS)
    return plan_shot(RECIPES[background], "hero", subject, order)


@pytest.mark.parametrize("background", sorted(RECIPES))
def test_props_touch_nothing_and_stand_on_something(background: str) -> None:
    """In every starter set: beside the product's box, apart from each other, no more than two."""
    plan = shot(background)
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


def test_a_plain_studio_gets_the_briefs_props() -> None:
    """The first two that find a place, and the plan says which."""
    assert shot("white-cyclorama-softbox").added == ("props/ceramic-vase", "props/coffee-cup")


def test_a_set_keeps_to_one_of_a_kind() -> None:
    """What a set shows already is not put in again."""
    assert "ceramic-vase" in RECIPES["oak-tabletop-morning"].facets["props"]
    assert "props/ceramic-vase" not in shot("oak-tabletop-morning").added


def test_the_seller_may_have_none() -> None:
    """`props: false` leaves the set as it is."""
    plan = shot("white-cyclorama-softbox", wishes=ShotWishes(props=False))
    assert plan.added == ()
    assert plan.plan.parts == RECIPES["white-cyclorama-softbox"].plan.parts


def test_pure_white_stays_pure() -> None:
    """Marketplaces want the product alone."""
    assert shot("white-cyclorama-softbox", wishes=ShotWishes(preset="marketplace")).added == ()


BLINDS = LightingPlan(
    types=("lighting/window-blind-shadow-patterns",), direction="left", kelvin=4800,
    contrast="medium",
)  # fmt: skip


def test_a_studio_gets_the_briefs_shadow() -> None:
    """A gobo and a sun to throw it, the soft lights turned down."""
    plan = shot("white-cyclorama-softbox", props=(), lighting=BLINDS)
    assert plan.added == ("lighting/window-blind-shadow-patterns",)
    assert [part.part for part in plan.plan.parts if part.part.endswith("_gobo")] == ["blind_gobo"]
    assert plan.plan.lights[0].kind is LightKind.SUN


@pytest.mark.parametrize("background", ["terracotta-window-shadow", "living-room-scandi"])
def test_sets_with_a_shadow_and_rooms_keep_their_light(background: str) -> None:
    """One gobo is enough, and a room's sun comes through its window."""
    plan = shot(background, props=(), lighting=BLINDS)
    assert plan.added == ()
