"""The line's clock: Redis' own, for all times that another machine judges by."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from backlot.line.scripting import Scripts

Clock = Callable[[], float]
"""Gives Unix seconds."""


class LineClock:
    """Unix seconds as Redis has them, however wrong this machine's clock is.

    Between two readings it goes on by this machine's monotonic clock. It lags by the time that a
    reading takes and is never ahead, so that what ends now has ended for Redis too. Before the
    first reading it is this machine's own time.

    Args:
        scripts: Redis.
        monotonic: Seconds that only grow.
        own: Unix seconds as this machine has them.
    """

    def __init__(
        self, scripts: Scripts, monotonic: Clock = time.monotonic, own: Clock = time.time
    ) -> None:
        self._scripts = scripts
        self._monotonic = monotonic
        self._ahead = own() - monotonic()

    def __call__(self) -> float:
        """Unix seconds now; asks nobody."""
        return self._monotonic() + self._ahead

    def refresh(self) -> None:
        """Read Redis' clock; raises `UnavailableError`."""
        seconds, micros = self._scripts.ask(lambda client: client.time())
        self._ahead = seconds + micros / 1e6 - self._monotonic()


def moment(clock: Clock) -> datetime:
    """The same as a date."""
    return datetime.fromtimestamp(clock(), UTC)
