"""/v1/jobs: submit, look, wait, cancel."""

from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response

from backlot.contracts.errors import RefusedInputError
from backlot.contracts.jobs import JobBody, JobStatus
from backlot.line.body import job_body
from backlot.line.record import JobRecord
from services.api.following import current
from services.api.job_ids import check_key
from services.api.parts import Parts, PartsOf, TenantOf
from services.api.problem_responses import declared
from services.api.upload import received

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

_FORM: dict[str, Any] = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "Repeating a submit with the same key within a day gives the same job.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        }
    ],
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["photo"],
                    "additionalProperties": False,
                    "properties": {
                        "photo": {"type": "string", "format": "binary"},
                        "product": {"type": "string", "format": "binary"},
                        "request": {"$ref": "#/components/schemas/JobRequest"},
                    },
                },
                "encoding": {"request": {"contentType": "application/json"}},
            }
        },
    },
}


@router.post(
    "",
    status_code=202,
    response_class=Response,
    responses={
        202: {"model": JobBody, "description": "Accepted; Location is where to look."},
        **declared(
            "malformed-request", "idempotency-key-invalid", "unauthorized", "body-too-large",
            "photo-format", "photo-missing", "photo-empty", "photo-broken", "photo-animated",
            "photo-too-many-pixels", "photo-timeout", "product-broken", "webhook-url-refused",
            "invalid-request", "idempotency-mismatch", "unavailable",
        ),
    },
    openapi_extra=_FORM,
)  # fmt: skip
async def submit(request: Request, parts: PartsOf, tenant: TenantOf) -> Response:
    """Submit a product photo; the answer comes at once, the recommendation later."""
    key = check_key(request.headers.get("idempotency-key"))
    limits = parts.settings.upload_limits
    async with received(request.headers, request.stream(), limits) as upload:
        submitted = await parts.submitter.submit(tenant, key, upload)
    headers = {"Location": f"/v1/jobs/{submitted.record.job_id}"}
    if submitted.replayed:
        headers["Idempotency-Replayed"] = "true"
    return shown(submitted.record, parts, 202, headers)


@router.get(
    "/{job_id}",
    response_class=Response,
    responses={
        200: {"model": JobBody},
        **declared("unauthorized", "not-found", "invalid-request", "unavailable"),
    },
)
async def show(
    job_id: str,
    parts: PartsOf,
    tenant: TenantOf,
    wait: Annotated[
        float,
        Query(ge=0, le=60, description="Answer when the job has ended, or so many seconds on."),
    ] = 0,
) -> Response:
    """Show a job; what the stages have given so far is in its result."""
    patience_s = min(wait, parts.settings.wait_max_s)
    record = await current(parts.records, parts.changes, tenant, job_id, patience_s)
    return shown(record, parts)


@router.post(
    "/{job_id}/cancel",
    response_class=Response,
    responses={
        200: {"model": JobBody},
        **declared("unauthorized", "not-found", "job-final", "unavailable"),
    },
)
async def cancel(job_id: str, parts: PartsOf, tenant: TenantOf) -> Response:
    """Ask for a job's end: at once while it waits, as soon as its worker notices while it runs."""
    await current(parts.records, parts.changes, tenant, job_id, 0)
    status = await to_thread.run_sync(parts.records.cancel, job_id)
    record = await current(parts.records, parts.changes, tenant, job_id, 0)
    if status is not None and status.is_final and status is not JobStatus.CANCELED:
        raise RefusedInputError("job-final", f"The job has ended already: it {_ENDED[status]}.")
    return shown(record, parts)


_ENDED = {
    JobStatus.SUCCEEDED: "succeeded",
    JobStatus.FAILED: "failed",
    JobStatus.EXPIRED: "expired",
}


def shown(
    record: JobRecord, parts: Parts, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Answer with the body of a job."""
    body = job_body(record, parts.blobs, parts.settings.public_url)
    return Response(body.model_dump_json(), status, headers, "application/json")
