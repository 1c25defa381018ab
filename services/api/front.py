"""What happens to every request before and after its endpoint: origin check, headers, last net."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backlot.contracts.errors import RefusedInputError
from services.api.access import Access
from services.api.problem_responses import refused, unexpected

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Set on every answer that does not say otherwise itself."""


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
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            self._check_origin(scope)
            await self._app(scope, receive, send_with_headers)
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
