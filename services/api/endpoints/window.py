"""/, /jobs, /library and what they are made of: the shop window."""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Header, Response
from pydantic import Field
from starlette.responses import FileResponse

from backlot.blobs.media import serving_headers
from backlot.contracts.errors import RefusedInputError
from backlot.contracts.frozen import Frozen
from services.api.parts import Parts, PartsOf
from services.api.problem_responses import declared
from services.api.window.files import SHELL, WindowFile, window_files
from services.api.window.policy import content_security_policy, origin_of
from services.api.window.samples import FOLDER, SampleList, shipped_samples
from services.api.window.session import cookie_for

router = APIRouter(tags=["window"], include_in_schema=False)

_MISSING = RefusedInputError("not-found", "There is no such page.")
_PROBE_KEY = "window/probe.webp"

Asked = Annotated[str, Header()]


@router.get("/", response_class=Response)
@router.get("/jobs", response_class=Response)
@router.get("/jobs/{job_id}", response_class=Response)
@router.get("/library", response_class=Response)
@router.get("/library/{background_id}", response_class=Response)
async def page(parts: PartsOf, accept_encoding: Asked = "", if_none_match: Asked = "") -> Response:
    """Serve the one page; its script shows what the address asks for."""
    answer = await _file(SHELL, accept_encoding, if_none_match)
    answer.headers["Content-Security-Policy"] = await to_thread.run_sync(_policy, parts)
    return answer


@router.get("/window/samples", response_class=Response)
async def samples() -> Response:
    """List the sample photos."""
    found: SampleList = await to_thread.run_sync(shipped_samples)
    headers = {"Cache-Control": "no-cache"}
    return Response(found.model_dump_json(), headers=headers, media_type="application/json")


@router.get("/window/samples/{name}", response_class=Response, responses=declared("not-found"))
async def sample(name: str) -> Response:
    """Serve a sample photo."""
    found: SampleList = await to_thread.run_sync(shipped_samples)
    if name not in {one.file for one in found.samples}:
        raise _MISSING
    headers = {**serving_headers(name), "Cache-Control": "public, max-age=86400"}
    return FileResponse(FOLDER / name, headers=headers, media_type="image/jpeg")


class Key(Frozen):
    """What a person typed in."""

    key: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[\x21-\x7e]+$")]


@router.post(
    "/window/session", status_code=204, response_class=Response, responses=declared("unauthorized")
)
async def open_session(typed: Key, parts: PartsOf) -> Response:
    """Keep a key for this browser, when it is one."""
    await parts.doorman.admit("GET", "/v1/jobs", f"Bearer {typed.key}")
    secure = parts.settings.public_url.startswith("https:")
    return Response(status_code=204, headers={"Set-Cookie": cookie_for(typed.key, secure=secure)})


@router.get("/window/{name}", response_class=Response, responses=declared("not-found"))
async def file(name: str, accept_encoding: Asked = "", if_none_match: Asked = "") -> Response:
    """Serve a built file."""
    return await _file(name, accept_encoding, if_none_match)


async def _file(name: str, accept_encoding: str, if_none_match: str) -> Response:
    found: WindowFile | None = (await to_thread.run_sync(window_files)).get(name)
    if found is None:
        raise _MISSING
    headers = {"Cache-Control": found.cache_control, "ETag": found.etag, "Vary": "Accept-Encoding"}
    if found.etag in if_none_match:
        return Response(status_code=304, headers=headers)
    if found.squeezed is not None and "gzip" in accept_encoding:
        headers["Content-Encoding"] = "gzip"
        return Response(found.squeezed, headers=headers, media_type=found.media_type)
    return Response(found.content, headers=headers, media_type=found.media_type)


def _policy(parts: Parts) -> str:
    stored = parts.blobs.url(_PROBE_KEY, 60)
    return content_security_policy((origin_of(parts.settings.public_url), origin_of(stored)))
