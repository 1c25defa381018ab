"""Wires the API: ``uvicorn services.api.app:create --factory``, or ``python -m services.api``."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import structlog
from anyio import to_thread
from fastapi import FastAPI

from backlot.blobs.settings import BlobSettings, open_blobs
from backlot.blobs.signing import MIN_SECRET_BYTES
from backlot.catalog import load_starter
from backlot.contracts.errors import ConfigurationError
from backlot.egress.addresses import parse_networks
from backlot.egress.policy import EgressPolicy
from backlot.egress.resolver import SystemResolver
from backlot.line.changes import Changes
from backlot.line.logs import set_up_logs
from backlot.line.record import JobRecords
from backlot.line.scripting import open_scripts
from backlot.line.settings import LineSettings
from backlot.line.turns import take_turns
from backlot.line.upkeep import Upkeep
from backlot.vocabulary import load_vocabulary
from services.api.access import Access, read_keys
from services.api.decoding import DecodePool
from services.api.endpoints import backgrounds, files, health, jobs, line, metrics, rematch
from services.api.front import Front
from services.api.openapi import describe
from services.api.parts import Parts
from services.api.problem_responses import register
from services.api.received import sweep
from services.api.settings import ApiSettings
from services.api.submit import Submitter
from services.api.webhook_urls import WebhookUrls

log = structlog.get_logger()


def create() -> FastAPI:
    """The application as the environment configures it."""
    set_up_logs("api")
    app = build(wire(ApiSettings(), LineSettings(), BlobSettings()))
    take_turns()
    return app


def wire(settings: ApiSettings, line_settings: LineSettings, blob_settings: BlobSettings) -> Parts:
    """Make every part; nothing is asked over the network yet.

    Raises:
        ConfigurationError: Settings that make no sense together.
    """
    secret = settings.secret.get_secret_value().encode()
    if len(secret) < MIN_SECRET_BYTES:
        raise ConfigurationError(f"BACKLOT_SECRET needs {MIN_SECRET_BYTES} bytes or more.")
    access = Access(read_keys(settings.api_keys.get_secret_value()), settings.host)
    scripts = open_scripts(line_settings)
    records = JobRecords(scripts, line_settings)
    blobs = open_blobs(blob_settings)
    pool = DecodePool(
        settings.photo_limits,
        workers=settings.decode_workers,
        waiting=settings.decode_waiting,
        timeout_s=settings.decode_timeout_s,
        memory_bytes=settings.decode_memory_mb * 2**20,
    )
    check_webhook = _webhook_urls(settings).check
    return Parts(
        settings=settings,
        access=access,
        blobs=blobs,
        records=records,
        upkeep=Upkeep(scripts, line_settings),
        changes=Changes(line_settings),
        pool=pool,
        submitter=Submitter(
            blobs=blobs,
            records=records,
            pool=pool,
            check_webhook=check_webhook,
            secret=secret,
            idempotency=timedelta(seconds=line_settings.idempotency_ttl_s),
        ),
        backgrounds=load_starter,
        vocabulary=load_vocabulary,
        check_webhook=check_webhook,
    )


def _webhook_urls(settings: ApiSettings) -> WebhookUrls:
    policy = EgressPolicy(allow=parse_networks(settings.egress_allow))
    return WebhookUrls(policy, SystemResolver())


def build(parts: Parts) -> FastAPI:
    """The application around its parts."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = parts.settings.threads
        sweep(parts.settings.upload_folder)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(parts.pool)
            await stack.enter_async_context(parts.changes)
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
    for endpoint in (jobs, rematch, backgrounds, files, line, metrics, health):
        app.include_router(endpoint.router)
    register(app)
    describe(app)
    app.add_middleware(Front, access=parts.access)
    return app
