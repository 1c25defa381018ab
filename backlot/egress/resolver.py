"""Names to addresses through the system's resolver, which itself knows no time limit."""

import queue
import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import ip_address

from backlot.egress.addresses import Address
from backlot.egress.errors import EgressFailedError

Resolver = Callable[[str, int], Sequence[Address]]
"""Host name and port to addresses; raises `EgressFailedError`."""

_MAX_LOOKUPS = 32


class SystemResolver:
    """Asks `getaddrinfo` in a thread of its own and stops waiting when the time is over.

    Args:
        timeout_s: For one lookup.
    """

    def __init__(self, timeout_s: float = 5.0) -> None:
        self._timeout_s = timeout_s
        # A lookup that hangs keeps its thread; the count of such threads stays bounded.
        self._free = threading.BoundedSemaphore(_MAX_LOOKUPS)

    def __call__(self, host: str, port: int) -> Sequence[Address]:
        """Every address of the host, each once, in the system's order."""
        if not self._free.acquire(timeout=self._timeout_s):
            raise EgressFailedError("dns", "Too many host names are being looked up.")
        answers: queue.SimpleQueue[Sequence[Address] | OSError] = queue.SimpleQueue()

        def look_up() -> None:
            try:
                answers.put(_look_up(host, port))
            except OSError as error:
                answers.put(error)
            finally:
                self._free.release()

        threading.Thread(target=look_up, name=f"resolve-{host}", daemon=True).start()
        try:
            answer = answers.get(timeout=self._timeout_s)
        except queue.Empty:
            raise EgressFailedError("dns", f"{host} was not resolved in time.") from None
        if isinstance(answer, OSError):
            raise EgressFailedError("dns", f"{host} cannot be resolved.") from answer
        return answer


def _look_up(host: str, port: int) -> Sequence[Address]:
    # As bytes, so that Python does not encode the name a second time by its older rules.
    found = socket.getaddrinfo(host.encode("ascii"), port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(ip_address(entry[4][0]) for entry in found))
