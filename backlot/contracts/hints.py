"""The only thing that travels through the broker: a hint that a stage may be waiting."""

from pydantic import Field

from backlot.contracts.frozen import Frozen
from backlot.contracts.jobs import JobId
from backlot.contracts.priorities import Priority
from backlot.contracts.stages import Stage


class Hint(Frozen):
    """Look at this job's stage; if nothing is to be done there, do nothing."""

    job_id: JobId
    stage: Stage
    generation: int = Field(ge=1)
    priority: Priority = Field(
        default=Priority.NORMAL, description="Which queue it travels by; not in the message."
    )
