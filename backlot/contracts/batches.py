"""Batches: many products in one request, each a job of its own."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from backlot.contracts.frozen import Frozen
from backlot.contracts.jobs import JobId, JobStatus
from backlot.contracts.problems import Problem
from backlot.contracts.uploads import JobSubmission

BatchId = Annotated[str, StringConstraints(pattern=r"^bat_[0-9a-f]{32}$")]
MOST_ITEMS = 50


class BatchRequest(Frozen):
    """Products whose photos were uploaded before."""

    items: tuple[JobSubmission, ...] = Field(min_length=1, max_length=MOST_ITEMS)


class BatchEntry(Frozen):
    """What became of one item when the batch was taken: a job, or the problem that kept it out."""

    job_id: JobId | None = None
    problem: Problem | None = None


class StoredBatch(Frozen):
    """A batch as it was taken; never changes."""

    batch_id: BatchId
    tenant: str
    created_at: datetime
    fingerprint: str
    entries: tuple[BatchEntry, ...]


class BatchItem(Frozen):
    """One item, in the order of the request."""

    index: int
    job_id: JobId | None
    status: JobStatus | None = Field(description="Null when it was refused, or deleted since.")
    problem: Problem | None = Field(description="Why it was refused, or how its job failed.")
    link: str | None = Field(description="Where its job is.")


class BatchBody(Frozen):
    """A batch as clients see it."""

    batch_id: BatchId
    created_at: datetime
    finished: bool = Field(description="Whether no item will change any more.")
    counts: dict[str, int] = Field(description="Items by status, and `refused` and `deleted`.")
    items: tuple[BatchItem, ...]
    link: str
