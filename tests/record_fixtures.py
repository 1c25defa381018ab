"""Fixtures: a clean job record on a real Redis, and a builder of manifests."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr
from redis_server import RedisServer

from backlot.contracts.jobs import JobKind, JobRequest, Manifest, StoredPhoto
from backlot.line.record import JobRecords
from backlot.line.scripting import Scripts, open_scripts
from backlot.line.settings import LineSettings
from backlot.line.upkeep import Upkeep


def make_manifest(**request: object) -> Manifest:
    """A manifest of a new job with a photo."""
    return Manifest(
        job_id=f"job_{uuid.uuid4().hex}",
        tenant="local",
        kind=JobKind.RECOMMEND,
        created_at=datetime.now(UTC),
        fingerprint="0" * 64,
        request=JobRequest.model_validate(request),
        photo=StoredPhoto(
            key="jobs/x/photo.jpg", width=8, height=8, has_alpha=False, media_type="image/jpeg"
        ),
    )


@pytest.fixture
def line_settings(redis_server: RedisServer) -> LineSettings:
    """Impatient settings under a prefix nobody else uses."""
    return LineSettings(
        redis_url=SecretStr(redis_server.url),
        prefix=f"t{uuid.uuid4().hex[:10]}",
        lease_s=0.3,
        retry_s=0.2,
        redis_retries=2,
    )


@pytest.fixture
def scripts(line_settings: LineSettings) -> Iterator[Scripts]:
    """The record's scripts."""
    scripts = open_scripts(line_settings)
    yield scripts
    scripts.client.close()


@pytest.fixture
def records(scripts: Scripts, line_settings: LineSettings) -> JobRecords:
    """The record as clients and workers see it."""
    return JobRecords(scripts, line_settings)


@pytest.fixture
def upkeep(scripts: Scripts, line_settings: LineSettings) -> Upkeep:
    """The record as the conductor sees it."""
    return Upkeep(scripts, line_settings)
