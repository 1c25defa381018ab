"""The keys one installation signs with, beside the secrets of its endpoints."""

import base64
import hmac

from backlot.webhooks.sealing import derived
from backlot.webhooks.signing import PublicKey, SharedSecret, SigningKey

_SIGNING = "backlot/webhooks/v1a"
_TENANT = "backlot/webhooks/v1/tenant"


class Keyring:
    """What every webhook of an installation is signed with.

    Args:
        secret: The installation's; keys that are not set follow from it.
        signing_keys: ``whsk_`` keys, comma between, the newest first; all of them sign, so that
            receivers can change from one to the next.
        shared_secret: ``whsec_``, for the addresses that jobs name, the same for every tenant.
    """

    def __init__(
        self, secret: bytes, signing_keys: str = "", shared_secret: str | None = None
    ) -> None:
        words = [word.strip() for word in signing_keys.split(",") if word.strip()]
        seed = base64.b64encode(derived(secret, _SIGNING)).decode()
        self.signing = tuple(SigningKey(word) for word in words or [f"whsk_{seed}"])
        self._tenants = derived(secret, _TENANT)
        if shared_secret is not None:
            SharedSecret(shared_secret)
        self._shared = shared_secret

    @property
    def public(self) -> tuple[PublicKey, ...]:
        """What receivers check ``v1a`` with, the newest first."""
        return tuple(key.public for key in self.signing)

    def tenant_secret(self, tenant: str) -> str:
        """The secret for the addresses that a tenant's jobs name."""
        if self._shared is not None:
            return self._shared
        key = hmac.digest(self._tenants, tenant.encode(), "sha256")
        return "whsec_" + base64.b64encode(key).decode()
