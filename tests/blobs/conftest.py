"""The three stores, each as its users get it; S3 is a moto server reached by real boto3."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from backlot.blobs.folder import FolderStore
from backlot.blobs.memory import MemoryStore
from backlot.blobs.port import BlobStore
from backlot.blobs.s3 import S3Store

SECRET = b"a-secret-of-the-tests"
BASE_URL = "http://api.example"


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """A moto server on a free loopback port.

    A conditional write is one step in S3 and two in moto, hence the lock around each request.
    """
    moto = DomainDispatcherApplication(create_backend_app)
    one_at_a_time = threading.Lock()

    def serve(environ: Any, start_response: Any) -> list[bytes]:
        with one_at_a_time:
            return list(moto(environ, start_response))

    server = make_server("127.0.0.1", 0, serve, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def make_s3(s3_endpoint: str) -> Callable[..., S3Store]:
    """Makes stores on that server, each in a bucket of its own unless one is named."""

    def make(bucket: str = "", prefix: str = "") -> S3Store:
        store = S3Store(
            bucket or f"b-{uuid4().hex}",
            endpoint_url=s3_endpoint,
            access_key_id="test",
            secret_access_key="test",
            prefix=prefix,
        )
        store.ensure_bucket()
        return store

    return make


@pytest.fixture
def folder(tmp_path: Path) -> FolderStore:
    """A store in an empty folder."""
    return FolderStore(tmp_path / "blobs", SECRET, BASE_URL)


@pytest.fixture(params=["folder", "memory", "s3"])
def store(request: pytest.FixtureRequest) -> BlobStore:
    """Each store in turn."""
    if request.param == "memory":
        return MemoryStore()
    if request.param == "folder":
        found: BlobStore = request.getfixturevalue("folder")
        return found
    made: BlobStore = request.getfixturevalue("make_s3")(prefix="shared/with-others")
    return made
