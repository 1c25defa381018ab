"""Cursors: where a page ended, signed so that nobody reads on in another tenant's list."""

import base64
import binascii
import hashlib
import hmac
import json

from backlot.contracts.errors import RefusedInputError
from backlot.line.listing import Mark

_LABEL = b"backlot/cursors/v1\n"
_SIGNATURE_BYTES = 16


class Cursors:
    """Makes and reads cursors.

    Args:
        secret: The installation's.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def made(self, tenant: str, mark: Mark) -> str:
        """The cursor of a page's end."""
        payload = json.dumps([mark.created, mark.job_id], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._signature(tenant, payload) + payload).decode()

    def read(self, tenant: str, cursor: str) -> Mark:
        """Where to go on.

        Raises:
            RefusedInputError: ``invalid-request`` for what is none of ours, or another tenant's.
        """
        try:
            whole = base64.b64decode(cursor, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise _no_cursor() from error
        signature, payload = whole[:_SIGNATURE_BYTES], whole[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(tenant, payload)):
            raise _no_cursor()
        created, job_id = json.loads(payload)
        return Mark(int(created), str(job_id))

    def _signature(self, tenant: str, payload: bytes) -> bytes:
        message = _LABEL + tenant.encode() + b"\n" + payload
        return hmac.new(self._secret, message, hashlib.sha256).digest()[:_SIGNATURE_BYTES]


def _no_cursor() -> RefusedInputError:
    return RefusedInputError("invalid-request", "cursor: use next_cursor as it came.")
