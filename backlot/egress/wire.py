"""A connection that goes to checked addresses only and ends when its time is over."""

import socket
import ssl
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import httpcore

from backlot.egress.addresses import Address
from backlot.egress.tunnel import EgressProxy, open_tunnel

_MAX_ADDRESSES = 4


@dataclass(frozen=True)
class Limits:
    """How long a call may take, seconds; no part outlives the whole."""

    connect_s: float = 5.0
    read_s: float = 15.0
    write_s: float = 15.0
    total_s: float = 20.0


class Deadline:
    """The moment at which a call ends, whatever it is doing."""

    def __init__(self, total_s: float) -> None:
        self._end = time.monotonic() + total_s

    def within(self, limit_s: float, error: type[Exception]) -> float:
        """Seconds the next step may take; raises the error when none are left."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise error("The call took longer than it may in all.")
        return min(left, limit_s)


class PinnedBackend(httpcore.NetworkBackend):
    """Opens connections to the given addresses, whatever host it is asked for.

    The host name stays with the HTTP library for the Host header and for TLS, so nothing is
    ever resolved a second time.

    Args:
        addresses: Checked.
        limits: Times.
        deadline: Of the whole call.
        proxy: The way out, None for the direct one.
    """

    def __init__(
        self,
        addresses: Sequence[Address],
        limits: Limits,
        deadline: Deadline,
        proxy: EgressProxy | None = None,
    ) -> None:
        self._addresses = addresses[:_MAX_ADDRESSES]
        self._limits = limits
        self._deadline = deadline
        self._proxy = proxy

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - ours are kept instead
        local_address: str | None = None,  # noqa: ARG002 - never asked for
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - never asked for
    ) -> httpcore.NetworkStream:
        """Try the addresses in order."""
        failure: OSError | None = None
        for address in self._addresses:
            try:
                opened = self._open(address, port)
            except OSError as error:
                failure = error
            else:
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return _Stream(opened, self._limits, self._deadline)
        if isinstance(failure, TimeoutError):
            raise httpcore.ConnectTimeout(f"{host} does not answer.") from failure
        raise httpcore.ConnectError(f"{host} takes no connection.") from failure

    def _open(self, address: Address, port: int) -> socket.socket:
        if self._proxy is not None:
            return open_tunnel(self._proxy, address, port, self._left_s)
        return socket.create_connection((str(address), port), self._left_s())

    def _left_s(self) -> float:
        return self._deadline.within(self._limits.connect_s, httpcore.ConnectTimeout)


class _Stream(httpcore.NetworkStream):
    """A socket under a deadline; a receiver that trickles cannot stretch it."""

    def __init__(self, opened: socket.socket, limits: Limits, deadline: Deadline) -> None:
        self._socket = opened
        self._limits = limits
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        self._socket.settimeout(self._deadline.within(self._limits.read_s, httpcore.ReadTimeout))
        try:
            return self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout("Nothing came.") from error
        except OSError as error:
            raise httpcore.ReadError("The connection broke.") from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        rest = memoryview(buffer)
        while rest:
            left_s = self._deadline.within(self._limits.write_s, httpcore.WriteTimeout)
            self._socket.settimeout(left_s)
            try:
                rest = rest[self._socket.send(rest) :]
            except TimeoutError as error:
                raise httpcore.WriteTimeout("Nothing was taken.") from error
            except OSError as error:
                raise httpcore.WriteError("The connection broke.") from error

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - ours are kept instead
    ) -> httpcore.NetworkStream:
        left_s = self._deadline.within(self._limits.connect_s, httpcore.ConnectTimeout)
        self._socket.settimeout(left_s)
        try:
            wrapped = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except ssl.SSLError:
            raise
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("The TLS handshake was not answered.") from error
        except OSError as error:
            raise httpcore.ConnectError("The TLS handshake was broken off.") from error
        return _Stream(wrapped, self._limits, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        secured = isinstance(self._socket, ssl.SSLSocket)
        return self._socket if info == "socket" or (info == "ssl_object" and secured) else None
