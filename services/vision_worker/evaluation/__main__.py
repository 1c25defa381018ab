"""`python -m services.vision_worker.evaluation`: judge what is seen; wires, and only it."""

import os
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image
from rich.console import Console
from rich.progress import track

from backlot.contracts.errors import BacklotError, ConfigurationError
from backlot.encoder.profiles import EncoderSettings, open_image_encoders
from backlot.encoder.weights import stamp_of
from backlot.vocabulary import load_vocabulary
from services.vision_worker.adapters.mask_network import SHIPPED
from services.vision_worker.engines import calibrations_of, open_finder
from services.vision_worker.evaluation.cutouts import Shelf
from services.vision_worker.evaluation.judge import Bench, evaluate, fit, with_invariance
from services.vision_worker.evaluation.photos import Labelled, read_labels, read_photos, sampled
from services.vision_worker.evaluation.seeing import CUTOUT_SIDE, Gallery, Watched, Watcher, hang
from services.vision_worker.evaluation.show import line_of, others_of, table_of
from services.vision_worker.looker import CATEGORY
from services.vision_worker.settings import VisionSettings

MOST_SCENES = 4
WIDE = 168
console, messages = Console(), Console(stderr=True)


def judge_facets(
    *,
    photos: Annotated[Path, typer.Option(help="Folder with a MANIFEST.tsv.")],
    labels: Annotated[Path, typer.Option(help="TSV: set, label, category, accept.")],
    splits: Annotated[Path | None, typer.Option(help="TSV (path, split) or JSON object.")] = None,
    limit: Annotated[int | None, typer.Option(min=2, help="Photos of each part.")] = None,
    moved: Annotated[int, typer.Option(min=0, help="Photos for swapped backgrounds.")] = 24,
    scenes: Annotated[Path | None, typer.Option(help="Folder with backgrounds.")] = None,
    left_out: Annotated[str, typer.Option(help="Slugs in no training, by comma.")] = "",
    calibrate: Annotated[Path | None, typer.Option(help="Fit on dev; write this file.")] = None,
    precision: Annotated[float, typer.Option(min=0.5, max=0.99)] = 0.85,
    silent: Annotated[str, typer.Option(help="Facets not to be asked for, by comma.")] = "",
    cutouts: Annotated[Path | None, typer.Option(help="Keeps cut-outs for a next run.")] = None,
    seed: int = 7,
    out: Annotated[Path | None, typer.Option(help="Where the JSON result goes.")] = None,
) -> None:
    """Judge what is seen on labelled photos; fit a calibration first, if one is wanted."""
    vocabulary, settings = load_vocabulary(), EncoderSettings()
    encoders = open_image_encoders(settings)
    unseen = frozenset(f"{CATEGORY}/{slug}" for slug in _listed(left_out))
    bench = Bench(settings.profile, encoders, vocabulary, settings.cache, unseen, seed)
    calibrations = [c for c in calibrations_of(VisionSettings(), encoders) if not calibrate]
    found = list(read_photos(photos, read_labels(labels, vocabulary), splits))
    # What was in no training is a test, whatever part its photos would have been.
    found = [replace(o, part="test") if unseen.intersection(o.truths) else o for o in found]
    chosen = {
        part: sampled([one for one in found if one.part == part], limit, seed)
        for part in (("dev", "test") if calibrate else ("test",))
    }
    if bench.space and not all(chosen.values()):
        raise ConfigurationError(f"{photos} has no photos for {' and '.join(chosen)}.")
    finder = open_finder(VisionSettings())
    shelf = None if cutouts is None else Shelf(cutouts, _maker(VisionSettings()))
    with closing(Watcher(encoders, vocabulary, finder, shelf=shelf)) as watcher:
        if calibrate:
            fitted = fit(bench, _seen(watcher, chosen["dev"], "dev"), precision, _listed(silent))
            _write(calibrate, fitted.model_dump_json(indent=1))
            calibrations = [fitted]
        test = _seen(watcher, chosen["test"], "test")
        counts = {part: len(those) for part, those in chosen.items()}
        evaluation = evaluate(bench, calibrations, test, counts)
        if moved:
            named = [one for one in sampled(chosen["test"], 4 * moved, seed) if one.truths][:moved]
            places = [Image.open(path) for path in _pictures(scenes)]
            evaluation = with_invariance(evaluation, bench, calibrations, watcher, named, places)
    if out is not None:
        _write(out, evaluation.model_dump_json(indent=2))
    Console(width=max(console.width, WIDE)).print(table_of(evaluation), others_of(evaluation))
    console.print(line_of(evaluation), soft_wrap=True, markup=False, highlight=False)


def _maker(settings: VisionSettings) -> str:
    """What cut-outs depend on, beside the code around it."""
    weights = stamp_of([SHIPPED]) if settings.cutout_network == "own" and SHIPPED.exists() else ""
    return f"{settings.cutout_network} {weights} {CUTOUT_SIDE}"


def _seen(watcher: Watcher, photos: Sequence[Labelled], part: str) -> Gallery:
    """Look at photos, with a progress bar."""
    watched: Iterable[Watched] = track(
        watcher.watch(photos), part, total=len(photos), console=messages, transient=True
    )
    return hang(watched)


def _pictures(folder: Path | None) -> list[Path]:
    return [] if folder is None else sorted(folder.glob("*.jpg"))[:MOST_SCENES]


def _listed(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(",") if word.strip())


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")
    messages.print(f"written: {path}", soft_wrap=True)


def main() -> None:
    """Run it; a known error is one line, not a traceback."""
    try:
        typer.run(judge_facets)
    except BacklotError as error:
        messages.print(f"[red]backlot:[/] {error}")
        raise SystemExit(os.EX_CONFIG) from error


if __name__ == "__main__":
    main()
