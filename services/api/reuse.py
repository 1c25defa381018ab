"""Earlier jobs that are a good answer, where the client allows it."""

import hashlib
import json

from backlot.contracts.jobs import JobRequest, JobStatus
from backlot.line.archive import JobReader
from backlot.line.record import JobRecord
from backlot.line.scripting import Scripts

_GOOD = frozenset({JobStatus.QUEUED, JobStatus.PROCESSING, JobStatus.SUCCEEDED})
_NO_DIFFERENCE = frozenset(
    {"reuse", "priority", "webhook_url", "metadata", "deadline_s", "start_deadline_s"}
)
"""Wishes that do not change what a job gives."""


class Reuse:
    """Finds and remembers jobs by what went into them; within one tenant only.

    Args:
        scripts: Where jobs are remembered.
        records: The jobs.
        memory_s: For how long.
    """

    def __init__(self, scripts: Scripts, records: JobReader, memory_s: int) -> None:
        self._scripts = scripts
        self._records = records
        self._memory_s = memory_s

    def find(self, tenant: str, content: str) -> JobRecord | None:
        """A job of this tenant with the same content that has succeeded or may yet."""
        key = self._scripts.key("content", tenant, content)
        job_id = self._scripts.ask(lambda client: client.get(key))
        record = self._records.get(job_id) if job_id else None
        return record if record is not None and record.status in _GOOD else None

    def remember(self, tenant: str, content: str, job_id: str) -> None:
        """Let later submits find this job."""
        key = self._scripts.key("content", tenant, content)
        self._scripts.ask(lambda client: client.set(key, job_id, ex=self._memory_s))


def content_of(photo_sha256: str, product_sha256: str, request: JobRequest) -> str:
    """SHA-256 over everything that decides what a job gives."""
    wishes = request.model_dump(mode="json", exclude=set(_NO_DIFFERENCE))
    words = (photo_sha256, product_sha256, json.dumps(wishes, sort_keys=True))
    return hashlib.sha256("\n".join(words).encode()).hexdigest()
