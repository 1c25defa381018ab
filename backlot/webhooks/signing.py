"""Standard Webhooks signatures: ``v1`` with a shared secret, ``v1a`` with a public key.

Source: https://github.com/standard-webhooks/standard-webhooks, version 1.0.0.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from backlot.contracts.errors import ConfigurationError

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
MIN_SECRET, MAX_SECRET = 24, 64
SEED_BYTES = 32


class SignatureKey(Protocol):
    """Signs webhooks."""

    def sign(self, content: bytes) -> str:
        """The signature with its version before it."""
        ...


class CheckKey(Protocol):
    """Checks webhooks."""

    version: str

    def accepts(self, content: bytes, signature: bytes) -> bool:
        """Whether the signature was made over this content by the key's other half."""
        ...


class SharedSecret:
    """HMAC-SHA256, ``v1``.

    Args:
        secret: ``whsec_`` and 24 to 64 bytes in base64.

    Raises:
        ConfigurationError: It is something else; it is not repeated in the message.
    """

    version = "v1"

    def __init__(self, secret: str) -> None:
        self._key = _decoded(secret, "whsec_")
        if not MIN_SECRET <= len(self._key) <= MAX_SECRET:
            raise ConfigurationError("A webhook secret has 24 to 64 bytes.")

    def sign(self, content: bytes) -> str:
        """The signature with its version before it."""
        return f"{self.version}," + base64.b64encode(self._digest(content)).decode()

    def accepts(self, content: bytes, signature: bytes) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(self._digest(content), signature)

    def _digest(self, content: bytes) -> bytes:
        return hmac.new(self._key, content, hashlib.sha256).digest()


class PublicKey:
    """The half of an Ed25519 key that receivers hold, ``v1a``.

    Args:
        key: ``whpk_`` and 32 bytes in base64.

    Raises:
        ConfigurationError: It is something else.
    """

    version = "v1a"

    def __init__(self, key: str) -> None:
        self.raw = _decoded(key, "whpk_")
        if len(self.raw) != SEED_BYTES:
            raise ConfigurationError("A public webhook key has 32 bytes.")
        self._key = Ed25519PublicKey.from_public_bytes(self.raw)

    def accepts(self, content: bytes, signature: bytes) -> bool:
        """Check against the public key."""
        try:
            self._key.verify(signature, content)
        except InvalidSignature:
            return False
        return True

    @property
    def text(self) -> str:
        """As it is published."""
        return "whpk_" + base64.b64encode(self.raw).decode()

    @property
    def key_id(self) -> str:
        """A short name that follows from the key."""
        return hashlib.sha256(self.raw).hexdigest()[:16]


class SigningKey:
    """The secret half, ``v1a``.

    Args:
        key: ``whsk_`` and, in base64, the 32 bytes of the private key, or these and the public
            key's after them.

    Raises:
        ConfigurationError: It is something else, or its halves do not belong together.
    """

    def __init__(self, key: str) -> None:
        raw = _decoded(key, "whsk_")
        if len(raw) not in {SEED_BYTES, 2 * SEED_BYTES}:
            raise ConfigurationError("A webhook signing key has 32 or 64 bytes.")
        self._key = Ed25519PrivateKey.from_private_bytes(raw[:SEED_BYTES])
        public = self._key.public_key().public_bytes_raw()
        if raw[SEED_BYTES:] not in {b"", public}:
            raise ConfigurationError("The halves of a webhook signing key do not fit.")
        self.public = PublicKey("whpk_" + base64.b64encode(public).decode())

    def sign(self, content: bytes) -> str:
        """The signature with its version before it."""
        return "v1a," + base64.b64encode(self._key.sign(content)).decode()


def signed_content(webhook_id: str, timestamp: int, body: bytes) -> bytes:
    """What is signed."""
    return b".".join((webhook_id.encode(), str(timestamp).encode(), body))


def signature_headers(
    keys: Iterable[SignatureKey], webhook_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """The three headers that let a receiver check where a body comes from.

    Args:
        keys: Each signs; several at once let receivers change from one to the next.
        webhook_id: The same for all attempts.
        timestamp: Of this attempt, Unix seconds.
        body: As it is sent.
    """
    content = signed_content(webhook_id, timestamp, body)
    return {
        ID: webhook_id,
        TIMESTAMP: str(timestamp),
        SIGNATURE: " ".join(key.sign(content) for key in keys),
    }


def new_secret() -> str:
    """A shared secret of 32 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SEED_BYTES)).decode()


def _decoded(text: str, prefix: str) -> bytes:
    if not text.startswith(prefix):
        raise ConfigurationError(f"A webhook key of this kind starts with {prefix}")
    try:
        return base64.b64decode(text.removeprefix(prefix), validate=True)
    except binascii.Error as error:
        raise ConfigurationError(f"What follows {prefix} is not base64.") from error
