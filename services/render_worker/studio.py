"""Makes the pictures that ship: `python -m services.render_worker.studio samples | previews`.

``manifest`` writes the catalog's manifest anew from the recipes and the previews that are there.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, TypeVar

from rich.progress import track

from backlot.contracts.background import BackgroundAsset, Preview
from services.render_worker.adapters.flat import render_flat
from services.render_worker.adapters.pictures import measure_palette, size_of, write_within
from services.render_worker.adapters.recipes import (
    read_recipes,
    read_shots,
    write_manifest,
    write_samples,
)  # fmt: skip
from services.render_worker.products.shot import SampleShot, dimensions_cm, shot_scene
from services.render_worker.renderer import Renderer
from services.render_worker.scene import Output
from services.render_worker.sets.builder import build
from services.render_worker.sets.manifest import asset_of
from services.render_worker.sets.recipe import Recipe

ROOT = Path(__file__).resolve().parents[2]
PREVIEW_SIZE = (640, 480)
PREVIEW_BYTES = 25_000
SAMPLE_BYTES = 120_000
_SAMPLE_SAMPLES = 24
_VIEW = "front"
_Made = TypeVar("_Made", Recipe, SampleShot)


def preview_key(recipe: Recipe) -> str:
    """Where the front preview of a starter set lies, from the root of the repository."""
    return f"catalog/previews/{recipe.id}-{_VIEW}.webp"


def make_preview(recipe: Recipe, render: Renderer, root: Path, samples: int | None) -> None:
    """Take and store the front preview of a set."""
    look = recipe.plan.look
    output = Output(*PREVIEW_SIZE, samples or look.samples, look.caustics)
    target = root / preview_key(recipe)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "picture.png"
        render(build(recipe.plan, _VIEW), output, raw)
        write_within(raw, target, PREVIEW_BYTES)


def make_sample(shot: SampleShot, render: Renderer, root: Path, samples: int | None) -> None:
    """Take and store a sample photo."""
    look = shot.plan.look
    output = Output(shot.width, shot.height, samples or _SAMPLE_SAMPLES, look.caustics)
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "picture.png"
        render(shot_scene(shot), output, raw)
        write_within(raw, root / "samples" / f"{shot.id}.jpg", SAMPLE_BYTES, shot.grain)


def describe(recipe: Recipe, root: Path) -> BackgroundAsset:
    """The record of a set whose preview is there."""
    key = preview_key(recipe)
    width, height = size_of(root / key)
    preview = Preview(view=_VIEW, key=key, width=width, height=height)
    return asset_of(recipe, build(recipe.plan), measure_palette(root / key), (preview,))


def manifest(root: Path) -> None:
    """Write the manifest out of all recipes; studio sets first, as their file names go."""
    recipes = sorted(read_recipes(root / "catalog" / "recipes"), key=lambda r: r.kind != "studio")
    assets = [describe(recipe, root) for recipe in track(recipes, "Measuring sets")]
    write_manifest(root / "catalog" / "manifest.yaml", assets)


def sample_row(shot: SampleShot) -> dict[str, object]:
    """What a client would say of a sample photo."""
    row: dict[str, object] = {
        "file": f"{shot.id}.jpg",
        "title": shot.title,
        "title_ko": shot.title_ko,
    }
    if shot.category:
        row["category"] = shot.category
    return {**row, "dimensions_cm": dimensions_cm(shot.product).model_dump()}


def chosen(made: Iterable[_Made], only: list[str]) -> list[_Made]:
    """Those asked for by name, or all."""
    return [one for one in made if not only or one.id in only]


def previews(render: Renderer, root: Path, only: list[str], samples: int | None) -> None:
    """Take previews, then write the manifest."""
    recipes = chosen(read_recipes(root / "catalog" / "recipes"), only)
    for recipe in track(recipes, "Shooting previews"):
        make_preview(recipe, render, root, samples)
    manifest(root)


def samples_(render: Renderer, root: Path, only: list[str], samples: int | None) -> None:
    """Take sample photos, then write what is known of them."""
    shots = read_shots(root / "samples" / "recipes")
    for shot in track(chosen(shots, only), "Shooting samples"):
        make_sample(shot, render, root, samples)
    write_samples(root / "samples" / "samples.yaml", [sample_row(shot) for shot in shots])


def renderer(name: Literal["cycles", "flat"]) -> Renderer:
    """The renderer of a name; raises MissingExtraError where Blender is not installed."""
    if name == "flat":
        return render_flat
    from services.render_worker.adapters.blender import render  # noqa: PLC0415 - needs the render extra

    return render


def main() -> None:
    """Read the command line and make what it asks for."""
    parser = argparse.ArgumentParser(prog="studio", description=__doc__)
    parser.add_argument("what", choices=["samples", "previews", "manifest"])
    parser.add_argument("--only", nargs="*", default=[], metavar="ID")
    parser.add_argument("--samples", type=int, help="paths per pixel in place of the recipe's")
    parser.add_argument("--renderer", choices=["cycles", "flat"], default="cycles")
    parser.add_argument("--root", type=Path, default=ROOT)
    asked = parser.parse_args()
    if asked.what == "manifest":
        manifest(asked.root)
        return
    jobs: dict[str, Callable[[Renderer, Path, list[str], int | None], None]] = {
        "samples": samples_,
        "previews": previews,
    }
    jobs[asked.what](renderer(asked.renderer), asked.root, asked.only, asked.samples)


if __name__ == "__main__":
    main()
