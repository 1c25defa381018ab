"""`backlot line`: look after a running line."""

import typer
from rich.console import Console
from rich.progress import Progress

from backlot.api_keys import ApiKeys
from backlot.blobs.settings import BlobSettings, open_blobs
from backlot.cli.running import use_running_line
from backlot.line.rebuild import Rebuilder
from backlot.line.record import JobRecords
from backlot.line.retained import EndedJobs
from backlot.line.scripting import open_scripts
from backlot.line.settings import LineSettings

line_app = typer.Typer(no_args_is_help=True, help="Look after a line.")
console = Console()


@line_app.callback()
def line() -> None:
    """Look after a line."""


@line_app.command()
def rebuild() -> None:
    """Bring every unfinished job back from the object store after Redis was lost.

    Safe to repeat, and beside a line that works. Jobs that have ended are listed again; API keys
    and webhook endpoints come back too.
    """
    # Only API and conductor have what these need, and every image has this command line.
    from backlot.webhooks.endpoints import Endpoints  # noqa: PLC0415
    from backlot.webhooks.settings import WebhookSettings  # noqa: PLC0415

    use_running_line()
    settings = LineSettings()
    scripts, blobs = open_scripts(settings), open_blobs(BlobSettings())
    rebuilder = Rebuilder(blobs, JobRecords(scripts, settings), EndedJobs(scripts))
    keys = rebuilder.manifests()
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("manifests", total=len(keys))
        fates = rebuilder.rebuild(keys, lambda: bar.advance(task))
    others = {
        "API keys": ApiKeys(scripts, blobs).restore(),
        "webhook endpoints": Endpoints(scripts, blobs, WebhookSettings().sealer()).restore(),
    }
    told = [f"{count} {fate}" for fate, count in sorted(fates.items())]
    told += [f"{count} {name}" for name, count in others.items() if count]
    console.print(", ".join(told) or "nothing to bring back")
