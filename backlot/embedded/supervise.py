"""Runs the Procfile's programs under supervisord, which starts again what falls over."""

import os
import shlex
import signal
import string
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from backlot.embedded.state import State

STOP_WAIT_S = 20
"""A worker may finish what it is doing for this long; then the record brings the job back."""
WORKERS_NICE = 19
"""On a machine that all programs share, answering a client goes before working through a queue."""


def programs(procfile: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Name and command of every program, with variables filled in."""
    rows = [line.partition(":") for line in procfile.read_text().splitlines() if line.strip()]
    return {
        name.strip(): string.Template(command.strip()).substitute(environment)
        for name, _, command in rows
        if not name.startswith("#")
    }


def configuration(state: State, commands: Mapping[str, str]) -> str:
    """A supervisord configuration for these programs; redis first."""
    parts = [
        "[supervisord]",
        "nodaemon=true",
        f"logfile={state.logs}/supervisord.log",
        f"pidfile={state.folder}/supervisord.pid",
        "logfile_maxbytes=5MB",
        "logfile_backups=1",
    ]
    for rank, (name, command) in enumerate(commands.items()):
        parts += [
            f"[program:{name}]",
            f"command={_with_python(command).replace('%', '%%')}",
            f"priority={rank}",
            "autorestart=true",
            "startsecs=2",
            "startretries=20",
            f"stopwaitsecs={STOP_WAIT_S}",
            "stopasgroup=false",
            "killasgroup=true",
            "redirect_stderr=true",
            f"stdout_logfile={state.logs}/{name}.log",
            "stdout_logfile_maxbytes=5MB",
            "stdout_logfile_backups=1",
        ]
    return "\n".join(parts) + "\n"


def _with_python(command: str) -> str:
    """Take programs of this environment from beside this Python, and let workers stand back."""
    words = shlex.split(command)
    nice = ["nice", "-n", str(WORKERS_NICE)] if words[0] == "celery" else []
    beside = Path(sys.executable).parent / words[0]
    if beside.exists():
        words[0] = str(beside)
    return shlex.join([*nice, *words])


class Supervisor:
    """One supervisord with the line's programs."""

    def __init__(
        self, state: State, commands: Mapping[str, str], environment: Mapping[str, str]
    ) -> None:
        self._state = state
        self._commands = commands
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start everything; returns at once."""
        path = self._state.folder / "supervisord.conf"
        path.write_text(configuration(self._state, self._commands))
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "backlot.embedded.leash"),
                *(sys.executable, "-W", "ignore", "-m", "supervisor.supervisord", "-c", str(path)),
            ],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def logs(self) -> Path:
        """Where the programs' output goes."""
        return self._state.logs

    @property
    def alive(self) -> bool:
        """Whether supervisord is still there."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stop everything in order and wait for it."""
        if self._process is None:
            return
        if self.alive:
            os.kill(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(STOP_WAIT_S + 10)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()  # waits, and lets go of the leash
        self._process = None
