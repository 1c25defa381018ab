"""Kombu's Redis transport, with one client per channel instead of one per command.

Kombu makes a new redis-py client for every publish, acknowledgement and note of an unacknowledged
message; building one costs more than the command. A client on the channel's own connection pool
is safe to keep: it takes a connection for each command.
"""

from functools import cached_property
from typing import Any

from kombu.transport import redis as kombu_redis


class Channel(kombu_redis.Channel):  # type: ignore[misc]  # Kombu has no types
    """A channel that keeps its client."""

    _kept: Any = None

    @cached_property
    def client(self) -> Any:
        """The client that waits for messages.

        Kombu's own property takes a lock at every look, six times a message; Python's is looked up
        no more once it is there, and is set and deleted alike.
        """
        return self._create_client(asynchronous=True)

    def _create_client(self, asynchronous: bool = False) -> Any:
        if asynchronous:
            return super()._create_client(asynchronous=True)
        if self._kept is None or self._kept.connection_pool is not self.pool:
            self._kept = super()._create_client()
        return self._kept


class Transport(kombu_redis.Transport):  # type: ignore[misc]  # as above
    """The Redis transport with such channels."""

    Channel = Channel
