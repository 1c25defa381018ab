"""Events: facts about a job, in the past tense."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from backlot.contracts.frozen import Frozen
from backlot.contracts.jobs import JobId, JobStatus
from backlot.contracts.stages import Progress, Stage


class EventType(StrEnum):
    """What happened."""

    CREATED = "job.created"
    STAGE_CLAIMED = "job.stage_claimed"
    STAGE_PROGRESS = "job.stage_progress"
    STAGE_DONE = "job.stage_done"
    STAGE_DEFERRED = "job.stage_deferred"
    CANCELING = "job.canceling"
    RETRIED = "job.retried"
    SUCCEEDED = "job.succeeded"
    FAILED = "job.failed"
    CANCELED = "job.canceled"
    EXPIRED = "job.expired"


class JobEvent(Frozen):
    """One entry of a job's event log."""

    event_id: str
    type: EventType
    job_id: JobId
    generation: int
    status: JobStatus
    stage: Stage | None
    at: datetime
    data: Progress | None = Field(
        default=None, description="Of job.stage_progress, which is told to followers and not kept."
    )
