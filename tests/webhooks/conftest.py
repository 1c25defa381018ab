"""Fixtures of webhooks: endpoints and outbox on a real Redis."""

import pytest

from backlot.blobs.memory import MemoryStore
from backlot.line.scripting import Scripts
from backlot.webhooks.endpoints import Endpoints
from backlot.webhooks.outbox import Outbox
from backlot.webhooks.sealing import Sealer


@pytest.fixture
def blobs() -> MemoryStore:
    """Where endpoints are kept for good."""
    return MemoryStore()


@pytest.fixture
def endpoints(scripts: Scripts, blobs: MemoryStore) -> Endpoints:
    """All endpoints."""
    return Endpoints(scripts, blobs, Sealer(b"x" * 32))


@pytest.fixture
def outbox(scripts: Scripts) -> Outbox:
    """All deliveries; an endpoint is given up after a thousand seconds."""
    return Outbox(scripts, disable_after_s=1000)
