"""Signed addresses of blobs that our own API serves."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, urlencode

from backlot.blobs.keys import check_key
from backlot.blobs.port import PostForm
from backlot.contracts.errors import ConfigurationError

FILES_PATH = "/v1/files/"
MIN_SECRET_BYTES = 16

# The secret signs other things too; a label of its own keeps one kind of signature from
# ever being taken for another.
_LABEL = b"backlot/files/v1\n"
_FORM_LABEL = b"backlot/forms/v1\n"

FORM_FIELDS = ("key", "Content-Type", "max-bytes", "expires")


class PostPolicy(NamedTuple):
    """What a signed form allows."""

    key: str
    media_type: str
    max_bytes: int


class UrlSigner:
    """Signs addresses and checks them.

    Args:
        secret: The installation's secret, 16 bytes or more.
        base_url: Where the API is reached from outside, without a slash at its end.

    Raises:
        ConfigurationError: The secret is too short to protect anything.
    """

    def __init__(self, secret: bytes, base_url: str) -> None:
        if len(secret) < MIN_SECRET_BYTES:
            raise ConfigurationError(f"BACKLOT_SECRET needs {MIN_SECRET_BYTES} bytes or more.")
        self._secret = secret
        self._base_url = base_url.rstrip("/")

    def url(self, key: str, expires: int) -> str:
        """The address under which the blob may be read until `expires`, Unix seconds."""
        query = urlencode({"expires": expires, "signature": self._signature(key, expires)})
        return f"{self._base_url}{FILES_PATH}{quote(check_key(key))}?{query}"

    def verify(self, key: str, expires: int, signature: str, now: float) -> bool:
        """Whether the signature belongs to this key and time and has not expired.

        Takes the same time for every wrong signature.
        """
        genuine = hmac.compare_digest(
            self._signature(key, expires).encode(), signature.encode("utf-8", "replace")
        )
        return genuine and now < expires

    def form(self, key: str, media_type: str, max_bytes: int, expires: int) -> PostForm:
        """The form that stores one blob; what it allows is in its fields, signed as a whole."""
        fields = {
            "key": check_key(key),
            "Content-Type": media_type,
            "max-bytes": str(max_bytes),
            "expires": str(expires),
        }
        fields["signature"] = self._sign(_FORM_LABEL, *(fields[name] for name in FORM_FIELDS))
        return PostForm(f"{self._base_url}{FILES_PATH.rstrip('/')}", fields)

    def verify_form(self, fields: Mapping[str, str], now: float) -> PostPolicy | None:
        """What the form allows, if we signed it and it has not expired."""
        values = [fields.get(name, "") for name in FORM_FIELDS]
        signature = self._sign(_FORM_LABEL, *values).encode()
        given = fields.get("signature", "").encode("utf-8", "replace")
        if not hmac.compare_digest(signature, given) or int(fields["expires"]) <= now:
            return None
        return PostPolicy(fields["key"], fields["Content-Type"], int(fields["max-bytes"]))

    def _signature(self, key: str, expires: int) -> str:
        return self._sign(_LABEL, str(expires), key)

    def _sign(self, label: bytes, *words: str) -> str:
        message = label + "\n".join(words).encode("utf-8", "replace")
        digest = hmac.new(self._secret, message, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
