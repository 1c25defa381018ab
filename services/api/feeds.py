"""Jobs as streams of events: each followed job is read once per process, however many follow it."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import structlog
from anyio import to_thread

from backlot.contracts.errors import RefusedInputError, UnavailableError
from backlot.contracts.jobs import JobBody
from backlot.line.changes import Changes
from backlot.line.journal import Entry, Reading

log = structlog.get_logger()
LOOK_AGAIN_S = 15.0
"""A feed reads its job this often even if nothing was heard of it: announcements may be lost."""
AWAY_S = 0.5
RECONNECT_MS = 2000
"""What a browser waits before it asks for the rest of a broken stream."""


@dataclass
class Feed:
    """One followed job as last read.

    Attributes:
        entries: Its event log.
        told: Its stage's last word on progress.
        body: Its body as JSON.
        ended: Whether nothing more will come.
        turn: Set, and replaced by a new one, whenever any of this has changed.
    """

    entries: tuple[Entry, ...] = ()
    told: Entry | None = None
    body: bytes = b""
    ended: bool = False
    turn: asyncio.Event = field(default_factory=asyncio.Event)
    followers: int = 0
    keeper: asyncio.Task[None] | None = None

    def after(self, number: int) -> tuple[Entry, ...]:
        """What came after an event."""
        return tuple(entry for entry in self.entries if entry.number > number)

    def update(self, reading: Reading | None, body: bytes) -> None:
        """Take what was read; a job that is gone has no more events."""
        if reading is None:
            self.told, self.ended = None, True
        else:
            self.entries, self.told, self.body = reading.entries, reading.told, body
            self.ended = reading.record.status.is_final
        turn, self.turn = self.turn, asyncio.Event()
        turn.set()

    def frame(self, entry: Entry) -> bytes:
        """An event as it goes over the wire, with the job as it is now."""
        event = entry.event
        head = f"id: {event.event_id}\nevent: {event.type}\n"
        return b"".join(
            (head.encode(), b'data: {"event":', event.model_dump_json().encode(),
             b',"job":', self.body, b"}\n\n")
        )  # fmt: skip


class Feeds:
    """The followed jobs of this process.

    Args:
        read: Reads a job with its log.
        show: The body of a job, as GET shows it.
        changes: Wakes whoever watches a job.
        per_tenant: Streams one tenant may hold open here.
        most: Streams all may.
        heartbeat_s: A stream says something at least this often, so that it is known to be open.
    """

    def __init__(
        self,
        read: Callable[[str], Reading | None],
        show: Callable[[Reading], JobBody],
        changes: Changes,
        *,
        per_tenant: int,
        most: int,
        heartbeat_s: float,
    ) -> None:
        self._read = read
        self._show = show
        self._changes = changes
        self._per_tenant = per_tenant
        self._most = most
        self._heartbeat_s = heartbeat_s
        self._feeds: dict[str, Feed] = {}
        self._open: Counter[str] = Counter()

    @property
    def streams(self) -> int:
        """Streams that are open."""
        return self._open.total()

    def check_room(self, tenant: str) -> None:
        """Raise `RefusedInputError` ``too-many-streams`` when there is no room for one more."""
        if self._open[tenant] >= self._per_tenant or self.streams >= self._most:
            raise RefusedInputError(
                "too-many-streams", "Close streams you do not need, or poll with wait."
            )

    async def stream(self, tenant: str, job_id: str, number: int) -> AsyncIterator[bytes]:
        """Give a job's events after a certain one, and end when the job has ended.

        Args:
            tenant: Whose job it is; checked before.
            job_id: The job.
            number: Place of the last event the client has; 0 for none.
        """
        self._open[tenant] += 1
        try:
            yield f"retry: {RECONNECT_MS}\n\n".encode()
            async with self._following(job_id) as feed:
                async for frame in self._frames(feed, number):
                    yield frame
        finally:
            self._open[tenant] -= 1

    async def _frames(self, feed: Feed, number: int) -> AsyncIterator[bytes]:
        told = 0
        while True:
            turn = feed.turn
            for entry in feed.after(number):
                number = entry.number
                yield feed.frame(entry)
            if feed.told is not None and feed.told.number > told:
                told = feed.told.number
                yield feed.frame(feed.told)
            if turn is not feed.turn:
                continue
            if feed.ended:
                return
            try:
                await asyncio.wait_for(turn.wait(), self._heartbeat_s)
            except TimeoutError:
                yield b": still here\n\n"

    @contextlib.asynccontextmanager
    async def _following(self, job_id: str) -> AsyncIterator[Feed]:
        feed = self._feeds.get(job_id)
        if feed is None or feed.ended:
            feed = self._feeds[job_id] = Feed()
            feed.keeper = asyncio.create_task(self._keep(job_id, feed))
        feed.followers += 1
        try:
            yield feed
        finally:
            feed.followers -= 1
            if feed.followers == 0:
                if feed.keeper is not None:
                    feed.keeper.cancel()
                if self._feeds.get(job_id) is feed:
                    del self._feeds[job_id]

    async def _keep(self, job_id: str, feed: Feed) -> None:
        """Read the job at every change until it has ended."""
        with self._changes.watching(job_id) as changed:
            await self._changes.tune()
            while not feed.ended:
                changed.clear()
                try:
                    feed.update(*await to_thread.run_sync(self._look, job_id))
                except UnavailableError as error:
                    log.warning("feed_interrupted", job_id=job_id, why=str(error))
                    await asyncio.sleep(AWAY_S)
                    continue
                except Exception:  # a defect ends this feed's streams; their clients come again
                    log.exception("feed_defect", job_id=job_id)
                    feed.update(None, b"")
                    return
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), LOOK_AGAIN_S)

    def _look(self, job_id: str) -> tuple[Reading | None, bytes]:
        reading = self._read(job_id)
        return reading, self._show(reading).model_dump_json().encode() if reading else b""
