"""`make catalog`: every set's GLB is made once, and made anew when its recipe changes."""

from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress

from backlot.blobs.memory import MemoryStore
from backlot.catalog import load_starter
from backlot.starter_models import read_models, with_models
from services.render_worker.adapters.model_shelf import ModelShelf, bake, baked_path
from services.render_worker.adapters.recipes import read_recipes
from services.render_worker.catalog import fill
from services.render_worker.sets.models import SetModel
from services.render_worker.sets.recipe import Recipe

IDS = ("white-cyclorama-softbox", "coral-paper-hard-sun")
RECIPES = [
    recipe
    for recipe in read_recipes(Path(__file__).parents[2] / "catalog" / "recipes")
    if recipe.id in IDS
]


@pytest.fixture
def store() -> MemoryStore:
    """An object store with nothing in it."""
    return MemoryStore()


def build(store: MemoryStore, recipes: list[Recipe], baked: Path | None = None) -> int:
    """What `make catalog` does; returns how many files were not there."""
    with Progress(console=Console(quiet=True)) as progress:
        return fill(ModelShelf(store, baked), recipes, 1, progress)


def test_files_are_made_once(store: MemoryStore) -> None:
    """The second run finds everything there."""
    assert build(store, RECIPES) == 2
    before = {key: store.get(key) for key in store.keys("library/starter/")}
    assert build(store, RECIPES) == 0
    assert before == {key: store.get(key) for key in store.keys("library/starter/")}


def test_a_changed_recipe_is_made_anew_and_its_old_file_goes(store: MemoryStore) -> None:
    """Only that one; the other keeps its file."""
    build(store, RECIPES)
    old = read_models(store)
    changed = RECIPES[0].model_copy(update={"version": 2})
    assert build(store, [changed, RECIPES[1]]) == 1
    new = read_models(store)
    assert new[RECIPES[1].id] == old[RECIPES[1].id]
    assert not store.exists(old[RECIPES[0].id].key)
    assert store.get(new[RECIPES[0].id].key).startswith(b"glTF")


def test_a_set_that_is_gone_is_not_listed(store: MemoryStore) -> None:
    """Its file goes with it."""
    build(store, RECIPES)
    build(store, RECIPES[:1])
    assert list(read_models(store)) == [RECIPES[0].id]
    assert sum(key.endswith(".glb") for key in store.keys("library/starter/")) == 1


def test_a_file_that_was_lost_is_made_again(store: MemoryStore) -> None:
    """The list alone is not believed."""
    build(store, RECIPES)
    lost = read_models(store)[IDS[0]].key
    store.delete(lost)
    assert build(store, RECIPES) == 1
    assert store.exists(lost)


def test_what_an_image_was_built_with_is_taken_from_it(store: MemoryStore, tmp_path: Path) -> None:
    """A file that was made ahead is stored as it is."""
    from services.render_worker.adapters.model_shelf import builder
    from services.render_worker.sets.models import digest_of

    digest = digest_of(RECIPES[0], builder())
    bake(tmp_path, digest, SetModel(b"glTF made ahead", 12))
    assert baked_path(tmp_path, digest).is_file()
    assert build(store, RECIPES[:1], tmp_path) == 1
    model = read_models(store)[RECIPES[0].id]
    assert store.get(model.key) == b"glTF made ahead"
    assert model.triangles == 12


def test_the_library_shows_the_files_there_are(store: MemoryStore) -> None:
    """A set without a file yet stays as it was."""
    build(store, RECIPES[:1])
    shown = {asset.id: asset for asset in with_models(load_starter(), read_models(store))}
    model = read_models(store)[RECIPES[0].id]
    assert shown[RECIPES[0].id].files.glb == model.key
    assert shown[RECIPES[0].id].bytes == model.bytes == len(store.get(model.key))
    assert shown[RECIPES[1].id].files.glb is None
