"""Who may ask: API keys, or, without any, programs on this very machine only."""

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from backlot.contracts.errors import ConfigurationError, RefusedInputError

LOCAL_TENANT = "local"
_KEY_LINE = re.compile(r"([a-z0-9][a-z0-9-]{0,62}):([0-9a-f]{64})")


def read_keys(text: str) -> dict[str, str]:
    """Read ``tenant:sha256hex,...`` into hash → tenant; a tenant may have several keys.

    Raises:
        ConfigurationError: An entry does not look like that; the entry itself is not repeated.
    """
    keys: dict[str, str] = {}
    for number, entry in enumerate(filter(None, map(str.strip, text.split(","))), start=1):
        match = _KEY_LINE.fullmatch(entry)
        if match is None:
            raise ConfigurationError(
                f"BACKLOT_API_KEYS: entry {number} is not tenant:SHA-256-in-hexadecimal."
            )
        if keys.setdefault(match[2], match[1]) != match[1]:
            raise ConfigurationError(f"BACKLOT_API_KEYS: entry {number} is another tenant's key.")
    return keys


def is_loopback(host: str) -> bool:
    """Whether an address or host name is this machine without asking any name server."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Access:
    """Decides who asks.

    Args:
        keys: From `read_keys`; empty means open, but on loopback only.
        host: Address the API is meant to listen on.

    Raises:
        ConfigurationError: It would be open to other machines.
    """

    def __init__(self, keys: Mapping[str, str], host: str) -> None:
        if not keys and not is_loopback(host):
            raise ConfigurationError(
                f"BACKLOT_HOST={host} is reached from other machines: set BACKLOT_API_KEYS."
            )
        self._keys = dict(keys)

    def check_origin(self, client: str | None, host: str, origin: str | None) -> None:
        """Without keys, refuse other machines and web pages of other sites.

        A name that a web page makes point here (DNS rebinding) shows in the Host header, and a
        form that another site's page sends here shows in the Origin header.

        Args:
            client: Address the connection comes from.
            host: The request's Host header.
            origin: The request's Origin header.

        Raises:
            RefusedInputError: ``unauthorized``.
        """
        if self._keys:
            return
        names = (client, _name(f"//{host}"), *((_name(origin),) if origin else ()))
        if not all(name is not None and is_loopback(name) for name in names):
            raise RefusedInputError(
                "unauthorized", "Without API keys this service answers this machine only."
            )

    def tenant(self, authorization: str | None) -> str:
        """Name the tenant of an Authorization header.

        Raises:
            RefusedInputError: ``unauthorized``.
        """
        if not self._keys:
            return LOCAL_TENANT
        scheme, _, key = (authorization or "").partition(" ")
        digest = hashlib.sha256(key.strip().encode("utf-8", "replace")).hexdigest()
        found = None
        for known, tenant in self._keys.items():  # all of them, so that time tells nothing
            if hmac.compare_digest(known, digest):
                found = tenant
        if found is None or scheme.lower() != "bearer":
            raise RefusedInputError("unauthorized", "Send Authorization: Bearer <API key>.")
        return found


def _name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
