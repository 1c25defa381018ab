"""/v1/line: how busy every stage is, the numbers to scale on."""

from anyio import to_thread
from fastapi import APIRouter, Response

from backlot.contracts.frozen import Frozen
from backlot.contracts.stages import Stage
from backlot.line.upkeep import StageLoad
from services.api.parts import PartsOf, TenantOf
from services.api.problem_responses import declared

router = APIRouter(prefix="/v1/line", tags=["operations"])


class LineBody(Frozen):
    """Every stage of the line."""

    stages: dict[Stage, StageLoad]


@router.get(
    "",
    operation_id="getLine",
    summary="Show how busy the line is",
    response_class=Response,
    responses={200: {"model": LineBody}, **declared("unauthorized", "unavailable")},
)
async def line(parts: PartsOf, _: TenantOf) -> Response:
    """Show workers, waiting and running jobs, and load for every stage."""
    body = LineBody(stages=await to_thread.run_sync(parts.upkeep.line))
    return Response(body.model_dump_json(), media_type="application/json")
