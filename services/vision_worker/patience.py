"""A watchdog for something that may never come back."""

import time
from collections.abc import Callable
from threading import Event, Thread

LOOKS = 10
"""How often within the limit the watchdog looks."""


class Patience:
    """Calls for help once something has been going on for too long.

    Args:
        limit_s: From when it is too long.
        give_up: Called once, from the watchdog's own thread.
    """

    def __init__(self, limit_s: float, give_up: Callable[[], object]) -> None:
        self._limit_s = limit_s
        self._give_up = give_up
        self._since: float | None = None
        self._stopped = Event()
        self._thread = Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()

    def start(self) -> None:
        """It begins now."""
        self._since = time.monotonic()

    def end(self) -> None:
        """It came back."""
        self._since = None

    def stop(self) -> None:
        """End the watchdog."""
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.wait(self._limit_s / LOOKS):
            since = self._since
            if since is not None and time.monotonic() - since > self._limit_s:
                self._give_up()
                return
