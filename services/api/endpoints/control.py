"""/v1/jobs/{job_id}: retry and delete."""

from anyio import to_thread
from fastapi import APIRouter, Response

from backlot.contracts.errors import RefusedInputError
from backlot.contracts.jobs import JobBody
from backlot.line.places import archive_key
from services.api.following import current
from services.api.parts import PartsOf, TenantOf
from services.api.problem_responses import declared
from services.api.showing import shown

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

_WHY_NOT = {
    "unfinished": "The job is still under way.",
    "stale": "The job was retried just now.",
    "succeeded": "The job has succeeded; rematch it instead.",
    "archived": "The job ended too long ago: submit it again.",
    "unknown": "The job ended too long ago: submit it again.",
}


@router.post(
    "/{job_id}/retry",
    operation_id="retryJob",
    summary="Retry a job",
    status_code=202,
    response_class=Response,
    responses={
        202: {"model": JobBody, "description": "The same job in its next generation."},
        **declared(
            "unauthorized", "not-found", "job-not-retriable", "too-many-jobs", "unavailable"
        ),
    },
)
async def retry(job_id: str, parts: PartsOf, tenant: TenantOf) -> Response:
    """Run a job that failed, expired or was canceled again, from the stage where it ended."""
    before = await current(parts.reader, parts.changes, tenant, job_id, 0)
    word = await to_thread.run_sync(parts.control.retry, before)
    if word != "retried":
        raise RefusedInputError("job-not-retriable", _WHY_NOT[word])
    # How the last generation ended must not pass for the end of this one.
    await to_thread.run_sync(parts.blobs.delete, archive_key(job_id))
    record = await current(parts.reader, parts.changes, tenant, job_id, 0)
    return await shown(record, parts, 202, {"Location": f"/v1/jobs/{job_id}"})


@router.delete(
    "/{job_id}",
    operation_id="deleteJob",
    summary="Delete a job and all that was made of it",
    status_code=204,
    response_class=Response,
    responses={
        204: {"description": "It is gone, and so is all that was made of it."},
        **declared("unauthorized", "not-found", "unavailable"),
    },
)
async def delete(job_id: str, parts: PartsOf, tenant: TenantOf) -> Response:
    """Remove photo, cut-out, pictures, results and rematches; a running job is ended first."""
    await to_thread.run_sync(parts.deleter.delete, tenant, job_id)
    return Response(status_code=204)
