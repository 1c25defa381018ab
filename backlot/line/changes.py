"""Waking those who wait for a job's end: one subscription per API process, one event each."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator
from typing import Self

import redis.asyncio as aioredis
import structlog
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from backlot.line.settings import LineSettings

log = structlog.get_logger()


class Changes:
    """Tells followers that a job may have ended; a hint too: read the record to know.

    Use as an async context manager in the process' lifespan.
    """

    def __init__(self, settings: LineSettings) -> None:
        self._url = settings.redis_url.get_secret_value()
        self._channel = f"{settings.prefix}:ended"
        self._followers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start listening."""
        self._task = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @contextlib.contextmanager
    def following(self, job_id: str) -> Iterator[asyncio.Event]:
        """Yield an event that is set when the job may have ended; clear it before reading."""
        event = asyncio.Event()
        self._followers[job_id].add(event)
        try:
            yield event
        finally:
            self._followers[job_id].discard(event)
            if not self._followers[job_id]:
                del self._followers[job_id]

    async def _listen(self) -> None:
        while True:
            try:
                await self._subscribe()
            except (RedisConnectionError, RedisTimeoutError, OSError) as error:
                log.warning("changes_interrupted", why=str(error))
                self._wake_all()
                await asyncio.sleep(0.5)

    async def _subscribe(self) -> None:
        async with (
            aioredis.Redis.from_url(self._url, decode_responses=True) as client,
            client.pubsub() as pubsub,
        ):
            await pubsub.subscribe(self._channel)
            self._wake_all()  # what changed while nobody listened
            async for message in pubsub.listen():
                if message["type"] == "message":
                    self._wake(message["data"])

    def _wake(self, job_id: str) -> None:
        for event in self._followers.get(job_id, ()):
            event.set()

    def _wake_all(self) -> None:
        for events in list(self._followers.values()):
            for event in events:
                event.set()
