"""Log lines that are written together: what is routine a moment later, what is wrong at once.

A line written by itself wakes whoever reads the other end: four lines a job cost a supervisor as
much time as a stage's claim and commit cost a worker.
"""

import atexit
import threading
from collections import deque
from contextlib import suppress
from typing import Any, TextIO

APART_S = 0.1


class LateLines:
    """A structlog logger. A process that is killed loses its last routine lines, nothing else.

    Args:
        stream: Where lines go.
        apart_s: How long a routine line may wait for others.
    """

    def __init__(self, stream: TextIO, apart_s: float = APART_S) -> None:
        self._stream = stream
        self._apart_s = apart_s
        self._lines: deque[str] = deque()
        self._turn = threading.Lock()
        self._came = threading.Event()
        self._ended = threading.Event()
        threading.Thread(target=self._write_later, name="log", daemon=True).start()
        atexit.register(self._end)

    def __call__(self, *_: Any) -> "LateLines":
        """Be the logger of everybody, as structlog asks of its factories."""
        return self

    def info(self, line: str) -> None:
        """Write soon."""
        self._lines.append(line)
        if not self._came.is_set():
            self._came.set()

    debug = info

    def error(self, line: str) -> None:
        """Write now, after everything that came before."""
        self._lines.append(line)
        self._write_out()

    warning = error
    critical = error

    def _write_out(self) -> None:
        with self._turn:
            ready = [self._lines.popleft() for _ in range(len(self._lines))]
            # A log that nobody reads any more must not end the one who writes it.
            with suppress(OSError, ValueError):
                if ready:
                    self._stream.write("\n".join(ready) + "\n")
                    self._stream.flush()

    def _write_later(self) -> None:
        while self._came.wait() and not self._ended.wait(self._apart_s):
            self._came.clear()
            self._write_out()

    def _end(self) -> None:
        self._ended.set()
        self._write_out()
