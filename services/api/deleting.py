"""Deleting a job: its record first, then its files, and whatever was made from it."""

import re

import structlog

from backlot.blobs.port import BlobStore
from backlot.contracts.errors import RefusedInputError
from backlot.line.control import JobControl
from backlot.line.erasing import erase, manifest_of
from backlot.line.record import JobRecords

log = structlog.get_logger()
_JOB_ID = re.compile(r"job_[0-9a-f]{32}")


class Deleter:
    """Deletes jobs. Sync and thread-safe.

    Args:
        records: Whose job it is.
        control: Ends and forgets it.
        blobs: Where its files are.
    """

    def __init__(self, records: JobRecords, control: JobControl, blobs: BlobStore) -> None:
        self._records = records
        self._control = control
        self._blobs = blobs

    def delete(self, tenant: str, job_id: str) -> None:
        """Delete a job and its rematches, which show the same photo; deleting again is fine.

        A worker that is at it finds that its claim is lost. The conductor looks for files again
        when no worker can be writing any more, also if this process dies half-way.

        Raises:
            RefusedInputError: ``not-found``, also when it is another tenant's.
            UnavailableError: Try again; what is left is then deleted.
        """
        if self._owner(job_id) != tenant:
            raise RefusedInputError("not-found", "There is no such job.")
        left = [job_id]
        while left:
            one = left.pop()
            deleted = self._control.delete(one)
            erase(self._blobs, one, tenant)
            if deleted is not None:
                left += deleted.children
                log.info("job_deleted", job_id=one, tenant=tenant)

    def _owner(self, job_id: str) -> str | None:
        record = self._records.get(job_id)
        if record is not None:
            return record.tenant
        gone = self._records.gone(job_id)
        if gone is not None:
            return gone
        manifest = manifest_of(self._blobs, job_id) if _JOB_ID.fullmatch(job_id) else None
        return manifest.tenant if manifest else None
