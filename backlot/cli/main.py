"""`backlot`: run the line, show what it does, look after it."""

import os
import signal
import socket
import threading
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from backlot.cli.backgrounds import backgrounds_app
from backlot.cli.catalog import catalog
from backlot.cli.contact_sheet import contact_sheet
from backlot.cli.evaluate import eval_app
from backlot.cli.feedback import feedback_app
from backlot.cli.keys import keys_app
from backlot.cli.line import line_app
from backlot.cli.shoot import shoot
from backlot.cli.webhooks import webhooks_app
from backlot.contracts.errors import BacklotError, MissingExtraError
from backlot.contracts.stages import Stage
from backlot.embedded.line import default_state, embedded_line
from backlot.line.scripting import open_scripts
from backlot.line.settings import LineSettings
from backlot.line.table import STAGES
from backlot.line.upkeep import CONDUCTOR, Upkeep

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(eval_app, name="eval")
app.add_typer(backgrounds_app, name="backgrounds")
app.add_typer(webhooks_app, name="webhooks")
app.add_typer(keys_app, name="keys")
app.command()(catalog)
app.command()(shoot)
app.command()(contact_sheet)
app.add_typer(line_app, name="line")
app.add_typer(feedback_app, name="feedback")
console = Console(stderr=True)
Port = Annotated[int, typer.Option(envvar="BACKLOT_PORT", help="Port of the API on loopback.")]


@app.callback()
def backlot() -> None:
    """Look at a product, find the 3D set that sells it best, shoot the picture."""


@app.command()
def run(port: Port = 8000) -> None:
    """Serve the whole line on this machine until Ctrl-C."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with (
        console.status("starting") as status,
        embedded_line(default_state(), port, status.update) as address,
    ):
        status.stop()
        console.print(f"[bold]Backlot is ready:[/] {address}   (Ctrl-C stops it)")
        stop.wait()


@app.command()
def demo(
    photo: Annotated[
        list[Path] | None, typer.Option(help="Your own photo instead of the samples.")
    ] = None,
    port: Port = 8000,
    report: Annotated[Path | None, typer.Option(help="Where the HTML report goes.")] = None,
) -> None:
    """Send photos through the real line and show what it recommends."""
    try:
        from backlot.cli.demo import run_demo  # noqa: PLC0415  # images have no demo extra
    except ModuleNotFoundError as error:
        raise MissingExtraError(str(error.name), "demo") from error
    run_demo(photo or [], port, report)


@app.command()
def healthy(
    what: Annotated[str, typer.Argument(help="A stage, or `conductor`.")],
) -> None:
    """Exit with 0 when a process of this host does this work; for container health checks."""
    settings = LineSettings()
    upkeep = Upkeep(open_scripts(settings), settings)
    service = CONDUCTOR if what == CONDUCTOR else STAGES[Stage(what)].service
    host = f"{service}@{socket.gethostname()}-"
    if not any(worker.startswith(host) for worker in upkeep.workers(what)):
        console.print(f"nobody on {socket.gethostname()} does {what}")
        raise typer.Exit(1)


def main() -> None:
    """Run the command line; a known error is one line, not a traceback."""
    try:
        app()
    except BacklotError as error:
        console.print(f"[red]backlot:[/] {error}")
        raise SystemExit(os.EX_CONFIG) from error
