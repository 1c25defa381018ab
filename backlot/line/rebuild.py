"""Bringing jobs back from the object store after Redis was lost."""

from collections import Counter
from collections.abc import Callable
from enum import StrEnum

from backlot.blobs.port import BlobMissingError, BlobStore
from backlot.contracts.jobs import Manifest
from backlot.line.archive import Archive
from backlot.line.record import JobErasedError, JobRecords
from backlot.line.retained import EndedJobs

MANIFESTS = "manifests/"


class Fate(StrEnum):
    """What a rebuild did about one manifest."""

    RESTORED = "restored"
    LISTED = "listed"
    PRESENT = "present"
    ERASED = "erased"
    INCOMPLETE = "incomplete"


class Rebuilder:
    """Goes through all manifests; may be run again, beside a line that works, or broken off.

    Args:
        blobs: Where manifests and the archive are.
        records: Where unfinished jobs come back to life.
        ended: Where ended ones are listed again; their results are read from the archive.
    """

    def __init__(self, blobs: BlobStore, records: JobRecords, ended: EndedJobs) -> None:
        self._blobs = blobs
        self._archive = Archive(blobs)
        self._records = records
        self._ended = ended

    def manifests(self) -> list[str]:
        """Keys of all manifests."""
        return list(self._blobs.keys(MANIFESTS))

    def rebuild(self, keys: list[str], step: Callable[[], None]) -> Counter[Fate]:
        """Bring back what was unfinished, and list what has ended.

        Args:
            keys: From `manifests`.
            step: Called after each, for a progress bar.

        Raises:
            UnavailableError: Redis or the object store does not answer; run it again.
        """
        fates: Counter[Fate] = Counter()
        for key in keys:
            fates[self._restore(key)] += 1
            step()
        return fates

    def _restore(self, key: str) -> Fate:
        try:
            manifest = Manifest.model_validate_json(self._blobs.get(key))
        except BlobMissingError:  # retention was faster
            return Fate.ERASED
        if manifest.erased_at is not None:
            return Fate.ERASED
        kept = self._archive.archived(manifest.job_id)
        if kept is not None:
            return Fate.LISTED if self._ended.adopt(kept) else Fate.PRESENT
        if not all(self._blobs.exists(file) for file in _files(manifest)):
            return Fate.INCOMPLETE  # its submit was never answered
        try:
            created = self._records.create(manifest, manifest.created_at)
        except JobErasedError:
            return Fate.ERASED
        return Fate.RESTORED if created.fresh else Fate.PRESENT


def _files(manifest: Manifest) -> tuple[str, ...]:
    keys = (manifest.photo.key if manifest.photo else None, manifest.product_key)
    return tuple(key for key in keys if key)
