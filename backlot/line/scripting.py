"""Redis as the line uses it: one client that rides out restarts, and the record's scripts."""

from collections.abc import Callable
from functools import lru_cache
from importlib import resources
from typing import Any

import redis
from redis.backoff import ExponentialBackoff
from redis.commands.core import Script
from redis.retry import Retry

from backlot.contracts.errors import UnavailableError
from backlot.line.lean import LeanScripts
from backlot.line.settings import LineSettings

SCRIPTS = (
    "create", "claim", "heartbeat", "commit", "defer", "fail", "cancel", "leave", "reap",
    "deadline", "due", "beat", "elect", "take_delivery", "settle_delivery", "replay_delivery",
    "admit", "take_upload", "line", "progress", "show", "list", "delete", "erasable", "retry",
    "trim", "adopt", "finished",
)  # fmt: skip

_AWAY = (redis.ConnectionError, redis.TimeoutError, redis.OutOfMemoryError, redis.ReadOnlyError)


@lru_cache
def _source(name: str) -> str:
    folder = resources.files("backlot.line") / "scripts"
    return (folder / "prelude.lua").read_text() + (folder / f"{name}.lua").read_text()


def connect(settings: LineSettings) -> "redis.Redis":
    """A thread-safe client, text in and out, that rides out a restart of some seconds."""
    return redis.Redis.from_url(
        settings.redis_url.get_secret_value(),
        decode_responses=True,
        socket_connect_timeout=2,
        socket_timeout=5,
        socket_keepalive=True,
        health_check_interval=25,
        retry=Retry(ExponentialBackoff(cap=1.0, base=0.05), settings.redis_retries),
        retry_on_error=[redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError],
    )


class Scripts:
    """The record's scripts on one Redis; says `UnavailableError` when it does not answer.

    Args:
        client: From `connect`.
        prefix: First part of every key.
    """

    def __init__(self, client: "redis.Redis", prefix: str) -> None:
        self.client = client
        self.prefix = prefix
        self._lean = LeanScripts(client)
        self._scripts: dict[str, Script] = {
            name: client.register_script(_source(name)) for name in SCRIPTS
        }

    def key(self, *parts: str) -> str:
        """A key of the record."""
        return ":".join((self.prefix, *parts))

    def run(self, name: str, *args: Any) -> Any:
        """Run one script; a script is atomic: it has happened as a whole or not at all."""
        return self.ask(lambda _: self._lean.run(self._scripts[name], self.prefix, args))

    def ask(self, question: Callable[["redis.Redis"], Any]) -> Any:
        """Run any command with the same outcome when Redis is away."""
        try:
            return question(self.client)
        except _AWAY as error:
            raise UnavailableError(f"the job record does not answer: {error}") from error


def open_scripts(settings: LineSettings) -> Scripts:
    """Connect and register."""
    return Scripts(connect(settings), settings.prefix)
