"""/metrics: the line in Prometheus' text format."""

from anyio import to_thread
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from services.api.line_metrics import exposition
from services.api.parts import PartsOf, TenantOf
from services.api.problem_responses import declared

router = APIRouter(tags=["operations"])


@router.get(
    "/metrics",
    operation_id="getMetrics",
    summary="Give figures to Prometheus",
    response_class=Response,
    responses={
        200: {
            "description": "Families of metrics, as text.",
            "content": {
                "text/plain": {"schema": {"type": "string"}, "example": "backlot_jobs 7\n"}
            },
        },
        **declared("unauthorized", "unavailable"),
    },
)
async def metrics(parts: PartsOf, _: TenantOf) -> Response:
    """Give the figures of /v1/line and the record's counters to Prometheus."""
    text = await to_thread.run_sync(exposition, parts.upkeep, parts.pool.taken)
    return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})
