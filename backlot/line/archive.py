"""Jobs that have ended, in the object store: readable when Redis has let go of them, or lost them.

What is kept is the record and not the body, so that addresses are signed anew at every reading.
"""

import re

from backlot.blobs.port import BlobMissingError, BlobStore
from backlot.contracts.events import JobEvent
from backlot.contracts.frozen import Frozen
from backlot.line.journal import Entry, Journal, Reading, number_of
from backlot.line.places import archive_key
from backlot.line.record import JobRecord, JobRecords

_JOB_ID = re.compile(r"job_[0-9a-f]{32}")


class Archived(Frozen):
    """One ended job."""

    job_id: str
    fields: dict[str, str]
    events: tuple[JobEvent, ...]


class Archive:
    """Puts ended jobs away and finds them again.

    Args:
        blobs: Where they lie.
    """

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def put(self, reading: Reading) -> None:
        """Keep a job as it ended; a retry's end replaces the earlier one.

        Raises:
            UnavailableError: The object store does not answer.
        """
        record = reading.record
        kept = Archived(
            job_id=record.job_id,
            fields=record.fields,
            events=tuple(entry.event for entry in reading.entries),
        )
        text = kept.model_dump_json().encode()
        self._blobs.put(archive_key(record.job_id), text, "application/json")

    def get(self, job_id: str) -> Reading | None:
        """Find a job; None when it is not there.

        Raises:
            UnavailableError: The object store does not answer.
        """
        kept = self.archived(job_id)
        if kept is None:
            return None
        entries = tuple(Entry(number_of(event.event_id), event) for event in kept.events)
        return Reading(JobRecord(kept.job_id, kept.fields), entries, None)

    def archived(self, job_id: str) -> Archived | None:
        """What is kept of a job, as it is kept; else as `get`."""
        if not _JOB_ID.fullmatch(job_id):
            return None
        try:
            return Archived.model_validate_json(self._blobs.get(archive_key(job_id)))
        except BlobMissingError:
            return None


class JobReader:
    """Reads jobs wherever they are kept. Sync and thread-safe.

    Args:
        records: Those that live, and stubs of those that were put away.
        journal: The same with their logs.
        archive: Those that have ended.
    """

    def __init__(self, records: JobRecords, journal: Journal, archive: Archive) -> None:
        self._records = records
        self._journal = journal
        self._archive = archive

    def get(self, job_id: str) -> JobRecord | None:
        """One job; None when there is no such job.

        Raises:
            UnavailableError: Redis or the object store does not answer.
        """
        record = self._records.get(job_id)
        if record is not None and not record.is_archived:
            return record
        kept = self._put_away(job_id, stub=record is not None)
        return kept.record if kept else None

    def read(self, job_id: str) -> Reading | None:
        """One job with its log; else as `get`."""
        reading = self._journal.read(job_id)
        if reading is not None and not reading.record.is_archived:
            return reading
        return self._put_away(job_id, stub=reading is not None)

    def _put_away(self, job_id: str, *, stub: bool) -> Reading | None:
        """Look in the archive, where a copy may come to lie moments after a deletion."""
        kept = self._archive.get(job_id)
        if kept is None or stub:
            return kept
        return None if self._records.gone(job_id) else kept
