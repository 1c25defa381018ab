"""Makes the starter library's GLBs: `python -m services.render_worker.catalog`.

Without arguments they go to the object store that the settings name; what is there already is not
made again. ``--into FOLDER`` makes them ahead, for an image; ``--from FOLDER`` takes them from it.
"""

import argparse
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from backlot.blobs.settings import BlobSettings, open_blobs
from backlot.catalog import STARTER_FOLDER
from services.render_worker.adapters.model_shelf import (
    ModelShelf,
    as_jpeg,
    bake,
    baked_path,
    builder,
)
from services.render_worker.adapters.quadrics import simplify
from services.render_worker.adapters.recipes import read_recipes
from services.render_worker.sets.models import SetModel, digest_of, model_of
from services.render_worker.sets.recipe import Recipe

console = Console()
_TELL_EVERY = 24
"""Files after which the list is written, so that a build that is stopped goes on where it was."""


def made(recipes: Iterable[Recipe], workers: int) -> Iterator[tuple[Recipe, SetModel]]:
    """Yield sets with their files as they are done, several at a time."""
    waiting = list(recipes)
    if workers < 2 or len(waiting) < 2:  # noqa: PLR2004 - nothing to share
        yield from ((recipe, _made(recipe)) for recipe in waiting)
        return
    with ProcessPoolExecutor(workers) as pool:
        running = {pool.submit(_made, recipe): recipe for recipe in waiting}
        for done in as_completed(running):
            yield running[done], done.result()


def fill(shelf: ModelShelf, recipes: Iterable[Recipe], workers: int, progress: Progress) -> int:
    """Bring every set's file to the object store; returns how many were not there yet."""
    mark = builder()
    by_id = {recipe.id: recipe for recipe in recipes}
    wanted = {set_id: digest_of(recipe, mark) for set_id, recipe in by_id.items()}
    missing = shelf.lacks(wanted)
    task = progress.add_task("building sets", total=len(wanted), completed=len(wanted))
    progress.update(task, completed=len(wanted) - len(missing))
    fresh = []
    for set_id in missing:
        model = shelf.baked(wanted[set_id])
        if model is None:
            fresh.append(by_id[set_id])
            continue
        shelf.put(set_id, wanted[set_id], model)
        progress.advance(task)
    for number, (recipe, model) in enumerate(made(fresh, workers), start=1):
        shelf.put(recipe.id, wanted[recipe.id], model)
        progress.advance(task)
        if number % _TELL_EVERY == 0:
            shelf.tell(wanted)
    if missing or shelf.models.keys() != wanted.keys():
        shelf.tell(wanted)
        shelf.sweep()
    return len(missing)


def bake_all(folder: Path, recipes: Iterable[Recipe], workers: int, progress: Progress) -> int:
    """Make the files that a folder lacks; returns how many."""
    mark = builder()
    missing = [one for one in recipes if not baked_path(folder, digest_of(one, mark)).is_file()]
    task = progress.add_task("building sets", total=len(missing))
    for recipe, model in made(missing, workers):
        bake(folder, digest_of(recipe, mark), model)
        progress.advance(task)
    return len(missing)


def main() -> None:
    """Read the command line and make what is missing."""
    parser = argparse.ArgumentParser(prog="catalog", description=__doc__)
    parser.add_argument("--recipes", type=Path, default=STARTER_FOLDER / "recipes")
    parser.add_argument("--into", type=Path, help="make them ahead, into this folder")
    parser.add_argument("--from", dest="baked", type=Path, help="take what was made ahead")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    recipes = read_recipes(asked.recipes)
    with Progress(console=console) as progress:
        if asked.into:
            fresh = bake_all(asked.into, recipes, asked.workers, progress)
        else:
            shelf = ModelShelf(open_blobs(BlobSettings()), asked.baked)
            fresh = fill(shelf, recipes, asked.workers, progress)
    console.print(f"sets={len(recipes)} built={fresh}")


def _made(recipe: Recipe) -> SetModel:
    return model_of(recipe, simplify, as_jpeg)


if __name__ == "__main__":
    main()
