"""A job and its event log, read together."""

import re
from datetime import UTC, datetime
from typing import Any, NamedTuple

from backlot.contracts.events import EventType, JobEvent
from backlot.contracts.stages import Stage
from backlot.line.body import progress_of
from backlot.line.record import JobRecord, event_of
from backlot.line.scripting import Scripts

_NUMBER = re.compile(r"_([0-9]{1,12})(?:p[0-9]+)?$")


class Entry(NamedTuple):
    """One event and its place in the log."""

    number: int
    event: JobEvent


class Reading(NamedTuple):
    """A job at one moment.

    Attributes:
        entries: Its events, oldest first.
        told: Its stage's last word on progress, whose number grows with every word; None when the
            stage says nothing.
    """

    record: JobRecord
    entries: tuple[Entry, ...]
    told: Entry | None


def number_of(event_id: str) -> int:
    """The place of an event in its job's log; 0, before the first, for what is no event's id."""
    found = _NUMBER.search(event_id)
    return int(found[1]) if found else 0


class Journal:
    """Reads jobs with their logs. Sync and thread-safe."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts

    def read(self, job_id: str) -> Reading | None:
        """Read record and log in one step; None when there is no such job.

        Raises:
            UnavailableError: Redis does not answer.
        """
        job, events = self._scripts.key("job", job_id), self._scripts.key("events", job_id)

        def both(client: Any) -> Any:
            with client.pipeline(transaction=True) as steps:
                return steps.hgetall(job).xrange(events).execute()

        fields, rows = self._scripts.ask(both)
        if not fields:
            return None
        record = JobRecord(job_id, fields)
        entries = tuple(_entry(job_id, row) for _, row in rows)
        return Reading(record, entries, _told(record, entries))

    def rank(self, stage: Stage, job_id: str) -> int | None:
        """How many jobs wait for a stage before this one; None when it does not wait."""
        key = self._scripts.key("pending", stage)
        rank: int | None = self._scripts.ask(lambda client: client.zrank(key, job_id))
        return rank


def _entry(job_id: str, row: dict[str, str]) -> Entry:
    event = event_of(job_id, row)
    return Entry(number_of(event.event_id), event)


def _told(record: JobRecord, entries: tuple[Entry, ...]) -> Entry | None:
    """The last word on progress as an event; its id resumes where the kept event before it does."""
    progress = progress_of(record, record.stage)
    number = int(record.fields.get("told", 0))
    if progress is None or not entries:
        return None
    event = JobEvent(
        event_id=f"{entries[-1].event.event_id}p{number}",
        type=EventType.STAGE_PROGRESS,
        job_id=record.job_id,
        generation=record.generation,
        status=record.status,
        stage=record.stage,
        at=datetime.now(UTC),
        data=progress,
    )
    return Entry(number, event)
