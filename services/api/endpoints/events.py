"""/v1/jobs/{job_id}/events: a job's events as they happen, as server-sent events."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from starlette.responses import StreamingResponse

from backlot.line.journal import number_of
from services.api.examples import STREAM
from services.api.following import current
from services.api.parts import PartsOf, TenantOf
from services.api.problem_responses import declared

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

MEDIA_TYPE = "text/event-stream"
_MESSAGE: dict[str, Any] = {
    "type": "object",
    "required": ["id", "event", "data"],
    "properties": {
        "id": {"type": "string"},
        "event": {"$ref": "#/components/schemas/EventType"},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {
                "type": "object",
                "required": ["event", "job"],
                "properties": {
                    "event": {"$ref": "#/components/schemas/JobEvent"},
                    "job": {"$ref": "#/components/schemas/JobBody"},
                },
            },
        },
    },
}
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Messages named after the event's type; data is an object of the JobEvent"
        " as `event` and the JobBody as GET shows it then as `job`.",
        "content": {MEDIA_TYPE: {"itemSchema": _MESSAGE, "example": STREAM}},
    },
    204: {"description": "The job has ended and you have seen its last event: do not reconnect."},
}


@router.get(
    "/{job_id}/events",
    operation_id="followJob",
    summary="Follow a job's events",
    response_class=Response,
    responses={
        **_EVENTS,
        **declared("unauthorized", "not-found", "too-many-streams", "unavailable"),
    },
)
async def events(
    job_id: str,
    parts: PartsOf,
    tenant: TenantOf,
    last_event_id: Annotated[str | None, Header(max_length=200)] = None,
    after: Annotated[
        str | None, Query(max_length=200, description="As Last-Event-ID, for a first connection.")
    ] = None,
) -> Response:
    """Follow a job: what has happened, then what happens, until it has ended."""
    record = await current(parts.reader, parts.changes, tenant, job_id, 0)
    number = number_of(last_event_id or after or "")
    if record.status.is_final and number >= int(record.fields.get("seq", 0)):
        return Response(status_code=204)
    parts.feeds.check_room(tenant)
    stream = parts.feeds.stream(tenant, job_id, number)
    # Proxies that collect an answer before they pass it on are asked not to.
    return StreamingResponse(stream, media_type=MEDIA_TYPE, headers={"X-Accel-Buffering": "no"})
