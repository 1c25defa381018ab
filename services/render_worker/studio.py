"""Makes what ships: `python -m services.render_worker.studio samples | previews | models`.

``models`` writes the sample products as GLBs with baked textures.
``manifest`` writes the catalog's manifest anew from the recipes and the previews that are there.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
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
from services.render_worker.products import PRODUCTS
from services.render_worker.products.shot import SampleShot, dimensions_cm, shot_scene
from services.render_worker.renderer import Renderer
from services.render_worker.scene import Output
from services.render_worker.sets.builder import build
from services.render_worker.sets.manifest import asset_of
from services.render_worker.sets.recipe import Recipe

ROOT = Path(__file__).resolve().parents[2]
FRONT = "front"
FRONT_SIZE, OTHER_SIZE = (576, 432), (400, 300)
"""Of previews, pixels: a set is chosen by its front view, the others are looked at beside it."""
_PREVIEW_SAMPLES, _PREVIEW_BOUNCES = 6, 6
PREVIEW_BYTES = 25_000
SAMPLE_BYTES = 120_000
TEXTURE_PX = 512
_SAMPLE_SAMPLES = 24
_Made = TypeVar("_Made", Recipe, SampleShot)


def views_of(recipe: Recipe) -> tuple[str, ...]:
    """The cameras of a set by name, as its previews are named; the first is ``front``."""
    return tuple(camera.name for camera in recipe.plan.cameras)


def preview_key(recipe: Recipe, view: str) -> str:
    """Where one preview of a starter set lies, from the root of the repository."""
    return f"catalog/previews/{recipe.id}-{view}.webp"


def make_preview(
    recipe: Recipe, view: str, render: Renderer, root: Path, samples: int | None
) -> None:
    """Take and store one preview of a set."""
    look = recipe.plan.look
    size = FRONT_SIZE if view == FRONT else OTHER_SIZE
    paths = samples or _PREVIEW_SAMPLES
    output = Output(*size, paths, look.caustics, bounces=_PREVIEW_BOUNCES)
    target = root / preview_key(recipe, view)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "picture.png"
        render(build(recipe.plan, view), output, raw)
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
    """The record of a set whose previews are there, the front one at least."""
    shot = [
        (view, key)
        for view in views_of(recipe)
        for key in [preview_key(recipe, view)]
        if view == FRONT or (root / key).is_file()
    ]
    previews = tuple(
        Preview(view=view, key=key, width=width, height=height)
        for view, key in shot
        for width, height in [size_of(root / key)]
    )
    palette = measure_palette(root / preview_key(recipe, FRONT))
    return asset_of(recipe, build(recipe.plan), palette, previews)


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


def previews(
    render: Renderer, root: Path, only: list[str], samples: int | None, *, missing: bool = False
) -> None:
    """Take previews, then write the manifest.

    Args:
        render: The renderer.
        root: Of the repository.
        only: Ids; empty is all.
        samples: Paths per pixel in place of the recipes'.
        missing: Leave pictures that are there.
    """
    shots = [
        (recipe, view)
        for recipe in chosen(read_recipes(root / "catalog" / "recipes"), only)
        for view in views_of(recipe)
        if not (missing and (root / preview_key(recipe, view)).is_file())
    ]
    shots.sort(key=lambda shot: shot[1] != FRONT)
    for recipe, view in track(shots, "Shooting previews"):
        make_preview(recipe, view, render, root, samples)
    manifest(root)


def samples_(render: Renderer, root: Path, only: list[str], samples: int | None) -> None:
    """Take sample photos, then write what is known of them."""
    shots = read_shots(root / "samples" / "recipes")
    for shot in track(chosen(shots, only), "Shooting samples"):
        make_sample(shot, render, root, samples)
    write_samples(root / "samples" / "samples.yaml", [sample_row(shot) for shot in shots])


def models(root: Path, only: list[str]) -> None:
    """Write the sample products as a scanning app would hand them over."""
    from services.render_worker.adapters.blender.exporting import export_glb  # noqa: PLC0415 - needs the render extra

    folder = root / "samples" / "models"
    folder.mkdir(parents=True, exist_ok=True)
    for name in track([name for name in PRODUCTS if not only or name in only], "Exporting"):
        export_glb(PRODUCTS[name](), folder / f"{name}.glb", TEXTURE_PX)


def renderer(name: Literal["cycles", "flat"]) -> Renderer:
    """The renderer of a name; raises MissingExtraError where Blender is not installed."""
    if name == "flat":
        return render_flat
    from services.render_worker.adapters.blender import render  # noqa: PLC0415 - needs the render extra

    return render


def main() -> None:
    """Read the command line and make what it asks for."""
    parser = argparse.ArgumentParser(prog="studio", description=__doc__)
    parser.add_argument("what", choices=["samples", "previews", "manifest", "models"])
    parser.add_argument("--only", nargs="*", default=[], metavar="ID")
    parser.add_argument("--samples", type=int, help="paths per pixel in place of the recipe's")
    parser.add_argument("--missing", action="store_true", help="leave previews that are there")
    parser.add_argument("--renderer", choices=["cycles", "flat"], default="cycles")
    parser.add_argument("--root", type=Path, default=ROOT)
    asked = parser.parse_args()
    if asked.what == "manifest":
        manifest(asked.root)
        return
    if asked.what == "models":
        models(asked.root, asked.only)
        return
    jobs: dict[str, Callable[[Renderer, Path, list[str], int | None], None]] = {
        "samples": samples_,
        "previews": partial(previews, missing=asked.missing),
    }
    jobs[asked.what](renderer(asked.renderer), asked.root, asked.only, asked.samples)


if __name__ == "__main__":
    main()
