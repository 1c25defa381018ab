"""The starter library's 3D files, made beside the line: nobody waits for them."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec

from backlot.embedded.state import State

COMMAND = (sys.executable, "-m", "services.render_worker.catalog")
_STOP_WAIT_S = 10
_NICE = ("nice", "-n", "19")


def can_build() -> bool:
    """Whether what makes the files is installed; the line runs without them."""
    return find_spec("fast_simplification") is not None


@contextmanager
def models_being_made(state: State, environment: Mapping[str, str]) -> Iterator[None]:
    """Make the files that are missing while the block runs, on one core and behind everybody.

    What is not done when the block ends is made at the next start. A line of fakes has none.
    """
    if not can_build() or environment.get("BACKLOT_ENGINES") == "fake":
        yield
        return
    with (state.logs / "catalog.log").open("a") as log:
        process = subprocess.Popen(
            [*_NICE, *COMMAND, "--workers", "1"],
            env=dict(environment),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(_STOP_WAIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
