"""Taking in what sellers say of results."""

from datetime import UTC, datetime

from backlot.blobs.port import BlobStore
from backlot.contracts.errors import RefusedInputError
from backlot.contracts.feedback import Feedback, FeedbackRequest
from backlot.line.places import feedback_prefix
from backlot.line.recommending import recommended
from backlot.line.record import JobRecord
from backlot.line.runner import report_of

WHOLE_JOB = "job"


def feedback_on(record: JobRecord, said: FeedbackRequest) -> Feedback:
    """A seller's word with its context.

    Raises:
        RefusedInputError: ``invalid-request`` when it is about a background that was not
            recommended.
    """
    match = recommended(record.outputs)
    names = tuple(one.background_id for one in match.ranked) if match else ()
    if said.background_id is not None and said.background_id not in names:
        raise RefusedInputError(
            "invalid-request", "background_id: this job did not recommend that background."
        )
    about = said.background_id
    reports = {stage: report_of(record.stage_fact(stage, "report")) for stage in record.line}
    return Feedback(
        job_id=record.job_id,
        tenant=record.tenant,
        generation=record.generation,
        at=datetime.now(UTC),
        said=said,
        kind=record.kind,
        locale=record.request.locale,
        brief=match.brief if match else None,
        recommended=names,
        rank=names.index(about) + 1 if about else None,
        versions={stage: report.versions for stage, report in reports.items() if report.versions},
    )


def keep(blobs: BlobStore, feedback: Feedback) -> None:
    """Store it; a later word on the same thing replaces the earlier one."""
    about = feedback.said.background_id or WHOLE_JOB
    key = f"{feedback_prefix(feedback.job_id)}{about}.json"
    blobs.put(key, feedback.model_dump_json().encode(), "application/json")
