"""A proxy on the way out: a CONNECT tunnel to an address that has been checked already."""

import base64
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import httpcore

from backlot.contracts.errors import ConfigurationError
from backlot.egress.addresses import Address

_MAX_HEAD_BYTES = 8192
_CONNECTED = b" 200 "


@dataclass(frozen=True)
class EgressProxy:
    """A proxy that the operator named; it is reached wherever it stands.

    Attributes:
        authorization: Of the header Proxy-Authorization, None without a password.
    """

    host: str
    port: int
    authorization: str | None = None


def parse_proxy(text: str) -> EgressProxy | None:
    """A proxy from a setting, ``http://[user:password@]host:port``; None when it is empty.

    Raises:
        ConfigurationError: It is something else; it is not repeated in the message.
    """
    if not text:
        return None
    try:
        parsed = urlsplit(text)
        host, port = parsed.hostname, parsed.port
    except ValueError as error:
        raise ConfigurationError("BACKLOT_EGRESS_PROXY cannot be read.") from error
    if parsed.scheme != "http" or not host or not port or parsed.path not in {"", "/"}:
        raise ConfigurationError("BACKLOT_EGRESS_PROXY is http://host:port.")
    if parsed.username is None:
        return EgressProxy(host, port)
    words = f"{unquote(parsed.username)}:{unquote(parsed.password or '')}"
    return EgressProxy(host, port, "Basic " + base64.b64encode(words.encode()).decode())


def open_tunnel(
    proxy: EgressProxy, address: Address, port: int, left_s: Callable[[], float]
) -> socket.socket:
    """A connection to the address through the proxy.

    The proxy is asked for the address and not for the name, so that it cannot resolve the name
    to another one.

    Args:
        proxy: Knows the way.
        address: Checked.
        port: Of the target.
        left_s: Seconds that the next step may take; raises when none are left.

    Raises:
        OSError: The proxy takes no connection, or says no.
    """
    opened = socket.create_connection((proxy.host, proxy.port), left_s())
    try:
        target = f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"  # noqa: PLR2004 - IPv6
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
        if proxy.authorization:
            lines.append(f"Proxy-Authorization: {proxy.authorization}")
        opened.settimeout(left_s())
        opened.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        status = _read_head(opened, left_s).split(b"\r\n", 1)[0]
        if _CONNECTED not in status[:16]:
            raise ConnectionRefusedError(f"the egress proxy said {status[:60]!r}")
    except (OSError, httpcore.TimeoutException):
        opened.close()
        raise
    return opened


def _read_head(opened: socket.socket, left_s: Callable[[], float]) -> bytes:
    """The proxy's answer, byte by byte, so that nothing behind it is read."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        opened.settimeout(left_s())
        byte = opened.recv(1)
        if not byte or len(head) > _MAX_HEAD_BYTES:
            raise ConnectionResetError("the egress proxy did not answer properly")
        head += byte
    return head
