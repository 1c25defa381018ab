"""`backlot eval`: judge what the line says and shows."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

import typer

JUDGED = Path(__file__).resolve().parents[2] / "evaluation" / "ranking"
"""The judged products lie beside this package, in the repository."""

PRICES = Path(__file__).resolve().parents[2] / "services" / "matcher" / "data" / "exposure.yaml"
PHOTOS = Path(__file__).resolve().parents[2] / "samples"

eval_app = typer.Typer(no_args_is_help=True, help="Judge what the line sees and writes.")


@eval_app.callback()
def evaluate() -> None:
    """Judge what the line sees and writes."""


@eval_app.command()
def text(
    products: Annotated[int, typer.Option(min=2, help="How many made-up products.")] = 200,
    seed: Annotated[int, typer.Option(help="The same seed gives the same products.")] = 7,
    writer: Annotated[
        Literal["rules", "llm", "both"],
        typer.Option(help="Whose briefs; llm needs the BACKLOT_LM_ settings."),
    ] = "rules",
    out: Annotated[Path | None, typer.Option(help="Where the JSON result goes.")] = None,
) -> None:
    """Judge the briefs the refine stage writes over many made-up products."""
    command = [sys.executable, "-m", "services.lm_worker.evaluation"]
    options = [f"--products={products}", f"--seed={seed}", f"--writer={writer}"]
    if out is not None:
        options.append(f"--out={out}")
    # The shared package imports no service, so that the service judges itself in its own process.
    ended = subprocess.run([*command, *options], check=False)
    raise typer.Exit(ended.returncode)


@eval_app.command(
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def facets(context: typer.Context) -> None:
    """Judge what the caption stage sees on labelled photos; `--help` lists its options."""
    command = [sys.executable, "-m", "services.vision_worker.evaluation", *context.args]
    raise typer.Exit(subprocess.run(command, check=False).returncode)


@eval_app.command()
def ranking(
    half: Annotated[
        Literal["dev", "locked"],
        typer.Option(help="`dev` may be tuned on; `locked` is for the end."),
    ] = "dev",
    folder: Annotated[Path, typer.Option(help="Judged products.")] = JUDGED,
    captions: Annotated[
        Path | None,
        typer.Option(
            help="JSON lines of id, caption, request: as seen in photos, not from labels."
        ),
    ] = None,
    sweep: Annotated[int, typer.Option(min=0, help="How many made-up products; 0 for none.")] = 500,
    seed: Annotated[int, typer.Option(help="Of chance, everywhere.")] = 7,
    parts: Annotated[bool, typer.Option(help="Take the matcher's parts away one by one.")] = True,
    photos: Annotated[
        Path, typer.Option(help="Photos by product category, for the baseline that looks.")
    ] = PHOTOS,
    out: Annotated[Path | None, typer.Option(help="Where the JSON result goes.")] = None,
) -> None:
    """Judge which backgrounds the line recommends, beside simpler ways to choose them."""
    with TemporaryDirectory() as made:
        asked, briefs, swept = (Path(made) / name for name in ("asked", "briefs", "swept"))
        where = ["--folder", str(folder)]
        if captions is None:
            _run("matcher.evaluation", "cases", *where, half, str(asked))
        _run("lm_worker.evaluation.briefs", "--out", str(briefs), "--asked", str(captions or asked))
        options = [f"--seed={seed}", "--parts" if parts else "--no-parts"]
        if sweep:
            made_up = [f"--products={sweep}", f"--seed={seed}"]
            _run("lm_worker.evaluation.briefs", "--out", str(swept), *made_up)
            options.append(f"--sweep={swept}")
        if photos.is_dir():
            options.append(f"--photos={photos}")
        if out is not None:
            options.append(f"--out={out}")
        _run("matcher.evaluation", "ranking", *where, *options, half, str(briefs))


@eval_app.command()
def exposure(
    products: Annotated[int, typer.Option(min=2, help="How many made-up products.")] = 4000,
    seed: Annotated[int, typer.Option(help="Another one than the sweep's of `ranking`.")] = 11,
    share: Annotated[
        float, typer.Option(min=0.001, max=1, help="Of the products that are shown one set.")
    ] = 0.05,
    out: Annotated[Path, typer.Option(help="Where the prices go.")] = PRICES,
) -> None:
    """Find what sets pay for being shown too often; again when library or weights change."""
    with TemporaryDirectory() as made:
        swept = Path(made) / "swept"
        made_up = [f"--products={products}", f"--seed={seed}"]
        _run("lm_worker.evaluation.briefs", "--out", str(swept), *made_up)
        _run("matcher.evaluation", "exposure", f"--share={share}", str(swept), str(out))


def _run(module: str, *arguments: str) -> None:
    """Let a service judge itself in its own process; its failure is the command's."""
    command = [sys.executable, "-m", f"services.{module}", *arguments]
    ended = subprocess.run(command, check=False)
    if ended.returncode:
        raise typer.Exit(ended.returncode)
