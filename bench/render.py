"""`make bench-render`: seconds and memory of a picture, by set, quality and device.

Each picture goes through the worker's own darkroom: the warm Blender process, the set built, the
product placed and measured, the picture, its mask and its neutral reference. The product is a
sample model. On a machine that does other things the seconds say little; the processor's do.
`BACKLOT_RENDER_PYTHON` names the Python with bpy where it is not this one.

The last line holds the figures as key=value.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from backlot.catalog import STARTER_FOLDER
from backlot.contracts.render import Quality, ShotWishes
from services.render_worker.adapters.darkroom import BlenderDarkroom
from services.render_worker.adapters.process import Limits
from services.render_worker.adapters.recipes import read_recipes
from services.render_worker.adapters.store import sha256_of
from services.render_worker.finishing import finish
from services.render_worker.settings import RenderSettings
from services.render_worker.shots import NoRoomError, Order, Subject, plan_shot
from services.render_worker.sizing import size_of_model

console = Console()
MODELS = Path(__file__).parents[1] / "samples" / "models"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--product", default="tumbler", help="a sample model")
    parser.add_argument("--quality", nargs="*", default=["draft", "final"])
    parser.add_argument("--sets", nargs="*", default=[], help="ids; without it: all")
    parser.add_argument("--every", type=int, default=1, help="only each n-th set, for short tries")
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda", "optix"])
    return parser.parse_args()


def p95(values: list[float]) -> float:
    """The value that 95 of 100 stay below."""
    return sorted(values)[min(round(0.95 * len(values)), len(values) - 1)]


def main() -> None:
    """Measure and print."""
    asked = arguments()
    settings = RenderSettings()
    darkroom = BlenderDarkroom(settings.render_python, asked.device, Limits())
    started = time.perf_counter()
    darkroom.start()
    start_s = time.perf_counter() - started
    recipes = read_recipes(STARTER_FOLDER / "recipes")
    chosen = [recipe for recipe in recipes if not asked.sets or recipe.id in asked.sets]
    chosen = chosen[:: asked.every]
    product = MODELS / f"{asked.product}.glb"
    facts = darkroom.inspect(product)
    subject = Subject(sha256_of(product), size_of_model(facts, None), facts)
    figures = [f"start_s={start_s:.2f}", f"sets={len(chosen)}", f"cores={os.cpu_count()}"]
    peak_mb = 0.0
    for quality in asked.quality:
        word: Quality = "final" if quality == "final" else "draft"
        seconds, work, failed = [], [], 0
        table = Table(
            "set", "size", "samples", "s", "CPU s", "peak MB", "failed checks", title=quality
        )
        for recipe in track(chosen, f"Shooting {quality}s", console=console):
            try:
                shot = plan_shot(recipe, "hero", subject, Order(word, ShotWishes()))
            except NoRoomError as error:
                console.print(f"{recipe.id}: no room, {error}")
                continue
            with tempfile.TemporaryDirectory() as folder:
                begun = time.perf_counter()
                taken = darkroom.shoot(shot, product, Path(folder))
                checks = finish(shot, taken, Path(folder), product).checks
                seconds.append(time.perf_counter() - begun)
            bad = [check.name for check in checks if not check.passed]
            failed += bool(bad)
            work.append(taken.cpu_s)
            console.print(f"{recipe.id}: {seconds[-1]:.1f} s, {taken.cpu_s:.1f} CPU s")
            peak_mb = max(peak_mb, taken.peak_mb)
            table.add_row(
                recipe.id, f"{shot.width}x{shot.height}", str(shot.samples),
                f"{seconds[-1]:.1f}", f"{work[-1]:.1f}", f"{taken.peak_mb:.0f}", ", ".join(bad),
            )  # fmt: skip
        console.print(table)
        figures += [
            f"{quality}_median_s={statistics.median(seconds):.1f}",
            f"{quality}_p95_s={p95(seconds):.1f}",
            f"{quality}_median_cpu_s={statistics.median(work):.1f}",
            f"{quality}_flagged={failed}",
        ]
    darkroom.close()
    print(*figures, f"peak_mb={peak_mb:.0f}")


if __name__ == "__main__":
    main()
