"""`backlot eval`: judge what the line says and shows."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

eval_app = typer.Typer(no_args_is_help=True, help="Judge what the line writes.")


@eval_app.callback()
def evaluate() -> None:
    """Judge what the line writes."""


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
