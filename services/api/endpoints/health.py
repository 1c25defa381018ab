"""/livez and /readyz: is this process there, and can it accept jobs?"""

import asyncio

from anyio import to_thread
from fastapi import APIRouter, Response

from backlot.contracts.errors import UnavailableError
from services.api.parts import Parts, PartsOf
from services.api.problem_responses import declared

router = APIRouter(tags=["health"])

_PATIENCE_S = 5.0
_PROBE_KEY = "health/api.txt"


@router.get("/livez", response_class=Response)
async def live() -> Response:
    """Answer; this process runs."""
    return Response('{"status":"live"}', media_type="application/json")


@router.get("/readyz", response_class=Response, responses=declared("unavailable"))
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
