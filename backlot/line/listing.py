"""Pages of a tenant's jobs, newest first; the order never changes, whatever comes or goes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from backlot.contracts.jobs import JobKind, JobStatus
from backlot.line.record import JobRecord
from backlot.line.scripting import Scripts

LOOKED_AT = 2000
"""Jobs looked at for one page: a rare filter gives a short page and a cursor, not a long wait."""


class Mark(NamedTuple):
    """The last job of a page: when it was created, Unix milliseconds, and which it is."""

    created: int
    job_id: str


class JobFilter(NamedTuple):
    """Which jobs; what is empty or None lets all through.

    Attributes:
        metadata: A key, and the value it must have, empty for any.
        since: Created then or later.
        before: Created earlier than that.
    """

    statuses: tuple[JobStatus, ...] = ()
    kind: JobKind | None = None
    metadata: tuple[str, str] = ("", "")
    since: datetime | None = None
    before: datetime | None = None


class Page(NamedTuple):
    """Jobs, and where the next page begins; None when this is the last one."""

    records: tuple[JobRecord, ...]
    mark: Mark | None


class JobList:
    """Reads pages. Sync and thread-safe.

    Args:
        scripts: The record's.
        read: Reads one job, from wherever it is kept.
    """

    def __init__(self, scripts: Scripts, read: Callable[[str], JobRecord | None]) -> None:
        self._scripts = scripts
        self._read = read

    def page(self, tenant: str, chosen: JobFilter, limit: int, after: Mark | None) -> Page:
        """One page.

        Args:
            tenant: Whose jobs.
            chosen: Which of them.
            limit: Most jobs on the page.
            after: The mark of the page before.

        Raises:
            UnavailableError: Redis or the archive does not answer.
        """
        answer: list[Any] = self._scripts.run(
            "list", tenant, *_range(chosen, after), after.job_id if after else "",
            limit + 1, LOOKED_AT, ",".join(chosen.statuses), chosen.kind or "", *chosen.metadata,
        )  # fmt: skip
        flat, created, job_id = answer
        marks = [Mark(int(when), one) for when, one in zip(flat[::2], flat[1::2], strict=True)]
        records = [self._read(mark.job_id) for mark in marks[:limit]]
        left = Mark(int(created), job_id) if job_id else None
        return Page(
            tuple(record for record in records if record is not None),
            marks[limit - 1] if len(marks) > limit else left,
        )


def _range(chosen: JobFilter, after: Mark | None) -> tuple[int | str, int | str]:
    """Newest and oldest moment that count, milliseconds."""
    newest: int | str = "+inf" if chosen.before is None else _ms(chosen.before) - 1
    if after is not None:
        newest = after.created if newest == "+inf" else min(int(newest), after.created)
    return newest, "-inf" if chosen.since is None else _ms(chosen.since)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
