"""Tries the shop window in a real Chromium against a real line; `make test-window`.

Names of test files as arguments run these alone.

Everything is real save the render worker, which draws flat pictures instead of starting Blender.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from backlot.embedded.line import repository
from backlot.embedded.redis_program import redis_command
from backlot.embedded.state import State, is_free
from backlot.embedded.supervise import Supervisor, programs
from backlot.line.scripting import open_scripts
from backlot.line.settings import LineSettings
from backlot.line.upkeep import Upkeep

HERE = Path(__file__).parent
READY_WITHIN_S = 180
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
NEEDED = ("caption", "refine", "match", "render")


def main() -> int:
    """Run the tests; 0 when all passed, or when there is no browser to run them in."""
    chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if chromium is None or shutil.which("node") is None:
        sys.stderr.write("\nSKIPPED: the window was NOT tried, Chromium or Node is missing.\n\n")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        state = State(Path(folder) / "state")
        port = _port()
        environment = {
            **state.environment(port, state.redis_port()),
            "BACKLOT_STATE": str(state.folder),
            "BACKLOT_URL": f"http://127.0.0.1:{port}",
            "CHROMIUM": chromium,
            "PYTHON": sys.executable,
        }
        supervisor = Supervisor(state, _commands(state, environment), environment)
        supervisor.start()
        try:
            _wait(environment)
            tests = sys.argv[1:] or sorted(str(path) for path in HERE.glob("*.test.mjs"))
            flags = ["--test", "--test-concurrency=1", "--test-reporter=spec"]
            return subprocess.call(["node", *flags, *tests], env=environment)  # noqa: S607
        finally:
            supervisor.stop()


def _port() -> int:
    return next(port for port in range(8700, 8800) if is_free(port))


def _commands(state: State, environment: dict[str, str]) -> dict[str, str]:
    named = programs(repository() / "Procfile", environment)
    celery = Path(sys.executable).parent / "celery"
    flat = named["render_worker"].replace("celery", f"env BACKLOT_ENGINES=fake {celery}", 1)
    return {"redis": redis_command(state, state.redis_port()), **named, "render_worker": flat}


def _wait(environment: dict[str, str]) -> None:
    settings = LineSettings(redis_url=environment["BACKLOT_REDIS_URL"], redis_retries=0)
    scripts = open_scripts(settings)
    upkeep = Upkeep(scripts, settings)
    for _ in range(READY_WITHIN_S * 2):
        try:
            workers = {stage.value for stage, load in upkeep.line().items() if load.workers}
            with urllib.request.urlopen(f"{environment['BACKLOT_URL']}/readyz", timeout=2):  # noqa: S310
                if workers >= set(NEEDED):
                    return
        except Exception as error:  # noqa: BLE001  # whatever is not up yet
            sys.stderr.write(f"waiting: {type(error).__name__}\n")
        time.sleep(0.5)
    sys.exit("the line did not start")


if __name__ == "__main__":
    sys.exit(main())
