"""Waking those who follow a job: one subscription per API process, one event each."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator
from typing import Self

import redis.asyncio as aioredis
import structlog
from redis.asyncio.client import PubSub
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from backlot.line.settings import LineSettings

log = structlog.get_logger()
_Followers = defaultdict[str, set[asyncio.Event]]
_AWAY = (RedisConnectionError, RedisTimeoutError, OSError)


class Changes:
    """Tells followers that a job may have ended or moved; a hint too: read the record to know.

    Most followers wait for ends, which come over a channel of their own; the one that carries
    every change is listened to only while somebody watches.

    Use as an async context manager in the process' lifespan.
    """

    def __init__(self, settings: LineSettings) -> None:
        self._url = settings.redis_url.get_secret_value()
        self._ended = f"{settings.prefix}:ended"
        self._changed = f"{settings.prefix}:changed"
        self._followers: _Followers = defaultdict(set)
        self._watchers: _Followers = defaultdict(set)
        self._pubsub: PubSub | None = None
        self._hears_changes = False
        self._ending = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start listening."""
        self._task = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening."""
        self._ending = True
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @contextlib.contextmanager
    def following(self, job_id: str) -> Iterator[asyncio.Event]:
        """Yield an event that is set when the job may have ended; clear it before reading."""
        with _among(self._followers, job_id) as event:
            yield event

    @contextlib.contextmanager
    def watching(self, job_id: str) -> Iterator[asyncio.Event]:
        """Yield an event that is set when anything about the job may have changed."""
        with _among(self._watchers, job_id) as event:
            yield event

    async def tune(self) -> None:
        """Hear of every change from now on; call within `watching`, before the first wait.

        Watchers are woken once when it is so: what changed in between is read then.
        """
        if self._pubsub is None or self._hears_changes:
            return
        self._hears_changes = True
        try:
            await self._pubsub.subscribe(self._changed)
        except _AWAY:
            self._hears_changes = False  # the listener notices too, and subscribes anew

    async def _listen(self) -> None:
        # Closing a connection to a Redis that is away can turn the cancel into its own error.
        while not self._ending:
            try:
                await self._subscribe()
            except _AWAY as error:
                log.warning("changes_interrupted", why=str(error))
                self._wake_all()
                await asyncio.sleep(0.5)

    async def _subscribe(self) -> None:
        async with (
            aioredis.Redis.from_url(self._url, decode_responses=True) as client,
            client.pubsub() as pubsub,
        ):
            await pubsub.subscribe(self._ended)
            self._hears_changes = False
            self._pubsub = pubsub
            if self._watchers:
                await self.tune()
            self._wake_all()  # what changed while nobody listened
            try:
                async for message in pubsub.listen():
                    await self._hear(pubsub, message)
            finally:
                self._pubsub = None

    async def _hear(self, pubsub: PubSub, message: dict[str, str]) -> None:
        if message["type"] == "subscribe" and message["channel"] == self._changed:
            _wake_everybody(self._watchers)
        if message["type"] != "message":
            return
        _wake(self._watchers, message["data"])
        if message["channel"] == self._ended:
            _wake(self._followers, message["data"])
        elif not self._watchers and self._hears_changes:
            self._hears_changes = False
            await pubsub.unsubscribe(self._changed)

    def _wake_all(self) -> None:
        _wake_everybody(self._followers)
        _wake_everybody(self._watchers)


@contextlib.contextmanager
def _among(followers: _Followers, job_id: str) -> Iterator[asyncio.Event]:
    event = asyncio.Event()
    followers[job_id].add(event)
    try:
        yield event
    finally:
        followers[job_id].discard(event)
        if not followers[job_id]:
            del followers[job_id]


def _wake(followers: _Followers, job_id: str) -> None:
    for event in followers.get(job_id, ()):
        event.set()


def _wake_everybody(followers: _Followers) -> None:
    for events in list(followers.values()):
        for event in events:
            event.set()
