"""Reading a job for its tenant, at once or when it has ended."""

import asyncio
import time
from typing import Protocol

from anyio import to_thread

from backlot.contracts.errors import RefusedInputError
from backlot.line.changes import Changes
from backlot.line.record import JobRecord


class Reads(Protocol):
    """Finds jobs: the record alone, or the archive too."""

    def get(self, job_id: str) -> JobRecord | None:
        """One job; None when there is none."""
        ...


async def current(
    records: Reads, changes: Changes, tenant: str, job_id: str, patience_s: float
) -> JobRecord:
    """Read a job; with patience, wait for its end that long and read it then.

    Raises:
        RefusedInputError: ``not-found``, also when it is another tenant's.
        UnavailableError: Redis does not answer.
    """
    until = time.monotonic() + patience_s
    with changes.following(job_id) as changed:
        while True:
            changed.clear()
            record = await to_thread.run_sync(records.get, job_id)
            if record is None or record.tenant != tenant:
                raise RefusedInputError("not-found", "There is no such job.")
            left_s = until - time.monotonic()
            if record.status.is_final or left_s <= 0:
                return record
            try:
                await asyncio.wait_for(changed.wait(), left_s)
            except TimeoutError:
                return record
