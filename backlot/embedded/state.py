"""The one folder an embedded line keeps everything in, and the settings that follow from it."""

import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backlot.contracts.errors import ConfigurationError


class State:
    """A folder with the secret, Redis' file, blobs, index, caches and logs.

    Args:
        folder: Made when missing; readable by its owner only.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in ("redis", "logs"):
            (self.folder / name).mkdir(exist_ok=True, mode=0o700)

    @property
    def logs(self) -> Path:
        """Where the programs' output goes."""
        return self.folder / "logs"

    @property
    def redis(self) -> Path:
        """Where Redis keeps its append-only file."""
        return self.folder / "redis"

    def secret(self) -> str:
        """The installation's secret, made at the first start."""
        path = self.folder / "secret"
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(32))
        return path.read_text().strip()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one line; a second one is told so."""
        with (self.folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ConfigurationError(
                    f"another line is running on {self.folder}; stop it or set BACKLOT_STATE"
                ) from error
            yield

    def redis_port(self) -> int:
        """The port of this line's Redis: the same at every start while it is free."""
        path = self.folder / "ports.json"
        if path.exists():
            port = int(json.loads(path.read_text())["redis"])
            if is_free(port):
                return port
        port = free_port()
        path.write_text(json.dumps({"redis": port}))
        return port

    def environment(self, port: int, redis_port: int) -> dict[str, str]:
        """What every program of the line is started with; set variables win, save the wiring."""
        secret = self.secret()
        defaults = {
            "BACKLOT_BLOBS": "folder",
            "BACKLOT_BLOBS_FOLDER": str(self.folder / "blobs"),
            "BACKLOT_QDRANT_FOLDER": str(self.folder / "qdrant"),
            "BACKLOT_CACHE": str(self.folder / "cache"),
            "BACKLOT_PUBLIC_URL": f"http://127.0.0.1:{port}",
            # Of each worker: on few cores torch threads mostly wait for each other.
            "BACKLOT_TORCH_THREADS": "1",
            "HF_HUB_OFFLINE": "1",
        }
        wiring = {
            "BACKLOT_PORT": str(port),
            "BACKLOT_REDIS_URL": f"redis://:{secret}@127.0.0.1:{redis_port}/0",
            "BACKLOT_SECRET": secret,
        }
        return {**defaults, **os.environ, **wiring}


def is_free(port: int) -> bool:
    """Whether a loopback port can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
