"""The object store as the rest of the system sees it."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from backlot.contracts.errors import BacklotError, UnavailableError


class BlobMissingError(BacklotError):
    """There is no blob under that key."""

    code = "not-found"


class BlobUnavailableError(UnavailableError):
    """The store does not answer, or answers with an error of its own; try again later."""


class PostForm(NamedTuple):
    """An HTML form, or what a program sends in its place, that puts one file under one key.

    Attributes:
        url: Where it is posted, as ``multipart/form-data``.
        fields: Sent before the part ``file``, which comes last.
    """

    url: str
    fields: dict[str, str]


class BlobStore(Protocol):
    """Write-once friendly storage of small and large files under slash-separated keys.

    Keys match ``[A-Za-z0-9][A-Za-z0-9._/=-]*`` without ``..`` or empty parts; others raise
    ``ValueError``. A key is never also the folder of another one. Every method may raise
    `BlobUnavailableError`.
    """

    def put(self, key: str, data: bytes, media_type: str) -> None:
        """Store or replace; readers see the old or the new bytes, never a part."""
        ...

    def put_once(self, key: str, data: bytes, media_type: str) -> bool:
        """Store unless the key exists; atomically. Returns whether this call stored it."""
        ...

    def put_file(self, key: str, path: Path, media_type: str) -> None:
        """Store a file from disk without reading it into memory as a whole."""
        ...

    def get(self, key: str) -> bytes:
        """Read a whole blob; raises `BlobMissingError`."""
        ...

    def chunks(self, key: str) -> Iterator[bytes]:
        """Read a blob in pieces of a megabyte at most; raises `BlobMissingError`."""
        ...

    def size(self, key: str) -> int:
        """Bytes of a blob; raises `BlobMissingError`."""
        ...

    def exists(self, key: str) -> bool:
        """Whether the key is there."""
        ...

    def delete(self, key: str) -> None:
        """Remove; no error when it is not there."""
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys that start with the prefix, in order."""
        ...

    def url(self, key: str, expires_s: int) -> str:
        """A signed address under which the blob can be read until it expires."""
        ...

    def post_form(self, key: str, media_type: str, max_bytes: int, expires_s: int) -> PostForm:
        """A signed form with which anybody can store this blob, 1 to `max_bytes` bytes long."""
        ...
