"""How fast the line moves now: where a job stands in its queue, and when to ask again."""

import asyncio
import contextlib
import math
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import NamedTuple, Self

import structlog
from anyio import to_thread

from backlot.contracts.errors import UnavailableError
from backlot.contracts.jobs import JobStatus, QueuePlace
from backlot.contracts.priorities import Priority
from backlot.contracts.stages import Stage, StageState
from backlot.line.clock import LineClock, moment
from backlot.line.record import JobRecord
from backlot.line.upkeep import StageLoad, Upkeep

log = structlog.get_logger()
REFRESH_S = 2.0
UNKNOWN_S = 2
LONGEST_S = 30


class StagePace(NamedTuple):
    """One stage.

    Attributes:
        mean_s: How long it took on average since the record began; None while nobody knows.
    """

    load: StageLoad
    mean_s: float | None

    def wait_s(self, ahead: int) -> float | None:
        """How long a job waits that has so many before it; None when nobody can say."""
        if self.mean_s is None or not self.load.slots:
            return None
        free = max(0, self.load.slots - self.load.running)
        rounds = max(0, ahead - free + 1)
        return rounds * self.mean_s / self.load.slots


class Pace:
    """The line's pace, read again every few seconds. Use as a context manager of the process.

    Args:
        upkeep: The line.
        rank: How many jobs wait before this one in a stage's queue; None when it does not wait.
        clock: The line's; read again with everything else.
    """

    def __init__(
        self, upkeep: Upkeep, rank: Callable[[Stage, str], int | None], clock: LineClock
    ) -> None:
        self._upkeep = upkeep
        self._rank = rank
        self._clock = clock
        self._stages: Mapping[Stage, StagePace] = {}
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start reading."""
        self._task = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop reading."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def place(self, record: JobRecord) -> QueuePlace | None:
        """Where a job stands while its stage waits for a worker. Asks Redis.

        Raises:
            UnavailableError: Redis does not answer.
        """
        if not waits(record):
            return None
        ahead = self._rank(record.stage, record.job_id)
        if ahead is None:
            return None
        pace = self._stages.get(record.stage)
        wait_s = pace.wait_s(ahead) if pace else None
        start = None if wait_s is None else moment(self._clock) + timedelta(seconds=wait_s)
        return QueuePlace(position=ahead + 1, estimated_start=start)

    def ask_again_s(self, record: JobRecord) -> int:
        """When a client that polls should come again, whole seconds."""
        left = record.line[record.line.index(record.stage) :]
        known = [self._stages.get(stage) for stage in left]
        runs = [pace.mean_s for pace in known if pace is not None and pace.mean_s is not None]
        first = known[0]
        wait_s = first.wait_s(_before(first.load, record)) if first and waits(record) else 0.0
        if len(runs) < len(left) or wait_s is None:
            return UNKNOWN_S
        return min(LONGEST_S, max(1, math.ceil(wait_s + sum(runs))))

    def refresh(self) -> None:
        """Read the line and its clock; raises `UnavailableError`."""
        self._clock.refresh()
        loads, totals = self._upkeep.line(), self._upkeep.totals()
        self._stages = {stage: StagePace(loads[stage], _mean_s(totals, stage)) for stage in loads}

    async def _keep(self) -> None:
        while True:
            try:
                await to_thread.run_sync(self.refresh)
            except UnavailableError as error:
                log.debug("pace_unknown", why=str(error))
            await asyncio.sleep(REFRESH_S)


def waits(record: JobRecord) -> bool:
    """Whether the job waits for a worker."""
    moving = record.status in {JobStatus.QUEUED, JobStatus.PROCESSING}
    return moving and record.stage_fact(record.stage, "state") == StageState.PENDING


def _before(load: StageLoad, record: JobRecord) -> int:
    """How many jobs wait for a stage in this one's class or in a higher one."""
    classes = list(Priority)
    counted = classes[: classes.index(record.priority) + 1]
    return sum(load.waiting_by_priority[priority] for priority in counted)


def _mean_s(totals: Mapping[str, int], stage: Stage) -> float | None:
    done = totals.get(f"{stage}:done", 0)
    return totals.get(f"{stage}:run_ms", 0) / done / 1000 if done else None
