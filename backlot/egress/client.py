"""Calls an address that a client gave us, and nothing that it leads to."""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import httpcore

from backlot.egress.addresses import Address
from backlot.egress.errors import EgressFailedError
from backlot.egress.policy import EgressPolicy, Target
from backlot.egress.resolver import Resolver, SystemResolver
from backlot.egress.tunnel import EgressProxy
from backlot.egress.wire import Deadline, Limits, PinnedBackend

MAX_REPLY_BYTES = 65_536
_MAX_HEADER_LENGTH = 256
_KEPT_HEADERS = frozenset({"retry-after", "content-type", "location"})
_OWN_HEADERS = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "te"}
)
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")

_TIMEOUTS = (httpcore.ConnectTimeout, httpcore.ReadTimeout, httpcore.WriteTimeout)
_BROKEN = (httpcore.ReadError, httpcore.WriteError, httpcore.RemoteProtocolError)


@dataclass(frozen=True)
class Reply:
    """What came back.

    Attributes:
        headers: A few of them, names in lower case: ``retry-after``, ``content-type``,
            ``location`` (which is never followed).
        body: The first bytes as they came, never unpacked.
        truncated: Whether there was more, or the rest did not arrive.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    truncated: bool


class GuardedClient:
    """Sends requests under an `EgressPolicy`; any number of threads may share one.

    The name is resolved once for a call, every address it stands for is checked, and the
    connection goes to one of exactly these. Redirects are not followed, proxies and other
    settings of the environment are not read, and no connection is used twice.

    Args:
        policy: Who may be called.
        resolver: Names to addresses.
        limits: Times of one call.
        max_bytes: Of a reply's body; the rest is not read.
        tls: Trusted certificates; None trusts the usual authorities.
        proxy: The way out where there is no direct one; addresses are checked all the same.
    """

    def __init__(
        self,
        policy: EgressPolicy,
        *,
        resolver: Resolver | None = None,
        limits: Limits | None = None,
        max_bytes: int = MAX_REPLY_BYTES,
        tls: ssl.SSLContext | None = None,
        proxy: EgressProxy | None = None,
    ) -> None:
        self._policy = policy
        self._resolver = resolver or SystemResolver()
        self._limits = limits or Limits()
        self._max_bytes = max_bytes
        self._tls = tls or httpcore.default_ssl_context()
        self._proxy = proxy

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
    ) -> Reply:
        """Send one request and read a bounded reply, whatever its status.

        Raises:
            EgressRefusedError: The URL, or an address it stands for, may not be called.
            EgressFailedError: No reply came.
            ValueError: A header is not sendable, or is one that only the client may set.
        """
        deadline = Deadline(self._limits.total_s)
        target = self._policy.check_url(url)
        request = httpcore.Request(
            method,
            httpcore.URL(
                scheme=target.scheme, host=target.host, port=target.port, target=target.path
            ),
            headers=[*_checked(headers or {}), *_own_headers(target, content)],
            content=content,
        )
        backend = PinnedBackend(self._resolve(target), self._limits, deadline, self._proxy)
        try:
            return self._exchange(request, backend)
        except _TIMEOUTS as error:
            raise EgressFailedError("timeout", f"{target.host}: {error}") from error
        except ssl.SSLError as error:
            raise EgressFailedError("tls", f"{target.host}: {error.reason}") from error
        except httpcore.ConnectError as error:
            raise EgressFailedError("connect", str(error)) from error
        except _BROKEN as error:
            raise EgressFailedError("protocol", f"{target.host}: {error}") from error

    def _resolve(self, target: Target) -> tuple[Address, ...]:
        """The checked addresses of a target."""
        if target.address is not None:  # check_url has judged it
            return (target.address,)
        addresses = tuple(self._resolver(target.host, target.port))
        if not addresses:
            raise EgressFailedError("dns", f"{target.host} has no address.")
        self._policy.check_addresses(target, addresses)
        return addresses

    def _exchange(self, request: httpcore.Request, backend: PinnedBackend) -> Reply:
        with httpcore.HTTPConnection(
            request.url.origin, ssl_context=self._tls, network_backend=backend
        ) as connection:
            response = connection.handle_request(request)
            body, truncated = self._read(response)
            headers = {
                name.decode("ascii").lower(): value.decode("latin-1")[:_MAX_HEADER_LENGTH]
                for name, value in response.headers
            }
        kept = {name: value for name, value in headers.items() if name in _KEPT_HEADERS}
        return Reply(response.status, MappingProxyType(kept), body, truncated)

    def _read(self, response: httpcore.Response) -> tuple[bytes, bool]:
        """As much of the body as may be kept; a body that breaks does not undo its status."""
        body = bytearray()
        try:
            for chunk in response.iter_stream():
                body += chunk
                if len(body) > self._max_bytes:
                    return bytes(body[: self._max_bytes]), True
        except (*_TIMEOUTS, *_BROKEN):
            return bytes(body), True
        return bytes(body), False


def _checked(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    for name, value in headers.items():
        if name.lower() in _OWN_HEADERS or not _HEADER_NAME.fullmatch(name):
            raise ValueError(f"Not a header to send: {name!r}")
        if not _HEADER_VALUE.fullmatch(value):
            raise ValueError(f"The value of {name} cannot be sent.")
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _own_headers(target: Target, content: bytes) -> list[tuple[bytes, bytes]]:
    return [
        (b"Host", target.authority.encode()),
        (b"Accept-Encoding", b"identity"),
        (b"Connection", b"close"),
        (b"Content-Length", str(len(content)).encode()),
    ]
