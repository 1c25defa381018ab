"""Secrets at rest: readable with the installation's secret only."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backlot.contracts.errors import ConfigurationError

MIN_SECRET_BYTES = 16
_NONCE_BYTES = 12
_KEY_BYTES = 32


def derived(secret: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose, from the installation's secret.

    Raises:
        ConfigurationError: The secret is too short to protect anything.
    """
    if len(secret) < MIN_SECRET_BYTES:
        raise ConfigurationError(f"BACKLOT_SECRET needs {MIN_SECRET_BYTES} bytes or more.")
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=purpose.encode()).derive(secret)


class Sealer:
    """Seals short texts with AES-256-GCM and opens them again.

    Args:
        secret: The installation's.
    """

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(derived(secret, "backlot/sealing/v1"))

    def seal(self, text: str, owner: str) -> str:
        """Seal; only the same owner's name opens it again."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, text.encode(), owner.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, owner: str) -> str:
        """Open; raises `ConfigurationError` when BACKLOT_SECRET is not the one that sealed."""
        raw = base64.urlsafe_b64decode(sealed)
        nonce, rest = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, rest, owner.encode()).decode()
        except InvalidTag as error:
            raise ConfigurationError(
                "A stored secret cannot be opened: BACKLOT_SECRET has changed."
            ) from error
