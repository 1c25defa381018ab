"""One received file: in memory while it is small, in a temporary file when it is not."""

import hashlib
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO

Source = bytes | Path
"""A received file's bytes, or where they lie."""

_PREFIX = "backlot-upload-"
_ABANDONED_S = 3600.0
"""No upload takes an hour; files this old were left by a process that was killed."""


class ReceivedFile:
    """Bytes that arrive in pieces, hashed on the way.

    Args:
        limit: Bytes it may have; kept by the one who writes.
        memory_bytes: Above this it continues in a temporary file.
        folder: Where that file goes; None is the system's own place.
    """

    def __init__(self, limit: int, memory_bytes: int, folder: Path | None = None) -> None:
        self.limit = limit
        self.size = 0
        self._memory_bytes = memory_bytes
        self._folder = folder
        self._hash = hashlib.sha256()
        self._pieces: list[bytes] = []
        self._file: IO[bytes] | None = None
        self._path: Path | None = None
        self._recalled: str | None = None

    def write(self, piece: memoryview) -> None:
        """Take the next piece."""
        self.size += len(piece)
        self._hash.update(piece)
        if self._file is None and self.size > self._memory_bytes:
            self._spill()
        if self._file is None:
            self._pieces.append(bytes(piece))
        else:
            self._file.write(piece)

    @property
    def sha256(self) -> str:
        """Hash of what has come, in hexadecimal."""
        return self._recalled or self._hash.hexdigest()

    def recall(self, sha256: str) -> None:
        """Stand for a file that was here before and is gone: of it only the hash is known."""
        self._recalled = sha256

    def source(self) -> Source:
        """The bytes, or the file they are in; valid until `close`."""
        if self._file is None or self._path is None:
            return b"".join(self._pieces)
        self._file.flush()
        return self._path

    def content(self) -> bytes:
        """The bytes, wherever they are."""
        source = self.source()
        return source if isinstance(source, bytes) else source.read_bytes()

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The bytes as a seekable file."""
        source = self.source()
        with BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
            yield file

    def close(self) -> None:
        """Forget everything."""
        self._pieces.clear()
        if self._file is not None and self._path is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)

    def _spill(self) -> None:
        # Closed and removed by close(); the store and the decoder need it by its name.
        file = tempfile.NamedTemporaryFile(  # noqa: SIM115
            prefix=_PREFIX, dir=self._folder, delete=False
        )
        self._path = Path(file.name)
        self._file = file
        file.writelines(self._pieces)
        self._pieces.clear()


def sweep(folder: Path | None) -> int:
    """Remove what killed processes left behind; gives how many files went."""
    removed = 0
    for path in Path(folder or tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(FileNotFoundError, PermissionError):
            if path.stat().st_mtime < time.time() - _ABANDONED_S:
                path.unlink()
                removed += 1
    return removed
