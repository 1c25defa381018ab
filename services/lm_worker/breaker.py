"""Gives a failing endpoint a rest: after some failures in a row, one careful call now and then."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from backlot.contracts.errors import PermanentStageError
from services.lm_worker.errors import LlmPausedError

log = structlog.get_logger()
PROBE_EVERY_S = 1.0
# Jobs that insist on the model come back after this; between them they make one call a second.
REST_S = 30.0


class Breaker:
    """Closed, it counts failures in a row; open, it lets one probe through at a time.

    Shared by the threads of a process. What counts as failure is anything but an answer: errors
    that say the endpoint is well and only this request was not (`PermanentStageError`) count as
    success.

    Args:
        failures: In a row, until it opens.
        clock: Seconds that only grow.
    """

    def __init__(self, failures: int = 5, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = failures
        self._clock = clock
        self._lock = threading.Lock()
        self._in_a_row = 0
        self._is_open = False
        self._probe: object | None = None
        self._next_probe_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether calls are held back."""
        return self._is_open

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Let one call through and note how it ends; raises `LlmPausedError` if it must wait."""
        ticket = object()
        if not self._admits(ticket):
            detail = "The language model failed repeatedly and is given a rest."
            raise LlmPausedError("llm-paused", detail, REST_S)
        try:
            yield
        except PermanentStageError:
            self._ended(ticket, well=True)
            raise
        except BaseException:
            self._ended(ticket, well=False)
            raise
        self._ended(ticket, well=True)

    def _admits(self, ticket: object) -> bool:
        with self._lock:
            if not self._is_open:
                return True
            now = self._clock()
            if self._probe is not None or now < self._next_probe_at:
                return False
            self._probe = ticket
            self._next_probe_at = now + PROBE_EVERY_S
            return True

    def _ended(self, ticket: object, *, well: bool) -> None:
        with self._lock:
            if self._probe is ticket:
                self._probe = None
            if well:
                self._in_a_row = 0
                if self._is_open:
                    self._is_open = False
                    log.info("lm_breaker_closed")
                return
            self._in_a_row += 1
            if not self._is_open and self._in_a_row >= self._most:
                self._is_open = True
                self._next_probe_at = self._clock() + PROBE_EVERY_S
                log.warning("lm_breaker_opened", failures=self._in_a_row)
