"""Files: signed blobs of the folder store, and the previews that ship with the catalog."""

import re

from anyio import to_thread
from fastapi import APIRouter, Query, Response
from starlette.responses import FileResponse

from backlot.blobs.folder import FolderStore
from backlot.blobs.media import media_type_of, serving_headers
from backlot.blobs.port import BlobMissingError
from backlot.catalog import PREVIEW_ROOT, preview_path
from backlot.contracts.errors import RefusedInputError
from services.api.parts import PartsOf
from services.api.problem_responses import declared

router = APIRouter(prefix="/v1", tags=["files"])

_PREVIEW = re.compile(r"[a-z0-9][a-z0-9._-]{0,120}\.(webp|jpg|png)")
_MISSING = RefusedInputError("not-found", "There is no such file, or its address has expired.")


@router.api_route(
    "/files/{key:path}",
    methods=["GET", "HEAD"],
    response_class=Response,
    responses=declared("not-found"),
    include_in_schema=False,
)
async def blob(
    key: str, parts: PartsOf, expires: int = Query(default=0), signature: str = Query(default="")
) -> Response:
    """Serve a blob of the folder store; its signed address is the permission."""
    store = parts.blobs
    if not isinstance(store, FolderStore):
        raise _MISSING  # any other store serves its own addresses
    if not store.verify(key, expires, signature, parts.clock()):
        raise _MISSING
    try:
        path = await to_thread.run_sync(store.path, key)
    except (BlobMissingError, ValueError) as error:
        raise _MISSING from error
    headers = {
        **serving_headers(key),
        "Cache-Control": f"private, max-age={max(0, expires - int(parts.clock()))}, immutable",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return FileResponse(path, headers=headers, media_type=media_type_of(key))


@router.api_route(
    "/catalog/previews/{name}",
    methods=["GET", "HEAD"],
    response_class=Response,
    responses=declared("not-found"),
    include_in_schema=False,
)
async def preview(name: str) -> Response:
    """Serve a picture of a starter background; these are public."""
    key = f"{PREVIEW_ROOT}previews/{name}"
    path = preview_path(key)
    if not _PREVIEW.fullmatch(name) or not await to_thread.run_sync(path.is_file):
        raise _MISSING
    headers = {
        **serving_headers(key),
        "Cache-Control": "public, max-age=86400",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return FileResponse(path, headers=headers, media_type=media_type_of(key))
