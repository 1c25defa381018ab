"""Multipart bodies written by hand, so that tests can send what no client library would."""

from collections.abc import AsyncIterator, Iterable

BOUNDARY = "test-boundary"
FORM = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


def part(name: str, body: bytes, filename: str | None = None) -> bytes:
    """One part."""
    file = f'; filename="{filename}"' if filename is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + body + b"\r\n"


def form(*parts: bytes) -> bytes:
    """A whole body."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


async def in_chunks(body: bytes, size: int = 1 << 16) -> AsyncIterator[bytes]:
    """The body as it arrives."""
    for at in range(0, len(body), size):
        yield body[at : at + size]


class Flood:
    """A body that never ends, counting what is taken of it."""

    def __init__(self, start: bytes, chunk: bytes) -> None:
        self.taken = 0
        self._start = start
        self._chunk = chunk

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the start and then the same chunk for ever."""
        yield self._start
        while True:
            self.taken += len(self._chunk)
            yield self._chunk


def small_forms() -> Iterable[bytes]:
    """Bodies that are not well-formed."""
    return (
        b"",
        b"no boundary at all",
        form()[:-4],
        part("photo", b"x" * 100)[:-10],
        b"--" + BOUNDARY.encode() + b"\r\n\r\nno headers\r\n" + form(),
        b"--" + BOUNDARY.encode() + b"\r\nContent Disposition broken\r\n\r\nx\r\n" + form(),
        b"--" + BOUNDARY.encode() + b"\r\nX: " + b"y" * 100_000 + b"\r\n\r\nx\r\n" + form(),
    )
