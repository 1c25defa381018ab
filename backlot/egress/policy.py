"""What may be called: the address as written first, then every address its name stands for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

import httpx

from backlot.egress.addresses import Address, Network, is_public
from backlot.egress.errors import EgressRefusedError

MAX_URL_LENGTH = 2048
_DEFAULT_PORTS = {"http": 80, "https": 443}

# Whitespace, control characters and backslashes are where two readers of one URL disagree.
_AMBIGUOUS = re.compile(r"[\s\\\x00-\x20\x7f-\x9f]")
_START = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)")
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_INSIDE_NAME = re.compile(
    r"[^.]+|(.+\.)?(localhost|local|localdomain|internal|intranet|lan|home\.arpa)"
)


@dataclass(frozen=True)
class Target:
    """A URL that passed, in the only parts the client will use.

    Attributes:
        host: Lower-case ASCII name, or the canonical text of an address without brackets.
        path: Path and query as they go on the wire.
        address: The address, when the URL names one instead of a host.
        inside_only: The URL is good only for networks that are explicitly allowed.
    """

    scheme: str
    host: str
    port: int
    path: str
    address: Address | None
    inside_only: bool

    @property
    def authority(self) -> str:
        """Host and port as the Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True)
class EgressPolicy:
    """Who may be called.

    Attributes:
        allow: Networks that may be called although they are not public, over plain http and on
            any port too; for development and tests, empty in production.
        https_only: Whether public hosts need https.
        ports: The ports of public hosts.
    """

    allow: tuple[Network, ...] = ()
    https_only: bool = True
    ports: frozenset[int] = frozenset({443, 8443})

    def check_url(self, url: str) -> Target:
        """Read a URL without asking the network anything; raises `EgressRefusedError`.

        A host name passes here and is judged again by what it resolves to, on every call.
        """
        parsed = _parse(url)
        host, address = _read_host(parsed)
        scheme = parsed.scheme
        port = parsed.port if parsed.port is not None else _DEFAULT_PORTS[scheme]
        target = Target(
            scheme=scheme,
            host=host,
            port=port,
            path=parsed.raw_path.decode("ascii"),
            address=address,
            inside_only=(scheme != "https" and self.https_only) or port not in self.ports,
        )
        if address is not None:
            self.check_addresses(target, (address,))
        elif not self.allow:
            _check_public_name(target)
        return target

    def check_addresses(self, target: Target, addresses: Iterable[Address]) -> None:
        """Judge every address a target stands for; one that may not be called refuses them all."""
        for address in addresses:
            if any(address in network for network in self.allow):
                continue
            if not is_public(address):
                raise EgressRefusedError(
                    "address-inside", f"{target.host} does not stand for a public address."
                )
            if target.inside_only:
                raise _needs_https(target)


def _parse(url: str) -> httpx.URL:
    start = _START.match(url)
    if start is None or len(url) > MAX_URL_LENGTH or _AMBIGUOUS.search(url):
        raise EgressRefusedError("syntax", "This is not an absolute URL of ordinary characters.")
    if start[1].lower() not in _DEFAULT_PORTS:
        raise EgressRefusedError("scheme", "The URL must begin with https.")
    if "@" in start[2]:
        raise EgressRefusedError("userinfo", "The URL may not hold a user name or password.")
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise EgressRefusedError("syntax", f"The URL cannot be read: {error}") from error
    if parsed.port is not None and not 1 <= parsed.port <= 65_535:  # noqa: PLR2004 - of TCP
        raise EgressRefusedError("port", "There is no such port.")
    return parsed


def _read_host(parsed: httpx.URL) -> tuple[str, Address | None]:
    """The host in one spelling, and its address when it is one."""
    host = parsed.raw_host.decode("ascii").lower()
    if ":" in host:
        return _read_v6(host)
    host = host.removesuffix(".")
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        # Resolvers also read 2130706433, 0x7f.1 and 0177.0.0.1; we read one spelling only.
        try:
            v4 = IPv4Address(host)
        except AddressValueError as error:
            raise EgressRefusedError(
                "host-numeric", "Write an IPv4 address as four decimal numbers."
            ) from error
        return str(v4), v4
    if not _NAME.fullmatch(host) or len(host) > 253:  # noqa: PLR2004 - RFC 1035
        raise EgressRefusedError("host", "The URL has no usable host name.")
    return host, None


def _read_v6(host: str) -> tuple[str, Address]:
    try:
        v6 = IPv6Address(host)
    except AddressValueError as error:
        raise EgressRefusedError("host", "The URL has no usable IPv6 address.") from error
    if v6.scope_id is not None:
        raise EgressRefusedError("address-inside", "An address with a zone is never public.")
    return str(v6), v6


def _check_public_name(target: Target) -> None:
    if _INSIDE_NAME.fullmatch(target.host):
        raise EgressRefusedError("address-inside", f"{target.host} is not a public host name.")
    if target.inside_only:
        raise _needs_https(target)


def _needs_https(target: Target) -> EgressRefusedError:
    if target.scheme != "https":
        return EgressRefusedError("scheme", "The URL must begin with https.")
    return EgressRefusedError("port", f"Port {target.port} may not be called.")
