"""/v1/batches: many products in one request."""

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from backlot.contracts.batches import BatchBody, BatchRequest
from services.api.job_ids import check_key
from services.api.parts import PartsOf, TenantOf
from services.api.problem_responses import declared

router = APIRouter(prefix="/v1/batches", tags=["batches"])


@router.post(
    "",
    operation_id="createBatch",
    summary="Submit many products at once",
    status_code=202,
    response_class=Response,
    responses={
        202: {"model": BatchBody, "description": "Every item is a job now, or says why not."},
        **declared(
            "malformed-request", "idempotency-key-invalid", "unauthorized", "invalid-request",
            "idempotency-mismatch", "too-many-jobs", "unavailable",
        ),
    },
)  # fmt: skip
async def take(request: Request, items: BatchRequest, parts: PartsOf, tenant: TenantOf) -> Response:
    """Submit many uploaded products at once; each becomes a job of its own."""
    key = check_key(request.headers.get("idempotency-key"))
    await parts.doorman.admit_jobs(request.headers.get("authorization"), len(items.items) - 1)
    taken = await parts.batches.take(tenant, key, items, may_hurry=request.state.may_hurry)
    body = await to_thread.run_sync(parts.batches.body, taken.batch)
    headers = {"Location": f"/v1/batches/{body.batch_id}"}
    if taken.replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(body.model_dump_json(), 202, headers, "application/json")


@router.get(
    "/{batch_id}",
    operation_id="getBatch",
    summary="Show a batch",
    response_class=Response,
    responses={200: {"model": BatchBody}, **declared("unauthorized", "not-found", "unavailable")},
)
async def show(batch_id: str, parts: PartsOf, tenant: TenantOf) -> Response:
    """Show how the jobs of a batch stand."""
    body = await to_thread.run_sync(parts.batches.show, tenant, batch_id)
    return Response(body.model_dump_json(), media_type="application/json")
