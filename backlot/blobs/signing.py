"""Signed addresses of blobs that our own API serves."""

import base64
import hashlib
import hmac
from urllib.parse import quote, urlencode

from backlot.blobs.keys import check_key
from backlot.contracts.errors import ConfigurationError

FILES_PATH = "/v1/files/"
MIN_SECRET_BYTES = 16

# The secret signs other things too; a label of its own keeps one kind of signature from
# ever being taken for another.
_LABEL = b"backlot/files/v1\n"


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

    def _signature(self, key: str, expires: int) -> str:
        message = _LABEL + f"{expires}\n{key}".encode("utf-8", "replace")
        digest = hmac.new(self._secret, message, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
