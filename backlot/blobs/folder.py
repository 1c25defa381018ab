"""The object store in a folder: every write is a finished temporary file that gets its name."""

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from backlot.blobs.keys import check_expires, check_key, check_prefix
from backlot.blobs.port import BlobMissingError, BlobUnavailableError, PostForm
from backlot.blobs.signing import PostPolicy, UrlSigner
from backlot.contracts.errors import ConfigurationError

INCOMING = ".incoming"
ABANDONED_S = 3600.0
"""Temporary files this old were left by writers that died; no write takes an hour."""

_PLACE_TRIES = 16
_COPY_BYTES = 1 << 20


class FolderStore:
    """Blobs as files under one root, written by any number of processes of one machine.

    A key may not also be the folder of another key (``a`` beside ``a/b``): ``ValueError``.

    Args:
        root: The folder; made when it is not there. It must allow hard links.
        secret: Signs addresses.
        base_url: Where the API that serves the addresses is reached.
        fsync: Whether a write waits for the disk. Without it a killed process still loses
            nothing, but a power cut may take the last seconds.
        clock: Unix seconds; what the expiry of addresses is counted from.
    """

    def __init__(
        self,
        root: Path,
        secret: bytes,
        base_url: str,
        *,
        fsync: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._root = root.absolute()
        self._incoming = self._root / INCOMING
        self._fsync = fsync
        self._clock = clock
        self._signer = UrlSigner(secret, base_url)
        try:
            self._incoming.mkdir(parents=True, exist_ok=True)
            self._sweep()
        except OSError as error:
            raise ConfigurationError(f"{root} cannot hold blobs: {error.strerror}") from error

    def put(self, key: str, data: bytes, media_type: str) -> None:  # noqa: ARG002 - served by key
        """Store or replace; readers see the old or the new bytes, never a part."""
        path = self._path(key)
        with _writing(key), self._written(lambda file: file.write(data)) as temporary:
            self._place(temporary, path, os.replace)

    def put_once(self, key: str, data: bytes, media_type: str) -> bool:  # noqa: ARG002 - as put
        """Store unless the key exists; atomically, by a hard link. Whether this call stored it."""
        path = self._path(key)
        with _writing(key):
            if path.is_file():
                return False
            try:
                with self._written(lambda file: file.write(data)) as temporary:
                    self._place(temporary, path, _rename_once)
            except FileExistsError:
                if path.is_dir():
                    raise
                return False
        return True

    def put_file(self, key: str, path: Path, media_type: str) -> None:  # noqa: ARG002 - as put
        """Store a file from disk in chunks of a megabyte."""
        target = self._path(key)
        with (
            path.open("rb") as source,
            _writing(key),
            self._written(lambda file: shutil.copyfileobj(source, file, _COPY_BYTES)) as temporary,
        ):
            self._place(temporary, target, os.replace)

    def get(self, key: str) -> bytes:
        """Read a whole blob; raises `BlobMissingError`."""
        with _reading(key):
            return self._path(key).read_bytes()

    def chunks(self, key: str) -> Iterator[bytes]:
        """Read a blob in pieces of a megabyte; raises `BlobMissingError`."""
        with _reading(key), self._path(key).open("rb") as file:
            while piece := file.read(_COPY_BYTES):
                yield piece

    def size(self, key: str) -> int:
        """Bytes of a blob; raises `BlobMissingError`."""
        return self.path(key).stat().st_size

    def path(self, key: str) -> Path:
        """The blob's file, for serving it without reading it whole; raises `BlobMissingError`."""
        if not self.exists(key):
            raise BlobMissingError(key)
        return self._path(key)

    def exists(self, key: str) -> bool:
        """Whether the key is there."""
        with _reading(key):
            return self._path(key).is_file()

    def delete(self, key: str) -> None:
        """Remove, and with it the folders that it leaves empty."""
        path = self._path(key)
        with contextlib.suppress(BlobMissingError), _reading(key):
            path.unlink()
        for folder in self._ancestors(path):
            try:
                folder.rmdir()
            except OSError:  # not empty, or somebody was faster
                break

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys that start with the prefix, in order."""
        check_prefix(prefix)
        return self._walk("", prefix)

    def url(self, key: str, expires_s: int) -> str:
        """A signed address on our API under which the blob can be read until it expires."""
        return self._signer.url(check_key(key), int(self._clock()) + check_expires(expires_s))

    def verify(self, key: str, expires: int, signature: str, now: float) -> bool:
        """Whether such an address was signed by us and is still good; in constant time."""
        return self._signer.verify(key, expires, signature, now)

    def post_form(self, key: str, media_type: str, max_bytes: int, expires_s: int) -> PostForm:
        """A signed form that our API takes."""
        expires = int(self._clock()) + check_expires(expires_s)
        return self._signer.form(key, media_type, max_bytes, expires)

    def verify_form(self, fields: Mapping[str, str], now: float) -> PostPolicy | None:
        """What such a form allows; None when we did not sign it or it has expired."""
        return self._signer.verify_form(fields, now)

    def _path(self, key: str) -> Path:
        return self._root / check_key(key)

    @contextlib.contextmanager
    def _written(self, write: Callable[[BinaryIO], object]) -> Iterator[str]:
        """A finished, nameless file; gone when it does not come to its place."""
        # Plain calls and not Path's: every submit writes two small files, and their dressing would
        # cost as much as the writing.
        temporary = f"{self._incoming}/{os.urandom(16).hex()}"
        try:
            with open(temporary, "xb") as file:  # noqa: PTH123
                write(file)
                file.flush()
                if self._fsync:
                    os.fsync(file.fileno())
            yield temporary
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)  # noqa: PTH108
            raise

    def _place(self, temporary: str, path: Path, name: Callable[[str, Path], None]) -> None:
        """Give the file its name, making folders only when one is missing.

        Asking first would cost more than failing once, and a remembered folder may have been
        removed by another process.
        """
        made = False
        for _ in range(_PLACE_TRIES):
            try:
                name(temporary, path)
                break
            except FileNotFoundError:
                path.parent.mkdir(parents=True, exist_ok=True)
                made = True
        else:
            raise OSError(None, f"folders of {path.name} vanish as fast as they are made")
        if self._fsync:
            _sync_folder(path.parent)
        if self._fsync and made:
            for folder in self._ancestors(path):
                _sync_folder(folder.parent)

    def _ancestors(self, path: Path) -> Iterator[Path]:
        """The folders between a blob and the root, innermost first, without the root."""
        return (folder for folder in path.parents if self._root in folder.parents)

    def _walk(self, folder: str, prefix: str) -> Iterator[str]:
        try:
            with os.scandir(self._root / folder) as entries:
                # With its slash a folder sorts where its keys do: "a-b" comes before "a/b".
                names = sorted(e.name + ("/" if e.is_dir() else "") for e in entries)
        except FileNotFoundError:
            return
        except OSError as error:
            raise BlobUnavailableError(f"The blob folder cannot be read: {error}") from error
        for name in names:
            key = folder + name
            if name.startswith("."):
                continue
            if not name.endswith("/"):
                if key.startswith(prefix):
                    yield key
            elif key.startswith(prefix) or prefix.startswith(key):
                yield from self._walk(key, prefix)

    def _sweep(self) -> None:
        for temporary in self._incoming.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if temporary.stat().st_mtime < time.time() - ABANDONED_S:
                    temporary.unlink()


@contextlib.contextmanager
def _reading(key: str) -> Iterator[None]:
    """Say what a file error means for a blob that is read or removed."""
    try:
        yield
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise BlobMissingError(key) from error
    except OSError as error:
        raise BlobUnavailableError(f"The blob folder failed: {error.strerror}") from error


@contextlib.contextmanager
def _writing(key: str) -> Iterator[None]:
    """Say what a file error means for a blob that is written."""
    try:
        yield
    except (FileExistsError, IsADirectoryError, NotADirectoryError) as error:
        raise ValueError(f"A blob and a folder of blobs share a name: {key}") from error
    except OSError as error:
        raise BlobUnavailableError(f"The blob folder failed: {error.strerror}") from error


def _rename_once(temporary: str, path: Path) -> None:
    """Give a file its name unless that is taken."""
    os.link(temporary, path)
    os.unlink(temporary)  # noqa: PTH108


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder outlive a power cut; a folder that is gone has none to keep."""
    with contextlib.suppress(FileNotFoundError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
