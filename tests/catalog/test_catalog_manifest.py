"""The starter library that ships: enough sets, well described, with pictures that fit."""

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backlot.catalog import load_starter, preview_path
from backlot.contracts.background import BackgroundAsset, BackgroundKind
from backlot.vocabulary.colour import delta_e, lab_of
from services.render_worker.adapters.pictures import measure_palette
from services.render_worker.adapters.recipes import read_recipes
from services.render_worker.sets.recipe import Recipe

CATALOG = Path(__file__).parents[2] / "catalog"
MOST_BYTES = 25_000
HANGUL = re.compile("[가-힣]")
RECIPES = {recipe.id: recipe for recipe in read_recipes(CATALOG / "recipes")}
STARTER = {asset.id: asset for asset in load_starter()}

every_set = pytest.mark.parametrize("asset", STARTER.values(), ids=STARTER)
every_recipe = pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)


def settings_of(kind: BackgroundKind) -> Counter[str]:
    """How many sets show each setting of a kind."""
    return Counter(
        term.term
        for asset in STARTER.values()
        if asset.kind == kind
        for term in asset.facets[f"setting_{kind}"]
    )


def test_there_are_enough_sets() -> None:
    """At least sixteen studio sets and eight spaces ship."""
    kinds = Counter(asset.kind for asset in STARTER.values())
    assert kinds[BackgroundKind.STUDIO] >= 16
    assert kinds[BackgroundKind.SPACE] >= 8


def test_reading_room_and_meeting_room_are_there() -> None:
    """The two spaces that were asked for by name can be recommended."""
    shown = settings_of(BackgroundKind.SPACE)
    assert shown["setting_space/reading-room"]
    assert shown["setting_space/meeting-room"]


def test_every_studio_setting_is_shown() -> None:
    """No studio setting of the vocabulary is without a set."""
    shown = settings_of(BackgroundKind.STUDIO)
    assert len(shown) == 20


@pytest.mark.parametrize(("facet", "least"), [("lighting", 15), ("mood", 18), ("style", 18)])
def test_sets_are_spread(facet: str, least: int) -> None:
    """The library shows many lights, moods and styles, not one look many times."""
    shown = {term.term for asset in STARTER.values() for term in asset.facets[facet]}
    assert len(shown) >= least


def test_manifest_and_recipes_hold_the_same_sets() -> None:
    """Every recipe is in the manifest and every starter set has its recipe."""
    assert set(STARTER) == set(RECIPES)


@every_recipe
def test_the_manifest_says_what_the_recipe_says(recipe: Recipe) -> None:
    """Changing a recipe without writing the manifest anew is noticed."""
    asset = STARTER[recipe.id]
    said = {
        facet: {term.term.partition("/")[2]: term.score for term in terms}
        for facet, terms in asset.facets.items()
        if facet != "colour_name"
    }
    assert said == recipe.facets
    assert (asset.kind, asset.name, asset.caption, asset.stage) == (
        recipe.kind,
        recipe.name,
        recipe.caption,
        recipe.stage,
    )
    assert [camera.name for camera in asset.cameras] == [c.name for c in recipe.plan.cameras]
    assert [light.type for light in asset.lights] == [light.type for light in recipe.plan.lights]


@every_set
def test_words_are_in_both_languages(asset: BackgroundAsset) -> None:
    """Names and captions are written in English and in Korean, a sentence or two long."""
    for text in (asset.name, asset.caption):
        assert not HANGUL.search(text.en)
        assert HANGUL.search(text.ko)
    assert 60 <= len(asset.caption.en) <= 260
    assert asset.caption.en.endswith(".")
    assert asset.caption.ko.endswith(".")


@every_set
def test_lights_are_among_the_facets(asset: BackgroundAsset) -> None:
    """A lighting term a set claims is one of the lights that really stand in it."""
    standing = {light.type for light in asset.lights}
    claimed = max(asset.facets["lighting"], key=lambda term: term.score).term
    assert claimed in standing


@every_set
def test_licence_comes_with_evidence(asset: BackgroundAsset) -> None:
    """Every set says under which terms it may be used and how that is known."""
    assert asset.licence.id == "Apache-2.0"
    assert asset.licence.evidence
    assert asset.source == "starter"


@every_set
def test_previews_are_there_and_small(asset: BackgroundAsset) -> None:
    """Every preview exists with the declared size and at most 25 kB; the first is the front."""
    assert asset.files.previews[0].view == "front"
    for preview in asset.files.previews:
        assert preview.key == f"catalog/previews/{asset.id}-{preview.view}.webp"
        path = preview_path(preview.key)
        assert path.stat().st_size <= MOST_BYTES
        with Image.open(path) as picture:
            assert picture.size == (preview.width, preview.height)


@every_set
def test_previews_show_something(asset: BackgroundAsset) -> None:
    """No preview is one flat colour, burnt out or black all over."""
    with Image.open(preview_path(asset.files.previews[0].key)) as picture:
        levels = np.asarray(picture.convert("L").resize((64, 48))).astype(int)
    assert np.ptp(levels) >= 25
    assert np.median(levels) < 250
    assert levels.max() > 40


@every_set
def test_the_palette_was_measured_in_the_preview(asset: BackgroundAsset) -> None:
    """The manifest's main colour is the main colour of the picture, and shares add up."""
    measured = measure_palette(preview_path(asset.files.previews[0].key))
    assert delta_e(lab_of(asset.palette[0].hex), lab_of(measured[0].hex)) < 4
    assert sum(swatch.share for swatch in asset.palette) == pytest.approx(1.0, abs=0.01)


def test_no_picture_lies_about() -> None:
    """The folder of previews holds the previews of the manifest and nothing else."""
    named = {preview_path(preview.key) for a in STARTER.values() for preview in a.files.previews}
    assert set((CATALOG / "previews").iterdir()) == named
