"""Which store the environment asks for."""

import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from backlot.blobs.bucket import make_bucket
from backlot.blobs.folder import FolderStore
from backlot.blobs.media import serving_headers
from backlot.blobs.s3 import S3Store
from backlot.blobs.settings import BlobSettings, open_blobs
from backlot.contracts.errors import ConfigurationError, MissingExtraError


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A secret and an empty folder."""
    monkeypatch.setenv("BACKLOT_SECRET", "a-secret-of-the-tests")
    monkeypatch.setenv("BACKLOT_BLOBS_FOLDER", str(tmp_path / "blobs"))
    return monkeypatch


def test_a_folder_by_default(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a word about S3 blobs go to a folder, signed for the public address."""
    environment.setenv("BACKLOT_PUBLIC_URL", "https://shop.example")
    environment.setenv("BACKLOT_BLOBS_FSYNC", "false")
    store = open_blobs(BlobSettings())
    assert isinstance(store, FolderStore)
    store.put("a", b"x", "text/plain")
    assert (tmp_path / "blobs" / "a").read_bytes() == b"x"
    assert store.url("a", 60).startswith("https://shop.example/v1/files/a?")


def test_a_folder_needs_the_secret(environment: pytest.MonkeyPatch) -> None:
    """Without a secret nothing starts that would sign with an empty one."""
    environment.delenv("BACKLOT_SECRET")
    with pytest.raises(ConfigurationError, match="BACKLOT_SECRET"):
        open_blobs(BlobSettings())


def test_s3_by_setting(environment: pytest.MonkeyPatch, s3_endpoint: str) -> None:
    """The S3 settings arrive at the store; empty ones count as not given."""
    environment.setenv("BACKLOT_BLOBS", "s3")
    environment.setenv("BACKLOT_S3_BUCKET", "from-settings")
    environment.setenv("BACKLOT_S3_ENDPOINT_URL", s3_endpoint)
    environment.setenv("BACKLOT_S3_PUBLIC_ENDPOINT_URL", "")
    environment.setenv("BACKLOT_S3_ACCESS_KEY_ID", "key-id")
    environment.setenv("BACKLOT_S3_SECRET_ACCESS_KEY", "key-secret")
    settings = BlobSettings()
    assert "key-secret" not in repr(settings)
    assert make_bucket(settings) is True
    store = open_blobs(settings)
    assert isinstance(store, S3Store)
    store.put("a", b"x", "text/plain")
    assert store.get("a") == b"x"
    assert store.url("a", 60).startswith(s3_endpoint)


def test_s3_needs_a_bucket(environment: pytest.MonkeyPatch) -> None:
    """S3 without a bucket is refused at the start, not at the first photo."""
    environment.setenv("BACKLOT_BLOBS", "s3")
    with pytest.raises(ConfigurationError, match="BACKLOT_S3_BUCKET"):
        open_blobs(BlobSettings())


def test_s3_says_which_extra_brings_it(environment: pytest.MonkeyPatch) -> None:
    """Without boto3 the error is an instruction, and folders work on."""
    environment.setenv("BACKLOT_BLOBS", "s3")
    environment.setenv("BACKLOT_S3_BUCKET", "b")
    environment.setitem(sys.modules, "boto3", None)
    environment.delitem(sys.modules, "backlot.blobs.s3")
    with pytest.raises(MissingExtraError, match=r"backlot\[s3\]"):
        open_blobs(BlobSettings())
    environment.setenv("BACKLOT_BLOBS", "folder")
    assert isinstance(open_blobs(BlobSettings()), FolderStore)


def test_refuses_an_unknown_store(environment: pytest.MonkeyPatch) -> None:
    """A misspelt store stops the process."""
    environment.setenv("BACKLOT_BLOBS", "ftp")
    with pytest.raises(ValidationError):
        BlobSettings()


def test_a_folder_has_no_bucket() -> None:
    """Making a bucket for a folder is a mistake in the deployment, and said so."""
    with pytest.raises(ConfigurationError, match="s3 only"):
        make_bucket(BlobSettings())


@pytest.mark.parametrize(
    ("key", "media_type", "disposition"),
    [
        ("a/photo.JPG", "image/jpeg", "inline"),
        ("a/b.webp", "image/webp", "inline"),
        ("a/b.svg", "application/octet-stream", 'attachment; filename="b.svg"'),
        ("a/b.html", "application/octet-stream", 'attachment; filename="b.html"'),
        ("a/b", "application/octet-stream", 'attachment; filename="b"'),
        ("a/set.glb", "model/gltf-binary", 'attachment; filename="set.glb"'),
    ],
)
def test_is_served_by_what_the_key_says(key: str, media_type: str, disposition: str) -> None:
    """Only known image types show in a page; nothing that can run is ever served as such."""
    headers = serving_headers(key)
    assert headers["Content-Type"] == media_type
    assert headers["Content-Disposition"] == disposition
    assert headers["X-Content-Type-Options"] == "nosniff"
