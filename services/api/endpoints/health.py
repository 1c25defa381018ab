"""/livez and /readyz: is this process there, and can it accept jobs?"""

import asyncio
from typing import Literal

from anyio import to_thread
from fastapi import APIRouter, Response

from backlot.contracts.errors import UnavailableError
from backlot.contracts.frozen import Frozen
from services.api.parts import Parts, PartsOf
from services.api.problem_responses import declared

router = APIRouter(tags=["health"])


class Health(Frozen):
    """That it is well; else there is a problem instead."""

    status: Literal["live", "ready"]


_PATIENCE_S = 5.0
_PROBE_KEY = "health/api.txt"


@router.get(
    "/livez",
    operation_id="isAlive",
    summary="Is this process there?",
    response_class=Response,
    responses={200: {"model": Health, "description": "It runs."}},
)
async def live() -> Response:
    """Answer; this process runs."""
    return Response('{"status":"live"}', media_type="application/json")


@router.get(
    "/readyz",
    operation_id="isReady",
    summary="Can this process accept jobs?",
    response_class=Response,
    responses={
        200: {"model": Health, "description": "Redis answers and blobs can be written."},
        **declared("unavailable"),
    },
)
async def ready(parts: PartsOf) -> Response:
    """Answer 200 while this process can accept jobs: Redis answers and blobs can be written."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await to_thread.run_sync(_probe, parts, abandon_on_cancel=True)
    except TimeoutError as error:
        raise UnavailableError(f"no answer within {_PATIENCE_S:g} s") from error
    return Response('{"status":"ready"}', media_type="application/json")


def _probe(parts: Parts) -> None:
    parts.records.ping()
    parts.blobs.put(_PROBE_KEY, b"ok", "text/plain")
