"""A store that forgets everything when the process ends; for unit tests."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from backlot.blobs.keys import check_expires, check_key, check_prefix
from backlot.blobs.port import BlobMissingError, PostForm
from backlot.blobs.signing import UrlSigner


class MemoryStore:
    """The fake of `BlobStore`, held to the same behaviour as the real ones.

    Args:
        clock: Unix seconds; what the expiry of addresses is counted from.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._blobs: dict[str, bytes] = {}
        self._lock = threading.Lock()
        self._clock = clock
        self._signer = UrlSigner(b"nothing-to-protect", "http://memory.invalid")

    def put(self, key: str, data: bytes, media_type: str) -> None:  # noqa: ARG002 - served by key
        """Store or replace."""
        with self._lock:
            self._blobs[check_key(key)] = data

    def put_once(self, key: str, data: bytes, media_type: str) -> bool:  # noqa: ARG002 - as put
        """Store unless the key exists; whether this call stored it."""
        with self._lock:
            if check_key(key) in self._blobs:
                return False
            self._blobs[key] = data
            return True

    def put_file(self, key: str, path: Path, media_type: str) -> None:
        """Store the bytes of a file."""
        self.put(key, path.read_bytes(), media_type)

    def get(self, key: str) -> bytes:
        """Read a whole blob; raises `BlobMissingError`."""
        with self._lock:
            if check_key(key) not in self._blobs:
                raise BlobMissingError(key)
            return self._blobs[key]

    def chunks(self, key: str) -> Iterator[bytes]:
        """Read a blob in one piece."""
        yield self.get(key)

    def size(self, key: str) -> int:
        """Bytes of a blob."""
        return len(self.get(key))

    def exists(self, key: str) -> bool:
        """Whether the key is there."""
        with self._lock:
            return check_key(key) in self._blobs

    def delete(self, key: str) -> None:
        """Remove; no error when it is not there."""
        with self._lock:
            self._blobs.pop(check_key(key), None)

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys that start with the prefix, in order."""
        check_prefix(prefix)
        with self._lock:
            found = sorted(key for key in self._blobs if key.startswith(prefix))
        return iter(found)

    def url(self, key: str, expires_s: int) -> str:
        """A signed address; nobody serves it."""
        return self._signer.url(check_key(key), int(self._clock()) + check_expires(expires_s))

    def post_form(self, key: str, media_type: str, max_bytes: int, expires_s: int) -> PostForm:
        """A signed form; nobody serves its address."""
        expires = int(self._clock()) + check_expires(expires_s)
        return self._signer.form(key, media_type, max_bytes, expires)
