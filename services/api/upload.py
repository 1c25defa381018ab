"""Multipart uploads, read part by part as they arrive and never further than the limits allow."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from backlot.contracts.errors import RefusedInputError
from services.api.received import ReceivedFile

_OVERHEAD_BYTES = 16 * 1024
"""Boundaries and part headers of an honest upload take about 500 bytes."""


@dataclass(frozen=True)
class UploadLimits:
    """How much is taken.

    Attributes:
        photo_bytes: Of the part ``photo``.
        product_bytes: Of the part ``product``.
        request_bytes: Of the part ``request``.
        memory_bytes: A part larger than this goes to a temporary file.
        seconds: Time the whole upload may take.
        folder: Where temporary files go; None is the system's own place.
    """

    photo_bytes: int = 25_000_000
    product_bytes: int = 100_000_000
    request_bytes: int = 64_000
    memory_bytes: int = 1_000_000
    seconds: float = 300.0
    folder: Path | None = None

    def of(self, name: str) -> int | None:
        """Limit of a part by its name; None for a part nobody knows."""
        limits = {
            "photo": self.photo_bytes,
            "product": self.product_bytes,
            "request": self.request_bytes,
        }
        return limits.get(name)

    @property
    def body_bytes(self) -> int:
        """Limit of the whole body."""
        return self.photo_bytes + self.product_bytes + self.request_bytes + _OVERHEAD_BYTES


@dataclass(frozen=True)
class Upload:
    """The parts that came; those of an empty form field count as absent."""

    photo: ReceivedFile | None = None
    product: ReceivedFile | None = None
    request: bytes | None = None


LimitOf = Callable[[str, Mapping[str, ReceivedFile]], int | None]
"""Bytes a part may have, by its name and the parts before it; None for a part nobody knows."""


@asynccontextmanager
async def received(
    headers: Mapping[str, str], chunks: AsyncIterator[bytes], limits: UploadLimits
) -> AsyncIterator[Upload]:
    """Read an upload; its temporary files are gone when the context is left, however it is left.

    Raises:
        RefusedInputError: ``body-too-large`` as soon as a limit is passed, ``malformed-request``,
            ``invalid-request`` for unknown or repeated parts.
    """
    async with received_parts(headers, chunks, limits, lambda name, _: limits.of(name)) as parts:
        request = parts.get("request")
        yield Upload(
            photo=parts.get("photo"),
            product=parts.get("product"),
            request=request.content() if request else None,
        )


@asynccontextmanager
async def received_parts(
    headers: Mapping[str, str],
    chunks: AsyncIterator[bytes],
    limits: UploadLimits,
    limit_of: LimitOf,
) -> AsyncIterator[Mapping[str, ReceivedFile]]:
    """Read any form, part by part; as `received`."""
    boundary = _boundary(headers.get("content-type", ""))
    if declared_length(headers) > limits.body_bytes:
        raise too_large("The upload", limits.body_bytes)
    parts = _Parts(limits, limit_of)
    try:
        try:
            async with asyncio.timeout(limits.seconds):
                await _read(chunks, parts, boundary, limits.body_bytes)
        except TimeoutError as error:
            raise RefusedInputError("malformed-request", "The upload took too long.") from error
        except ClientDisconnect as error:
            raise RefusedInputError("malformed-request", "The upload was broken off.") from error
        yield parts.received()
    finally:
        parts.close()


def _boundary(content_type: str) -> bytes:
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary:
        raise RefusedInputError("malformed-request", "Send multipart/form-data with a boundary.")
    return boundary


async def _read(chunks: AsyncIterator[bytes], parts: "_Parts", boundary: bytes, most: int) -> None:
    taken = 0
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": parts.begin,
                "on_header_field": parts.header_name,
                "on_header_value": parts.header_value,
                "on_header_end": parts.header_end,
                "on_headers_finished": parts.headers_end,
                "on_part_data": parts.data,
                "on_end": parts.end,
            },
        )
        async for chunk in chunks:
            taken += len(chunk)
            if taken > most:
                raise too_large("The upload", most)
            parser.write(chunk)
    except FormParserError as error:
        raise RefusedInputError(
            "malformed-request", "The body is not well-formed multipart/form-data."
        ) from error
    if not parts.complete:
        raise RefusedInputError("malformed-request", "The body ends in the middle of a part.")


class _Parts:
    """What the parser calls: sorts parts by name and stops at the first one that is too much."""

    def __init__(self, limits: UploadLimits, limit_of: LimitOf) -> None:
        self._limits = limits
        self._limit_of = limit_of
        self._files: dict[str, ReceivedFile] = {}
        self._empty: set[str] = set()
        self._current: ReceivedFile | None = None
        self._name = bytearray()
        self._value = bytearray()
        self._disposition = b""
        self.complete = False

    def begin(self) -> None:
        self._disposition = b""
        self._current = None

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._name.clear()
        self._value.clear()

    def headers_end(self) -> None:
        _, options = parse_options_header(self._disposition)
        name = options.get(b"name", b"").decode("utf-8", "replace")
        limit = self._limit_of(name, self._files)
        if limit is None:
            raise RefusedInputError("invalid-request", f"There is no part named {name[:80]!r}.")
        if name in self._files:
            raise RefusedInputError("invalid-request", f"The part {name!r} came twice.")
        if options.get(b"filename") == b"":
            self._empty.add(name)  # a form's file field in which nothing was chosen
        self._current = ReceivedFile(limit, self._limits.memory_bytes, self._limits.folder)
        self._files[name] = self._current

    def data(self, data: bytes, start: int, end: int) -> None:
        if self._current is None:
            raise RefusedInputError("malformed-request", "A part came without its headers.")
        if self._current.size + end - start > self._current.limit:
            name = next(name for name, file in self._files.items() if file is self._current)
            raise too_large(f"The part {name!r}", self._current.limit)
        self._current.write(memoryview(data)[start:end])

    def end(self) -> None:
        self.complete = True

    def received(self) -> Mapping[str, ReceivedFile]:
        """What came; call once, when everything has."""
        for name in self._empty:
            if self._files[name].size == 0:
                self._files.pop(name).close()
        return self._files

    def close(self) -> None:
        for file in self._files.values():
            file.close()


async def received_json(
    headers: Mapping[str, str], chunks: AsyncIterator[bytes], limits: UploadLimits
) -> bytes:
    """Read a body of JSON, which may be as long as the part ``request``.

    Raises:
        RefusedInputError: ``body-too-large`` or ``malformed-request``.
    """
    if declared_length(headers) > limits.request_bytes:
        raise too_large("The request", limits.request_bytes)
    body = bytearray()
    try:
        async with asyncio.timeout(limits.seconds):
            async for chunk in chunks:
                body += chunk
                if len(body) > limits.request_bytes:
                    raise too_large("The request", limits.request_bytes)
    except TimeoutError as error:
        raise RefusedInputError("malformed-request", "The request took too long.") from error
    except ClientDisconnect as error:
        raise RefusedInputError("malformed-request", "The request was broken off.") from error
    return bytes(body)


def declared_length(headers: Mapping[str, str]) -> int:
    """Content-Length; 0 when it is absent or no number, as the body is counted anyway."""
    text = headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else 0


def too_large(what: str, limit: int) -> RefusedInputError:
    """The problem of a body that is longer than allowed."""
    return RefusedInputError("body-too-large", f"{what} may have {limit:,} bytes at most.")
