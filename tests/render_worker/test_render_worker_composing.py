"""Sets composed for a product: every setting, every size, in colours that set the product off."""

import numpy as np
import pytest
from render_builders import brief, support_below

from backlot.contracts.brief import LightingPlan, PalettePlan, Placement, Prop
from backlot.contracts.frozen import Swatch
from backlot.vocabulary import load_vocabulary
from backlot.vocabulary.colour import name_of
from backlot.vocabulary.harmony import hue_gap, lch_of
from services.render_worker.composing.compose import Composed, Wish, compose
from services.render_worker.composing.palette import LEAST_GAP, Bounds, colours_for, lightness_gap
from services.render_worker.composing.tables import choice_for
from services.render_worker.exposure import exposure_of_set
from services.render_worker.scene import Vec3
from services.render_worker.sets.builder import build
from services.render_worker.sets.stage import obstacles

WORDS = load_vocabulary()
SETTINGS = [
    term.id for facet in ("setting_studio", "setting_space") for term in WORDS.facets[facet].terms
]
LIGHTS = [term.id for term in WORDS.facets["lighting"].terms]
BOTTLE: Vec3 = (0.1, 0.2, 0.1)
SIZES: dict[str, Vec3] = {"ring": (0.02, 0.015, 0.02), "bottle": BOTTLE, "chair": (0.7, 1.0, 0.7)}
TERRACOTTA = (Swatch(hex="#b0603c", name="colour_name/terracotta", share=1.0),)


def prop(slug: str, placement: Placement = "behind-left") -> Prop:
    """A prop of a brief."""
    return Prop(term=f"props/{slug}", placement=placement, scale="smaller")


def composed(setting: str, size: Vec3 = BOTTLE, **changes: object) -> Composed:
    """A set for a terracotta product."""
    wish = Wish(brief(settings=(setting,), **changes), TERRACOTTA, size)
    return compose(wish, WORDS)


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_of_the_vocabulary_can_be_built(setting: str) -> None:
    """Products of three sizes fit the stage, stand on something, and have it to themselves."""
    assert choice_for(setting) is not None
    for size in SIZES.values():
        recipe = composed(setting, size, props=(prop("ceramic-vase"), prop("coffee-cup", "right")))
        stage = recipe.recipe.stage
        assert max(size[0], size[2]) <= min(stage.width_m, stage.depth_m)
        assert size[1] <= stage.height_m
        scene = build(recipe.recipe.plan)
        assert obstacles(scene, stage) == []
        x, y, z = stage.anchor
        floor = support_below(scene, x, z, y + 0.03)
        assert floor == pytest.approx(y, abs=0.006)


@pytest.mark.parametrize("light", LIGHTS)
def test_every_light_of_the_vocabulary_can_be_built(light: str) -> None:
    """The key light carries the word, and gobo lights have a gobo between sun and product."""
    plan = LightingPlan(types=(light,), direction="left", kelvin=5000, contrast="medium")
    recipe = composed("setting_studio/round-podium-set", lighting=plan).recipe
    assert recipe.plan.lights[0].type == light
    assert recipe.facets["lighting"] == {light.partition("/")[2]: 1.0}
    gobos = [part for part in recipe.plan.parts if part.part.endswith("_gobo")]
    wanted = light in {
        "lighting/dappled-light-through-leaves", "lighting/window-blind-shadow-patterns",
    }  # fmt: skip
    assert len(gobos) == wanted


def test_the_same_wish_gives_the_same_set() -> None:
    """A redelivered job finds what it made; another product's size is another set."""
    setting = "setting_studio/arch-and-stairs-set"
    assert composed(setting) == composed(setting)
    assert composed(setting).recipe.id != composed(setting, SIZES["chair"]).recipe.id


def test_a_studio_grows_with_its_product() -> None:
    """Stage and camera of a set for a chair are as much larger as the chair is."""
    small = composed("setting_studio/round-podium-set").recipe
    large = composed("setting_studio/round-podium-set", SIZES["chair"]).recipe
    ratio = large.stage.height_m / small.stage.height_m
    assert ratio == pytest.approx(5.0, rel=0.01)
    far = np.linalg.norm(large.plan.cameras[0].position)
    assert far / np.linalg.norm(small.plan.cameras[0].position) == pytest.approx(ratio, rel=0.01)


def test_a_large_product_stands_on_the_floor_of_a_room() -> None:
    """Rooms are as large as rooms are: the table makes way instead."""
    table = composed("setting_space/living-room").recipe
    floor = composed("setting_space/living-room", SIZES["chair"]).recipe
    assert any(part.part == "round_table" for part in table.plan.parts)
    assert not any(part.part == "round_table" for part in floor.plan.parts)
    assert floor.stage.anchor[1] < 0.05 < table.stage.anchor[1]


@pytest.mark.parametrize("product", ["#111111", "#7a7a7a", "#f4f4f4", "#b0603c", "#2a4d8f"])
def test_the_ground_stands_off_from_the_product(product: str) -> None:
    """At least 25 of lightness, whatever the product's own."""
    seen = (Swatch(hex=product, name=name_of(product), share=1.0),)
    colours = colours_for(brief(), seen, Bounds())
    assert lightness_gap(colours.ground, seen) >= LEAST_GAP - 0.6


def test_the_palette_follows_the_scheme_where_the_brief_names_no_colour() -> None:
    """Complementary: the ground's hue is opposite to the product's."""
    plan = PalettePlan(scheme="complementary", hexes=())
    colours = colours_for(brief(palette=plan, backdrop=()), TERRACOTTA, Bounds())
    gap = hue_gap(lch_of(colours.ground).hue, lch_of("#b0603c").hue)
    assert gap == pytest.approx(180, abs=8)


def test_the_briefs_own_colour_wins() -> None:
    """A sage palette is a sage set."""
    plan = PalettePlan(scheme="analogous", hexes=("#a9bfae",))
    colours = colours_for(brief(palette=plan, backdrop=()), TERRACOTTA, Bounds())
    assert hue_gap(lch_of(colours.ground).hue, lch_of("#a9bfae").hue) < 5


def test_words_are_those_of_what_is_there() -> None:
    """Name, caption and tags in two languages; a prop without a place is not spoken of."""
    recipe = composed(
        "setting_studio/wooden-tabletop",
        props=(prop("linen-napkin", "left"), prop("coin-or-ruler-for-scale", "right")),
        moods=("mood/calm-and-serene",),
    ).recipe
    assert set(recipe.facets["props"]) == {"linen-napkin"}
    assert "linen napkin" in recipe.caption.en
    assert "린넨" in recipe.caption.ko
    assert "ruler" not in recipe.caption.en
    assert recipe.facets["mood"] == {"calm-and-serene": 1.0}


def test_what_the_brief_avoids_is_not_put_in() -> None:
    """A prop that is to be avoided stays out."""
    plants = prop("potted-houseplant")
    recipe = composed(
        "setting_studio/round-podium-set", props=(plants,), avoid=(plants.term,)
    ).recipe
    assert "props" not in recipe.facets


@pytest.mark.parametrize(
    ("mean", "high", "wanted", "stops"),
    [(0.2, 0.5, 0.4, 0.91), (0.4, 0.8, 0.2, -1.0), (0.001, 0.01, 0.9, 1.8), (0.3, 0.99, 0.6, 0.0)],
)
def test_a_new_sets_exposure(mean: float, high: float, wanted: float, stops: float) -> None:
    """Towards the lightness it was designed with, never past its highlights nor without end."""
    assert exposure_of_set(mean, high, wanted) == pytest.approx(stops, abs=0.01)
