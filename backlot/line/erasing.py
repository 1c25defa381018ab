"""Removing a job's files from the object store."""

from datetime import UTC, datetime

from backlot.blobs.port import BlobMissingError, BlobStore
from backlot.contracts.jobs import JobKind, JobRequest, Manifest
from backlot.line.places import (
    archive_key,
    feedback_prefix,
    manifest_key,
    photo_prefix,
    work_prefix,
)

_LONG_AGO = datetime.fromtimestamp(0, UTC)


def erase(blobs: BlobStore, job_id: str, tenant: str) -> None:
    """Remove everything of a deleted job; may be repeated, and says so when it could not.

    The manifest goes first, so that nothing brings the job back; in its place stays one that says
    whose job it was, and nothing else.

    Raises:
        UnavailableError: The object store does not answer; some files may be left.
    """
    gone = Manifest(
        job_id=job_id,
        tenant=tenant,
        kind=JobKind.RECOMMEND,
        created_at=_LONG_AGO,  # an Idempotency-Key that meant this job is free again
        fingerprint="",
        request=JobRequest(),
        photo=None,
        erased_at=datetime.now(UTC),
    )
    key = manifest_key(job_id)
    blobs.put(key, gone.model_dump_json().encode(), "application/json")
    blobs.delete(archive_key(job_id))
    for prefix in (photo_prefix(job_id), work_prefix(job_id), feedback_prefix(job_id)):
        remove_all(blobs, prefix)


def remove_all(blobs: BlobStore, prefix: str) -> int:
    """Remove every blob under a prefix; gives how many there were."""
    keys = list(blobs.keys(prefix))
    for key in keys:
        blobs.delete(key)
    return len(keys)


def manifest_of(blobs: BlobStore, job_id: str) -> Manifest | None:
    """The manifest of a job, also that of an erased one; None when there never was such a job.

    Raises:
        UnavailableError: The object store does not answer.
    """
    try:
        return Manifest.model_validate_json(blobs.get(manifest_key(job_id)))
    except BlobMissingError:
        return None
