"""Who may ask: API keys, or, without any, programs on this very machine only."""

import hmac
import ipaddress
import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from backlot.api_keys import digest_of
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


@lru_cache(maxsize=1024)
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
        closed: Keys are needed although the settings name none: there are stored ones.

    Raises:
        ConfigurationError: It would be open to other machines.
    """

    def __init__(self, keys: Mapping[str, str], host: str, *, closed: bool = False) -> None:
        self.is_open = not keys and not closed
        if self.is_open and not is_loopback(host):
            raise ConfigurationError(
                f"BACKLOT_HOST={host} is reached from other machines: set BACKLOT_API_KEYS, or"
                " BACKLOT_ACCESS=keys and make keys with `backlot keys make`."
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
        if not self.is_open:
            return
        names = (client, _name(f"//{host}"), *((_name(origin),) if origin else ()))
        if not all(name is not None and is_loopback(name) for name in names):
            raise RefusedInputError(
                "unauthorized", "Without API keys this service answers this machine only."
            )

    def digest(self, authorization: str | None) -> str:
        """What is kept of the key in an Authorization header.

        Raises:
            RefusedInputError: ``unauthorized``, when there is none.
        """
        scheme, _, key = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise unauthorized()
        return digest_of(key.strip())

    def known(self, digest: str) -> str | None:
        """The tenant of a key that the settings name; None for any other."""
        found = None
        for known, tenant in self._keys.items():  # all of them, so that time tells nothing
            if hmac.compare_digest(known, digest):
                found = tenant
        return found


def unauthorized() -> RefusedInputError:
    """Nobody we know."""
    return RefusedInputError("unauthorized", "Send Authorization: Bearer <API key>.")


def _name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
