"""`backlot feedback`: what sellers said, for evaluation."""

import sys

import typer

from backlot.blobs.settings import BlobSettings, open_blobs
from backlot.cli.running import use_running_line
from backlot.contracts.feedback import Feedback

feedback_app = typer.Typer(no_args_is_help=True, help="What sellers said of results.")
FOLDER = "feedback/"


@feedback_app.callback()
def feedback() -> None:
    """Show what sellers said of results."""


@feedback_app.command()
def export() -> None:
    """Write every word as a line of JSON, in the order of the jobs' ids."""
    use_running_line()
    blobs = open_blobs(BlobSettings())
    for key in blobs.keys(FOLDER):
        kept = Feedback.model_validate_json(blobs.get(key))
        sys.stdout.write(kept.model_dump_json() + "\n")
