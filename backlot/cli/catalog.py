"""`backlot catalog`: the starter library's 3D files, into the object store."""

import os
import subprocess
from typing import Annotated

import typer

from backlot.contracts.errors import MissingExtraError
from backlot.embedded.line import default_state
from backlot.embedded.starter_models import COMMAND, can_build


def catalog(
    workers: Annotated[int, typer.Option(help="Sets that are built at once.")] = os.cpu_count()
    or 1,
) -> None:
    """Build the GLB of every starter set that is not there yet; seconds, without Blender."""
    if not can_build():
        raise MissingExtraError("fast_simplification", "catalog")
    state = default_state()
    # No port is asked for anything here: the object store is all that is needed.
    environment = state.environment(port=8000, redis_port=0)
    built = subprocess.run([*COMMAND, "--workers", str(workers)], env=environment, check=False)
    raise typer.Exit(built.returncode)
