"""Starts the embedded line and says when it is ready."""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from backlot.contracts.errors import BacklotError, ConfigurationError
from backlot.embedded.redis_program import redis_command
from backlot.embedded.state import State, is_free
from backlot.embedded.supervise import Supervisor, programs

READY_WITHIN_S = 180.0
NEEDED = ("caption", "refine", "match")


class NotReadyError(BacklotError):
    """The line did not come up."""

    code = "not-ready"


def repository() -> Path:
    """The folder with the Procfile."""
    return Path(str(resources.files("backlot"))).parent


@contextmanager
def embedded_line(state: State, port: int, progress: Callable[[str], None]) -> Iterator[str]:
    """Run the line while the block runs; yields its address once it takes and does jobs.

    Args:
        state: The line's folder.
        port: Of the API, on loopback.
        progress: Told in words what is being waited for.
    """
    with state.locked():
        if not is_free(port):
            raise ConfigurationError(f"port {port} is taken; choose another with BACKLOT_PORT")
        redis_port = state.redis_port()
        environment = state.environment(port, redis_port)
        commands = {
            "redis": redis_command(state, redis_port),
            **programs(repository() / "Procfile", environment),
        }
        supervisor = Supervisor(state, commands, environment)
        supervisor.start()
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_ready(address, supervisor, state, progress)
            yield address
        finally:
            progress("stopping")
            supervisor.stop()


def _wait_until_ready(
    address: str, supervisor: Supervisor, state: State, progress: Callable[[str], None]
) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    missing: list[str] = ["api", *NEEDED]
    while time.monotonic() < deadline:
        if not supervisor.alive:
            break
        line = _ask(f"{address}/v1/line")
        if line is not None:
            stages = line["stages"]
            missing = [name for name in NEEDED if not stages[name]["workers"]]
            if not missing and _ask(f"{address}/readyz") is not None:
                return
        progress("waiting for " + ", ".join(missing))
        time.sleep(0.25)
    raise NotReadyError(f"{', '.join(missing)} did not start; see the logs in {state.logs}")


def _ask(url: str) -> dict[str, dict[str, dict[str, int]]] | None:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # our own loopback
            body: dict[str, dict[str, dict[str, int]]] = json.load(answer)
            return body
    except (urllib.error.URLError, OSError, ValueError):
        return None


def default_state() -> State:
    """The folder of BACKLOT_STATE, else `.state` in the repository."""
    return State(Path(os.environ.get("BACKLOT_STATE") or repository() / ".state"))
