"""/v1/jobs/{job_id}/rematch: the seller's own brief, matched anew."""

from functools import partial

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from backlot.contracts.jobs import JobBody
from backlot.contracts.rematch import RematchRequest
from services.api.following import current
from services.api.job_ids import check_key
from services.api.parts import PartsOf, TenantOf
from services.api.problem_responses import declared
from services.api.rematching import manifest_for
from services.api.showing import shown

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


@router.post(
    "/{job_id}/rematch",
    operation_id="rematchJob",
    summary="Match again with the seller's own brief",
    status_code=202,
    response_class=Response,
    responses={
        202: {"model": JobBody, "description": "A new job; its parent_id names this one."},
        **declared(
            "unauthorized", "not-found", "invalid-request", "job-unfinished", "malformed-request",
            "idempotency-key-invalid", "idempotency-mismatch", "webhook-url-refused",
            "too-many-jobs", "unavailable",
        ),
    },
)  # fmt: skip
async def rematch(
    job_id: str, request: Request, wish: RematchRequest, parts: PartsOf, tenant: TenantOf
) -> Response:
    """Edit or lock slots of the brief, or write your own sentence, and match again at once."""
    key = check_key(request.headers.get("idempotency-key"))
    parent = await current(parts.reader, parts.changes, tenant, job_id, 0)
    if wish.webhook_url is not None:
        await to_thread.run_sync(parts.check_webhook, wish.webhook_url)
    begin = partial(
        parts.submitter.begin, tenant, key, partial(manifest_for, parent, wish, parts.vocabulary())
    )
    submitted = await to_thread.run_sync(begin)
    headers = {"Location": f"/v1/jobs/{submitted.record.job_id}"}
    return await shown(submitted.record, parts, 202, headers)
