"""Webhook receivers, reached through the guarded client only."""

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from backlot.egress.client import GuardedClient
from services.conductor.webhooks import Answer


class Receiver:
    """Posts to addresses that sellers' servers gave; never into our own network.

    Args:
        client: Sends.
        clock: Unix seconds; what a date in Retry-After is compared with.
    """

    def __init__(self, client: GuardedClient, clock: Callable[[], float] = time.time) -> None:
        self._client = client
        self._clock = clock

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send one webhook; raises an egress or an unavailable error without an answer."""
        reply = self._client.send("POST", url, headers=headers, content=body)
        wait_s = retry_after_s(reply.headers.get("retry-after"), self._clock())
        return Answer(reply.status, wait_s)


def retry_after_s(value: str | None, now: float) -> float | None:
    """Seconds that a Retry-After header asks for, in either of its forms; rubbish is absent."""
    word = (value or "").strip()
    if word.isascii() and word.isdigit():
        return float(word)
    try:
        return max(0.0, parsedate_to_datetime(word).timestamp() - now)
    except ValueError:
        return None
