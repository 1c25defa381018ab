"""Webhook receivers, reached through the guarded client only."""

from backlot.egress.client import GuardedClient
from services.conductor.webhooks import Answer


class Receiver:
    """Posts to addresses that sellers' servers gave; never into our own network."""

    def __init__(self, client: GuardedClient) -> None:
        self._client = client

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send one webhook; raises an egress or an unavailable error without an answer."""
        reply = self._client.send("POST", url, headers=headers, content=body)
        return Answer(reply.status, retry_after_s(reply.headers.get("retry-after")))


def retry_after_s(value: str | None) -> float | None:
    """Seconds of a Retry-After header given in seconds; dates and rubbish count as absent."""
    if value is None or not value.strip().isdigit():
        return None
    return float(value)
