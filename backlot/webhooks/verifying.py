"""Checking a webhook, as a receiver does."""

import base64
import binascii
import time
from collections.abc import Callable, Iterable, Mapping

from backlot.contracts.errors import RefusedInputError
from backlot.webhooks.signing import (
    ID,
    SIGNATURE,
    TIMESTAMP,
    CheckKey,
    PublicKey,
    SharedSecret,
    signed_content,
)

TOLERANCE_S = 300
MAX_SIGNATURES = 32
MAX_TIMESTAMP_DIGITS = 15


class WebhookRefusedError(RefusedInputError):
    """The webhook does not come from who it says, or not from now."""

    def __init__(self, detail: str) -> None:
        super().__init__("unauthorized", detail)


class Verifier:
    """Checks what was received; one of the keys has to fit.

    Args:
        keys: Shared secrets (``whsec_``) and public keys (``whpk_``).
        tolerance_s: How old, or how far ahead, a webhook may be.
        clock: Unix seconds.
    """

    def __init__(
        self,
        keys: Iterable[str],
        *,
        tolerance_s: float = TOLERANCE_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys: tuple[CheckKey, ...] = tuple(
            PublicKey(key) if key.startswith("whpk_") else SharedSecret(key) for key in keys
        )
        self._tolerance_s = tolerance_s
        self._clock = clock

    def verify(self, body: bytes, headers: Mapping[str, str]) -> str:
        """Give the webhook's id back, which is the same for every attempt.

        Raises:
            WebhookRefusedError: A header is missing, too old or too new, or nothing fits.
        """
        lower = {name.lower(): value for name, value in headers.items()}
        try:
            webhook_id, timestamp, given = lower[ID], lower[TIMESTAMP], lower[SIGNATURE]
        except KeyError as error:
            raise WebhookRefusedError(f"The header {error} is missing.") from error
        is_number = timestamp.isascii() and timestamp.isdigit()
        if not is_number or len(timestamp) > MAX_TIMESTAMP_DIGITS:
            raise WebhookRefusedError("The timestamp is not a number of seconds.")
        if abs(self._clock() - int(timestamp)) > self._tolerance_s:
            raise WebhookRefusedError("The webhook is too old, or from the future.")
        content = signed_content(webhook_id, int(timestamp), body)
        if not any(self._fits(content, word) for word in given.split()[:MAX_SIGNATURES]):
            raise WebhookRefusedError("No signature fits.")
        return webhook_id

    def _fits(self, content: bytes, word: str) -> bool:
        version, _, text = word.partition(",")
        try:
            signature = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            return False
        return any(key.version == version and key.accepts(content, signature) for key in self._keys)
