"""/v1/jobs/{job_id}/feedback: the background that was chosen, thumbs, a note."""

from anyio import to_thread
from fastapi import APIRouter, Response

from backlot.contracts.feedback import Feedback, FeedbackRequest
from services.api.feedback import feedback_on, keep
from services.api.following import current
from services.api.parts import PartsOf, TenantOf
from services.api.problem_responses import declared

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


@router.post(
    "/{job_id}/feedback",
    operation_id="giveFeedback",
    summary="Say what you made of a result",
    status_code=201,
    response_class=Response,
    responses={
        201: {"model": Feedback, "description": "Kept; it replaces what was said of this before."},
        **declared("unauthorized", "not-found", "invalid-request", "unavailable"),
    },
)
async def feedback(
    job_id: str, said: FeedbackRequest, parts: PartsOf, tenant: TenantOf
) -> Response:
    """Say what you made of the result: of one recommended background, or of the whole."""
    record = await current(parts.reader, parts.changes, tenant, job_id, 0)
    kept = feedback_on(record, said)
    await to_thread.run_sync(keep, parts.blobs, kept)
    return Response(kept.model_dump_json(), 201, media_type="application/json")
