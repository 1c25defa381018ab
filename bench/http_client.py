"""A keep-alive HTTP/1.1 client that costs little, so that a bench measures the server."""

import asyncio
import json
from typing import Any, Self


class Http:
    """One connection; one request at a time."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port

    async def __aenter__(self) -> Self:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        self._writer.close()
        await self._writer.wait_closed()

    async def post(self, path: str, body: bytes, content_type: str) -> tuple[int, Any]:
        """Send a body; returns status and JSON."""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
            f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return await self._exchange(head.encode() + body)

    async def get(self, path: str) -> tuple[int, Any]:
        """Ask; returns status and JSON."""
        return await self._exchange(
            f"GET {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n\r\n".encode()
        )

    async def _exchange(self, request: bytes) -> tuple[int, Any]:
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        status = int(lines[0].split()[1])
        length = next(
            int(line.partition(":")[2])
            for line in lines
            if line.lower().startswith("content-length")
        )
        return status, json.loads(await self._reader.readexactly(length))


def multipart(photo: bytes, request: dict[str, Any]) -> tuple[bytes, str]:
    """A job's body and its content type."""
    edge = "backlotbench"
    parts = (
        f'--{edge}\r\nContent-Disposition: form-data; name="request"\r\n\r\n'
        f"{json.dumps(request)}\r\n"
        f'--{edge}\r\nContent-Disposition: form-data; name="photo"; filename="p"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return (
        parts.encode() + photo + f"\r\n--{edge}--\r\n".encode(),
        f"multipart/form-data; boundary={edge}",
    )
