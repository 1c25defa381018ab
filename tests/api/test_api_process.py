import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from api_photos import small_png
from pydantic import SecretStr
from redis_server import RedisServer, free_port

from backlot.blobs.settings import BlobSettings
from backlot.contracts.errors import ConfigurationError
from backlot.line.settings import LineSettings
from services.api.app import wire
from services.api.settings import ApiSettings

SECRET = SecretStr("a secret for tests, long enough")


def until(holds: Callable[[], bool], patience_s: float = 30) -> bool:
    """Whether something comes true in time."""
    deadline = time.monotonic() + patience_s
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def process(
    redis_server: RedisServer, tmp_path: Path
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The API as it is run, and its address."""
    port = free_port()
    environment = {
        **os.environ,
        "BACKLOT_PORT": str(port),
        "BACKLOT_REDIS_URL": redis_server.url,
        "BACKLOT_PREFIX": f"p{port}",
        "BACKLOT_SECRET": SECRET.get_secret_value(),
        "BACKLOT_BLOBS_FOLDER": str(tmp_path / "blobs"),
    }
    command = [sys.executable, "-m", "services.api"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, env=environment) as running:
        url = f"http://127.0.0.1:{port}"
        assert until(lambda: _answers(url) or running.poll() is not None)
        yield running, url
        running.kill()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def children_of(process: subprocess.Popen[bytes]) -> list[int]:
    """The decoders of a running API."""
    tasks = Path(f"/proc/{process.pid}/task")
    return [int(pid) for task in tasks.iterdir() for pid in (task / "children").read_text().split()]


def is_gone(pid: int) -> bool:
    """Whether a process has ended, reaped or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in {"Z", "X"}
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_it_serves_and_leaves_no_child_behind(
    how: signal.Signals, process: tuple[subprocess.Popen[bytes], str]
) -> None:
    """`python -m services.api` takes a photo; however it ends, its decoders end with it."""
    running, url = process
    answer = httpx.post(f"{url}/v1/jobs", files={"photo": small_png()}, trust_env=False)
    assert answer.status_code == 202
    children = children_of(running)
    assert len(children) == 2
    running.send_signal(how)
    assert until(lambda: running.poll() is not None)
    assert until(lambda: all(is_gone(pid) for pid in children))


@pytest.mark.parametrize(
    "settings",
    [
        ApiSettings(host="0.0.0.0", secret=SECRET),  # noqa: S104  # what is tested
        ApiSettings(api_keys=SecretStr("nonsense"), secret=SECRET),
        ApiSettings(secret=SecretStr("short")),
        ApiSettings(egress_allow="nonsense", secret=SECRET),
    ],
    ids=["open to others", "malformed keys", "short secret", "malformed networks"],
)
def test_settings_that_make_no_sense_stop_the_start(settings: ApiSettings, tmp_path: Path) -> None:
    """Rather no API than one that is open, forgeable or reaches inside."""
    blobs = BlobSettings(blobs_folder=tmp_path, secret=SECRET)
    with pytest.raises(ConfigurationError):
        wire(settings, LineSettings(), blobs)
