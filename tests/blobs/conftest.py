"""The three stores, each as its users get it; S3 is a moto server reached by real boto3."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from s3_server import S3Server

from backlot.blobs.folder import FolderStore
from backlot.blobs.memory import MemoryStore
from backlot.blobs.port import BlobStore
from backlot.blobs.s3 import S3Store

SECRET = b"a-secret-of-the-tests"
BASE_URL = "http://api.example"


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """A server of the S3 protocol on a free loopback port."""
    server = S3Server()
    yield server.url
    server.close()


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
