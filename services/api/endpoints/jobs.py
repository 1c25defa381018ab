"""/v1/jobs: look, wait, cancel."""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Header, Query, Response

from backlot.contracts.errors import RefusedInputError
from backlot.contracts.jobs import JobBody, JobStatus
from services.api.following import current
from services.api.parts import PartsOf, TenantOf
from services.api.problem_responses import declared
from services.api.showing import shown

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


@router.get(
    "/{job_id}",
    operation_id="getJob",
    summary="Show a job, or wait for its end",
    response_class=Response,
    responses={
        200: {"model": JobBody, "description": "ETag names this version of it."},
        304: {"description": "You have this version; ask again after Retry-After."},
        **declared("unauthorized", "not-found", "invalid-request", "unavailable"),
    },
)
async def show(
    job_id: str,
    parts: PartsOf,
    tenant: TenantOf,
    if_none_match: Annotated[str | None, Header(max_length=2000)] = None,
    wait: Annotated[
        float,
        Query(ge=0, le=60, description="Answer when the job has ended, or so many seconds on."),
    ] = 0,
) -> Response:
    """Show a job; what the stages have given so far is in its result."""
    patience_s = min(wait, parts.settings.wait_max_s)
    record = await current(parts.reader, parts.changes, tenant, job_id, patience_s)
    return await shown(record, parts, known=if_none_match)


@router.post(
    "/{job_id}/cancel",
    operation_id="cancelJob",
    summary="Cancel a job",
    response_class=Response,
    responses={
        200: {"model": JobBody},
        **declared("unauthorized", "not-found", "job-final", "unavailable"),
    },
)
async def cancel(job_id: str, parts: PartsOf, tenant: TenantOf) -> Response:
    """Ask for a job's end: at once while it waits, as soon as its worker notices while it runs."""
    await current(parts.reader, parts.changes, tenant, job_id, 0)
    status = await to_thread.run_sync(parts.records.cancel, job_id)
    record = await current(parts.reader, parts.changes, tenant, job_id, 0)
    if status is not None and status.is_final and status is not JobStatus.CANCELED:
        raise RefusedInputError("job-final", f"The job has ended already: it {_ENDED[status]}.")
    return await shown(record, parts)


_ENDED = {
    JobStatus.SUCCEEDED: "succeeded",
    JobStatus.FAILED: "failed",
    JobStatus.EXPIRED: "expired",
}
