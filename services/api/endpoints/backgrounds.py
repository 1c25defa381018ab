"""/v1/backgrounds: the library, as lists and one by one."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response

from backlot.contracts.background import BackgroundDetail, BackgroundKind, BackgroundPage
from backlot.contracts.errors import RefusedInputError
from backlot.contracts.jobs import JobBody, Manifest
from backlot.contracts.stages import Stage
from backlot.contracts.terms import TermId
from backlot.line.body import signer
from services.api.background_intake import (
    BackgroundIntake,
    limit_of,
    manifest_of,
    refuse_starter,
    reindex_manifest,
)
from services.api.job_ids import check_key
from services.api.library import Library
from services.api.parts import Parts, PartsOf, TenantOf
from services.api.problem_responses import declared
from services.api.showing import shown
from services.api.upload import received_parts

router = APIRouter(prefix="/v1/backgrounds", tags=["backgrounds"])

_ID = re.compile(r"[a-z0-9][a-z0-9-]{2,63}")

_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "metadata"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "preview": {"type": "string", "format": "binary"},
                        "metadata": {"$ref": "#/components/schemas/NewBackground"},
                    },
                },
                "encoding": {"metadata": {"contentType": "application/json"}},
            }
        },
    }
}


@router.get(
    "",
    operation_id="listBackgrounds",
    summary="List backgrounds",
    response_class=Response,
    responses={200: {"model": BackgroundPage}, **declared("unauthorized", "invalid-request")},
)
async def page(
    parts: PartsOf,
    _: TenantOf,
    kind: BackgroundKind | None = None,
    source: Literal["starter", "imported", "generated"] | None = None,
    term: Annotated[tuple[TermId, ...], Query(max_length=8)] = (),
    limit: Annotated[int, Query(ge=1, le=100)] = 24,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """List backgrounds in the order of their ids; several terms must all be shown."""
    library = await _library(parts)
    return _json(library.page(kind, limit, cursor, source=source, terms=term))


@router.post(
    "",
    operation_id="importBackground",
    summary="Bring a background into the library",
    status_code=202,
    response_class=Response,
    responses={
        202: {"model": JobBody, "description": "An ingest job; Location is where to look."},
        **declared(
            "unauthorized", "malformed-request", "invalid-request", "body-too-large",
            "background-broken", "background-ours", "photo-format", "photo-broken",
            "idempotency-key-invalid", "idempotency-mismatch", "unavailable",
        ),
    },
    openapi_extra=_FORM,
)  # fmt: skip
async def bring(request: Request, parts: PartsOf, tenant: TenantOf) -> Response:
    """Bring a GLB, an HDRI or a photo backdrop into the library, or a new version of one."""
    key = check_key(request.headers.get("idempotency-key"))
    limits = parts.settings.upload_limits
    photographers = await to_thread.run_sync(parts.upkeep.workers, Stage.VIEW.value)
    intake = BackgroundIntake(parts.blobs, parts.pool, lambda: bool(photographers))
    async with received_parts(
        request.headers, request.stream(), limits, lambda name, _: limit_of(limits, name)
    ) as files:
        draft, warnings = await intake.draft(files)
    return await _begun(parts, tenant, key, manifest_of(draft, warnings, tenant))


@router.post(
    "/reindex",
    operation_id="reindexBackgrounds",
    summary="Make the library's index anew",
    status_code=202,
    response_class=Response,
    responses={
        202: {"model": JobBody, "description": "An index job."},
        **declared(
            "unauthorized", "idempotency-key-invalid", "idempotency-mismatch", "unavailable"
        ),
    },
)
async def reindex(request: Request, parts: PartsOf, tenant: TenantOf) -> Response:
    """Make the index anew from the records, while searches are answered from the old one."""
    key = check_key(request.headers.get("idempotency-key"))
    return await _begun(parts, tenant, key, reindex_manifest(tenant))


@router.delete(
    "/{background_id}",
    operation_id="deleteBackground",
    summary="Remove a background",
    status_code=204,
    responses=declared("unauthorized", "not-found", "background-ours", "unavailable"),
)
async def remove(background_id: str, parts: PartsOf, _: TenantOf) -> Response:
    """Take a background out of the library; jobs that showed it keep what they said."""
    refuse_starter(background_id)
    # Only what an id can look like is looked for: it becomes part of a blob's key.
    gone = _ID.fullmatch(background_id) is not None and await to_thread.run_sync(
        parts.own_backgrounds.delete, background_id
    )
    if not gone:
        raise RefusedInputError("not-found", "There is no such background.")
    parts.backgrounds.look_again()
    return Response(status_code=204)


@router.get(
    "/{background_id}",
    operation_id="getBackground",
    summary="Show a background",
    response_class=Response,
    responses={200: {"model": BackgroundDetail}, **declared("unauthorized", "not-found")},
)
async def one(background_id: str, parts: PartsOf, _: TenantOf) -> Response:
    """Show one background with everything that is known of it."""
    library = await _library(parts)
    return _json(library.one(background_id))


async def _begun(
    parts: Parts, tenant: str, key: str | None, made: Callable[[str], Manifest]
) -> Response:
    submitted = await to_thread.run_sync(parts.submitter.begin, tenant, key, made)
    headers = {"Location": f"/v1/jobs/{submitted.record.job_id}"}
    if submitted.replayed:
        headers["Idempotency-Replayed"] = "true"
    return await shown(submitted.record, parts, 202, headers)


async def _library(parts: Parts) -> Library:
    # The first call reads and checks the manifest, which takes a moment.
    backgrounds = await to_thread.run_sync(parts.backgrounds)
    return Library(backgrounds, signer(parts.blobs, parts.settings.public_url, parts.clock))


def _json(shown: BackgroundPage | BackgroundDetail) -> Response:
    return Response(shown.model_dump_json(), media_type="application/json")
