"""Starts the embedded line and says when it is ready."""

import os
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import redis
from pydantic import SecretStr

from backlot.contracts.errors import BacklotError, ConfigurationError, UnavailableError
from backlot.contracts.stages import Stage
from backlot.embedded.redis_program import redis_command
from backlot.embedded.renderer import without_renderer
from backlot.embedded.starter_models import models_being_made
from backlot.embedded.state import State, is_free
from backlot.embedded.supervise import Supervisor, programs
from backlot.line.scripting import open_scripts
from backlot.line.settings import LineSettings
from backlot.line.upkeep import Upkeep

READY_WITHIN_S = 180.0
NEEDED = (Stage.CAPTION, Stage.REFINE, Stage.MATCH)


class NotReadyError(BacklotError):
    """The line did not come up."""

    code = "not-ready"


def repository() -> Path:
    """The folder with the Procfile."""
    return Path(str(resources.files("backlot"))).parent


@contextmanager
def embedded_line(
    state: State,
    port: int,
    progress: Callable[[str], None],
    needed: tuple[Stage, ...] = NEEDED,
) -> Iterator[str]:
    """Run the line while the block runs; yields its address once it takes and does jobs.

    Args:
        state: The line's folder.
        port: Of the API, on loopback.
        progress: Told in words what is being waited for.
        needed: Stages that must have a worker first.
    """
    with state.locked():
        if not is_free(port):
            raise ConfigurationError(f"port {port} is taken; choose another with BACKLOT_PORT")
        redis_port = state.redis_port()
        environment = state.environment(port, redis_port)
        commands = {
            "redis": redis_command(state, redis_port),
            **without_renderer(programs(repository() / "Procfile", environment), environment),
        }
        supervisor = Supervisor(state, commands, environment)
        supervisor.start()
        try:
            address = f"http://127.0.0.1:{port}"
            redis_url = environment["BACKLOT_REDIS_URL"]
            _wait_until_ready(address, redis_url, supervisor, progress, needed)
            with models_being_made(state, environment):
                yield address
        finally:
            progress("stopping")
            supervisor.stop()


def _wait_until_ready(
    address: str,
    redis_url: str,
    supervisor: Supervisor,
    progress: Callable[[str], None],
    needed: tuple[Stage, ...],
) -> None:
    """Return once the API takes jobs and every stage a job needs has a worker."""
    settings = LineSettings(redis_url=SecretStr(redis_url), redis_retries=0)
    scripts = open_scripts(settings)
    upkeep = Upkeep(scripts, settings)
    deadline = time.monotonic() + READY_WITHIN_S
    try:
        while supervisor.alive and time.monotonic() < deadline:
            missing = _missing(address, upkeep, needed)
            if not missing:
                return
            progress("waiting for " + ", ".join(missing))
            time.sleep(0.25)
    finally:
        scripts.client.close()
    raise NotReadyError(f"the line did not start; see the logs in {supervisor.logs}")


def _missing(address: str, upkeep: Upkeep, needed: tuple[Stage, ...]) -> list[str]:
    """What is not there yet."""
    try:
        load = upkeep.line()
    except (UnavailableError, redis.ResponseError):  # away, or still reading its file
        return ["redis"]
    missing = [stage.value for stage in needed if not load[stage].workers]
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=2):  # noqa: S310  # our loopback
            return missing
    except OSError:
        return ["api", *missing]


def default_state() -> State:
    """The folder of BACKLOT_STATE, else `.state` in the repository."""
    return State(Path(os.environ.get("BACKLOT_STATE") or repository() / ".state"))
