"""Wires the API: ``uvicorn services.api.app:create --factory``, or ``python -m services.api``."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from anyio import to_thread
from fastapi import FastAPI

from backlot.blobs.settings import BlobSettings
from backlot.line.logs import set_up_logs
from backlot.line.settings import LineSettings
from backlot.line.turns import take_turns
from services.api.endpoints import (
    backgrounds,
    batches,
    control,
    events,
    feedback,
    files,
    health,
    jobs,
    line,
    listing,
    metrics,
    rematch,
    submit,
    uploads,
    vocabulary,
    webhooks,
    window,
)
from services.api.front import Front
from services.api.openapi import describe
from services.api.parts import Parts
from services.api.problem_responses import register
from services.api.received import sweep
from services.api.settings import ApiSettings
from services.api.wiring import wire

log = structlog.get_logger()


def create() -> FastAPI:
    """The application as the environment configures it."""
    set_up_logs("api")
    app = build(wire(ApiSettings(), LineSettings(), BlobSettings()))
    take_turns()
    return app


def build(parts: Parts) -> FastAPI:
    """The application around its parts."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = parts.settings.threads
        sweep(parts.settings.upload_folder)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(parts.pool)
            await stack.enter_async_context(parts.changes)
            await stack.enter_async_context(parts.pace)
            log.info("api_ready", url=parts.settings.public_url)
            yield

    # The interactive pages load scripts from other hosts; the description itself stays.
    app = FastAPI(
        title="Backlot",
        version="1",
        summary="From a product photo to the set that sells it.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
    )
    app.state.parts = parts
    for endpoint in (
        jobs,
        submit,
        uploads,
        listing,
        events,
        control,
        feedback,
        batches,
        rematch,
        webhooks,
        backgrounds,
        files,
        line,
        metrics,
        health,
        vocabulary,
        window,
    ):
        app.include_router(endpoint.router)
    register(app)
    describe(app)
    app.add_middleware(Front, access=parts.access)
    return app
