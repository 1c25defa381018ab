"""Whether two submits are the same, for an Idempotency-Key and for reuse."""

import hashlib
import json

from backlot.contracts.errors import RefusedInputError
from backlot.contracts.jobs import JobRequest, Manifest
from services.api.received import ReceivedFile
from services.api.reuse import content_of
from services.api.upload import Upload


def check_same(manifest: Manifest, fingerprint: str) -> None:
    """Refuse a key that came with something else before: ``idempotency-mismatch``."""
    if manifest.fingerprint != fingerprint:
        raise RefusedInputError(
            "idempotency-mismatch",
            "This Idempotency-Key came with another photo, product or request before.",
        )


def content_key(upload: Upload, request: JobRequest) -> str:
    """SHA-256 over everything that decides what the job gives."""
    photo = upload.photo.sha256 if upload.photo else ""
    return content_of(photo, upload.product.sha256 if upload.product else "", request)


def fingerprint_of(
    photo: ReceivedFile | None, product: ReceivedFile | None, request: JobRequest
) -> str:
    """SHA-256 over what was sent, whatever the order of JSON fields or spelled-out defaults.

    Defaults are left out, so that a new field changes nothing of what was sent before.
    """
    words = json.dumps(request.model_dump(mode="json", exclude_defaults=True), sort_keys=True)
    parts = (*(file.sha256 if file else "" for file in (photo, product)), words)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
