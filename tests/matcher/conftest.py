"""Indexes and matchers to test with."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from matcher_builders import SPACE, matcher_of

from services.matcher.adapters.edge import EdgeIndex
from services.matcher.adapters.exact import ExactIndex
from services.matcher.adapters.qdrant import QdrantIndex, open_folder, open_url
from services.matcher.match import Matcher
from services.matcher.port import BackgroundIndex

SERVER = os.environ.get("BACKLOT_TEST_QDRANT_URL", "")

ENGINES = (
    "exact",
    "edge",
    "local",
    pytest.param(
        "server",
        marks=[
            pytest.mark.server,
            pytest.mark.skipif(
                not SERVER, reason="server unproven: BACKLOT_TEST_QDRANT_URL is not set"
            ),
        ],
    ),
)


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BackgroundIndex]:
    """An empty index of every kind there is."""
    opened = {"exact": _exact, "edge": _edge, "local": _local, "server": _server}[request.param](
        tmp_path
    )
    yield opened
    opened.close()


@pytest.fixture
def matcher() -> Matcher:
    """A matcher over the small library, without any model or engine."""
    return matcher_of()


def _exact(_: Path) -> BackgroundIndex:
    return ExactIndex(SPACE)


def _edge(folder: Path) -> BackgroundIndex:
    return EdgeIndex(folder / "q", space=SPACE)


def _local(folder: Path) -> BackgroundIndex:
    """The server's adapter over the client's own engine in this process."""
    return QdrantIndex(open_folder(folder / "q"), name="sets", space=SPACE, embedded=True)


def _server(_: Path) -> BackgroundIndex:
    name = f"test-{uuid4().hex[:12]}"
    return QdrantIndex(open_url(SERVER), name=name, space=SPACE, embedded=False)
