"""A brief's props and shadows in a set that is there already."""

import pytest
from render_builders import RECIPES, dressed

from backlot.contracts.brief import LightingPlan
from backlot.contracts.render import ShotWishes
from services.render_worker.scene import LightKind


def test_a_plain_studio_gets_the_briefs_props() -> None:
    """The first two that find a place, and the plan says which."""
    assert dressed("white-cyclorama-softbox").added == ("props/ceramic-vase", "props/coffee-cup")


def test_a_set_keeps_to_one_of_a_kind() -> None:
    """What a set shows already is not put in again."""
    assert "ceramic-vase" in RECIPES["oak-tabletop-morning"].facets["props"]
    assert "props/ceramic-vase" not in dressed("oak-tabletop-morning").added


def test_the_seller_may_have_none() -> None:
    """`props: false` leaves the set as it is."""
    plan = dressed("white-cyclorama-softbox", wishes=ShotWishes(props=False))
    assert plan.added == ()
    assert plan.plan.parts == RECIPES["white-cyclorama-softbox"].plan.parts


def test_pure_white_stays_pure() -> None:
    """Marketplaces want the product alone."""
    assert dressed("white-cyclorama-softbox", wishes=ShotWishes(preset="marketplace")).added == ()


BLINDS = LightingPlan(
    types=("lighting/window-blind-shadow-patterns",), direction="left", kelvin=4800,
    contrast="medium",
)  # fmt: skip


def test_a_studio_gets_the_briefs_shadow() -> None:
    """A gobo and a sun to throw it, the soft lights turned down."""
    plan = dressed("white-cyclorama-softbox", props=(), lighting=BLINDS)
    assert plan.added == ("lighting/window-blind-shadow-patterns",)
    assert [part.part for part in plan.plan.parts if part.part.endswith("_gobo")] == ["blind_gobo"]
    assert plan.plan.lights[0].kind is LightKind.SUN


@pytest.mark.parametrize("background", ["terracotta-window-shadow", "living-room-scandi"])
def test_sets_with_a_shadow_and_rooms_keep_their_light(background: str) -> None:
    """One gobo is enough, and a room's sun comes through its window."""
    plan = dressed(background, props=(), lighting=BLINDS)
    assert plan.added == ()
