"""/v1/backgrounds: the library, as lists and one by one."""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Query, Response

from backlot.contracts.background import BackgroundDetail, BackgroundKind, BackgroundPage
from backlot.line.body import signer
from services.api.library import Library
from services.api.parts import Parts, PartsOf, TenantOf
from services.api.problem_responses import declared

router = APIRouter(prefix="/v1/backgrounds", tags=["backgrounds"])


@router.get(
    "",
    response_class=Response,
    responses={200: {"model": BackgroundPage}, **declared("unauthorized", "invalid-request")},
)
async def page(
    parts: PartsOf,
    _: TenantOf,
    kind: BackgroundKind | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 24,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """List backgrounds in the order of their ids."""
    library = await _library(parts)
    return _json(library.page(kind, limit, cursor))


@router.get(
    "/{background_id}",
    response_class=Response,
    responses={200: {"model": BackgroundDetail}, **declared("unauthorized", "not-found")},
)
async def one(background_id: str, parts: PartsOf, _: TenantOf) -> Response:
    """Show one background with everything that is known of it."""
    library = await _library(parts)
    return _json(library.one(background_id))


async def _library(parts: Parts) -> Library:
    # The first call reads and checks the manifest, which takes a moment.
    backgrounds = await to_thread.run_sync(parts.backgrounds)
    return Library(backgrounds, signer(parts.blobs, parts.settings.public_url))


def _json(shown: BackgroundPage | BackgroundDetail) -> Response:
    return Response(shown.model_dump_json(), media_type="application/json")
