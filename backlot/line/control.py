"""What a client may do with a job beside canceling it: retry it, or delete it."""

from typing import Any, NamedTuple

from backlot.line.record import JobRecord, JobRecords
from backlot.line.scripting import Scripts
from backlot.line.settings import LineSettings
from backlot.line.table import STAGES

REMEMBER_GONE_S = 7 * 86_400
"""So long a late submit cannot bring a deleted job back; its manifest says so for longer."""
ERASE_SOON_S = 60.0
"""If the process that deletes a job dies before it has removed the files, they go then."""
ERASE_LAST_S = 120.0
"""On top of the longest stage: by then no worker can still be writing files of a deleted job."""


class Deleted(NamedTuple):
    """A job that is no more, and the rematches that were made from it."""

    tenant: str
    children: tuple[str, ...]


class Erasure(NamedTuple):
    """A deleted job whose files are to be looked for again."""

    entry: str
    job_id: str


class JobControl:
    """Changes that are not a stage's. Sync and thread-safe; raises as `JobRecords` does."""

    def __init__(self, scripts: Scripts, records: JobRecords, settings: LineSettings) -> None:
        self._scripts = scripts
        self._records = records
        self._settings = settings

    def retry(self, record: JobRecord) -> str:
        """Open a new generation where the last one ended.

        Returns:
            ``retried``, or why not: ``unknown``, ``unfinished``, ``succeeded``, ``archived``, or
            ``stale`` when the job is not as the record given has it.
        """
        request = record.request
        hint = self._records.hinted(
            record.job_id, record.stage, record.generation + 1, record.priority
        )
        words = (request.deadline_s, request.start_deadline_s or "")
        retry_ms = int(self._settings.retry_s * 1000)
        return str(
            self._scripts.run("retry", record.job_id, record.generation, *words, retry_ms, *hint)
        )

    def delete(self, job_id: str) -> Deleted | None:
        """End a job and forget it; None when there is none. Its files are the caller's."""
        last_s = max(row.limit_s for row in STAGES.values()) + ERASE_LAST_S
        seconds = (REMEMBER_GONE_S, ERASE_SOON_S, last_s)
        answer: list[Any] = self._scripts.run("delete", job_id, *(int(s * 1000) for s in seconds))
        return Deleted(answer[0], tuple(answer[1:])) if answer else None

    def to_erase(self, limit: int) -> list[Erasure]:
        """Deleted jobs whose files are to be looked for again now."""
        rows: list[str] = self._scripts.run("erasable", limit)
        return [Erasure(row, row.partition(" ")[0]) for row in rows]

    def erased(self, erasure: Erasure) -> None:
        """Take note that a deleted job has no files for now."""
        key = self._scripts.key("erase")
        self._scripts.ask(lambda client: client.zrem(key, erasure.entry))
