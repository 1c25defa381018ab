"""Waits for a folder that one process alone may hold."""

import fcntl
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO, TypeVar

from backlot.contracts.errors import ConfigurationError

POLL_S = 0.25
LOCK = "lock"
Opened = TypeVar("Opened")


def opened_in_turn(opening: Callable[[], Opened], folder: Path, wait_s: float) -> Opened:
    """Open an embedded engine, waiting for another process to leave, as in a restart.

    Args:
        opening: Raises RuntimeError while another process holds the folder.
        folder: To name in errors.
        wait_s: How long to wait.

    Raises:
        ConfigurationError: Another process still holds the folder, or it cannot be read.
    """
    deadline = time.monotonic() + wait_s
    while True:
        try:
            return opening()
        except RuntimeError as error:
            if time.monotonic() >= deadline:
                raise ConfigurationError(
                    f"Another process holds the embedded index in {folder}: run exactly one "
                    "matcher process with it, or set BACKLOT_QDRANT_URL to use a Qdrant server."
                ) from error
        except (OSError, ValueError, sqlite3.Error) as error:
            raise ConfigurationError(
                f"The embedded index in {folder} cannot be read ({error}). It holds nothing that "
                "the background records do not: remove the folder and start again."
            ) from error
        time.sleep(POLL_S)


class FolderLock:
    """A folder that this process alone holds until it lets go, or ends.

    Args:
        folder: Made when it is not there.
        wait_s: How long to wait for another process.

    Raises:
        ConfigurationError: Another process still holds it, or it cannot be made.
    """

    def __init__(self, folder: Path, wait_s: float) -> None:
        self._file = opened_in_turn(lambda: _locked(folder), folder, wait_s)

    @property
    def held(self) -> bool:
        """Whether it was not let go yet."""
        return not self._file.closed

    def release(self) -> None:
        """Let go; the system does it for a process that ends."""
        self._file.close()


def _locked(folder: Path) -> TextIO:
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / LOCK).open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise RuntimeError(str(folder)) from error
    return file
