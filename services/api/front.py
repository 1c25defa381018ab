"""What happens to every request before and after its endpoint: origin check, headers, last net."""

import asyncio
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backlot.contracts.errors import RefusedInputError
from services.api.access import Access
from services.api.problem_responses import refused, unexpected
from services.api.upload import declared_length, too_large

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Set on every answer that does not say otherwise itself."""


def answer_headers(scope: Scope) -> Iterable[tuple[str, str]]:
    """What the request's own checks have to say, see `services.api.parts.tenant_of`."""
    found: dict[str, str] = scope.get("state", {}).get("answer_headers", {})
    return found.items()


BODY_BYTES = 1_000_000
BODY_S = 30.0
"""Of every body but a form's, whose endpoints keep limits of their own."""


def bounded(scope: Scope, receive: Receive) -> Receive:
    """The request's body, as long and as slow as it may be.

    Raises:
        RefusedInputError: ``body-too-large`` or ``malformed-request``, here or while it is read.
    """
    headers = Headers(scope=scope)
    if headers.get("content-type", "").strip().lower().startswith("multipart/form-data"):
        return receive
    if declared_length(headers) > BODY_BYTES:
        raise too_large("The body", BODY_BYTES)
    taken, ended, ends = 0, False, asyncio.get_running_loop().time() + BODY_S

    async def receive_bounded() -> Message:
        nonlocal taken, ended
        if ended:  # what comes now is the client's leaving, which may take its time
            return await receive()
        try:
            async with asyncio.timeout_at(ends):
                message = await receive()
        except TimeoutError as error:
            raise RefusedInputError("malformed-request", "The body took too long.") from error
        taken += len(message.get("body", b""))
        ended = not message.get("more_body", False)
        if taken > BODY_BYTES:
            raise too_large("The body", BODY_BYTES)
        return message

    return receive_bounded


class Front:
    """Pure ASGI, so that uploads stream and long-polls end when the client leaves."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in (*SECURITY_HEADERS.items(), *answer_headers(scope)):
                    headers.setdefault(name, value)
            await send(message)

        try:
            self._check_origin(scope)
            await self._app(scope, bounded(scope, receive), send_with_headers)
        except RefusedInputError as error:
            await refused(Request(scope), error)(scope, receive, send_with_headers)
        except Exception as error:
            if started:
                raise
            await unexpected(scope["path"], error)(scope, receive, send_with_headers)

    def _check_origin(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        client = scope.get("client")
        self._access.check_origin(
            client[0] if client else None, headers.get("host", ""), headers.get("origin")
        )
