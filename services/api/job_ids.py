"""Job ids: random, or derived from the client's Idempotency-Key so that a retry meets its job."""

import hashlib
import hmac
import re
import secrets

from backlot.contracts.errors import RefusedInputError

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_LABEL = b"backlot/job-ids/v1\n"


def random_job_id() -> str:
    """An id nobody can guess."""
    return f"job_{secrets.token_hex(16)}"


def check_key(key: str | None) -> str | None:
    """Give the Idempotency-Key back.

    Raises:
        RefusedInputError: ``idempotency-key-invalid`` unless it is 1 to 255 visible ASCII letters.
    """
    if key is not None and not _KEY.fullmatch(key):
        raise RefusedInputError(
            "idempotency-key-invalid", "An Idempotency-Key is 1 to 255 visible ASCII characters."
        )
    return key


def derived_job_id(secret: bytes, tenant: str, key: str, turn: int) -> str:
    """The id every process gives the same tenant's same key.

    Args:
        secret: The installation's, so that ids cannot be computed from outside.
        tenant: Has no line end in it, so that no two tenants and keys run together.
        key: The Idempotency-Key, checked.
        turn: How often the key has expired and been used anew.
    """
    message = _LABEL + f"{tenant}\n{turn}\n{key}".encode()
    return f"job_{hmac.new(secret, message, hashlib.sha256).hexdigest()[:32]}"
