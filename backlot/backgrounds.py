"""Records of the backgrounds that were brought in: the truth, of which every index is a copy."""

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock

from backlot.blobs.port import BlobMissingError, BlobStore
from backlot.catalog import load_starter
from backlot.contracts.background import BackgroundAsset
from backlot.contracts.frozen import Frozen

RECORDS = "library/records/"
TOKEN = "library/state.txt"  # noqa: S105 - names the state of the library, opens nothing
JSON, TEXT = "application/json", "text/plain"


class BackgroundRecord(Frozen):
    """One version of one background; the newest counts.

    Attributes:
        asset: None when this version says that it was deleted.
        content: Hash of what was sent.
    """

    background_id: str
    version: int
    content: str
    at: datetime
    asset: BackgroundAsset | None


class BackgroundRecords:
    """All versions of all backgrounds, in the object store; safe for many processes.

    Args:
        blobs: Where they lie.
    """

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def put(self, asset: BackgroundAsset, content: str) -> tuple[BackgroundAsset, bool]:
        """Store a background as its newest version.

        Returns:
            The background with its version, and whether it is a new one: content that the newest
            version has already makes none.
        """
        while True:
            newest = self.newest(asset.id)
            if newest is not None and newest.asset is not None and newest.content == content:
                return newest.asset, False
            versioned = asset.model_copy(update={"version": newest.version + 1 if newest else 1})
            if self._write(asset.id, versioned.version, content, versioned):
                return versioned, True

    def delete(self, background_id: str) -> bool:
        """Say that a background is gone; its earlier versions stay readable. Idempotent.

        Returns:
            Whether there was one.
        """
        while True:
            newest = self.newest(background_id)
            if newest is None or newest.asset is None:
                return False
            if self._write(background_id, newest.version + 1, "", None):
                return True

    def newest(self, background_id: str) -> BackgroundRecord | None:
        """Return the newest version, which may say that it was deleted; None without any."""
        keys = list(self._blobs.keys(f"{RECORDS}{background_id}/"))
        return self._read(keys[-1]) if keys else None

    def versions(self, background_id: str) -> tuple[BackgroundRecord, ...]:
        """Return every version, oldest first."""
        keys = self._blobs.keys(f"{RECORDS}{background_id}/")
        return tuple(self._read(key) for key in keys)

    def all(self) -> tuple[BackgroundAsset, ...]:
        """Return every background that is not deleted, in the order of ids."""
        newest = {
            key.removeprefix(RECORDS).partition("/")[0]: key for key in self._blobs.keys(RECORDS)
        }
        records = (self._read(key) for key in newest.values())
        return tuple(record.asset for record in records if record.asset is not None)

    def state(self) -> str:
        """Return a word that changes with every change of the library; empty before the first."""
        try:
            return self._blobs.get(TOKEN).decode()
        except BlobMissingError:
            return ""

    def _read(self, key: str) -> BackgroundRecord:
        return BackgroundRecord.model_validate_json(self._blobs.get(key))

    def _write(
        self, background_id: str, version: int, content: str, asset: BackgroundAsset | None
    ) -> bool:
        """Write one version unless another process wrote it first; then tell everybody."""
        record = BackgroundRecord(
            background_id=background_id,
            version=version,
            content=content,
            at=datetime.now(UTC),
            asset=asset,
        )
        # Numbers of one length, so that keys in order are versions in order.
        key = f"{RECORDS}{background_id}/{version:06d}.json"
        written = self._blobs.put_once(key, record.model_dump_json().encode(), JSON)
        if written:
            self._blobs.put(TOKEN, secrets.token_hex(8).encode(), TEXT)
        return written


class LibraryReader:
    """The whole library, starter sets and one's own, as a process sees it; follows changes.

    Args:
        records: Of the backgrounds that were brought in.
        starter: Gives the starter library; asked again whenever the state of the library changes.
        look_again_s: How old an answer may be before the store is asked whether it changed.
        clock: Seconds, never backwards.
    """

    def __init__(
        self,
        records: BackgroundRecords,
        starter: Callable[[], tuple[BackgroundAsset, ...]] = load_starter,
        look_again_s: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._records = records
        self._starter = starter
        self._look_again_s = look_again_s
        self._clock = clock
        self._lock = Lock()
        self._looked = float("-inf")
        self._state: str | None = None
        self._held: tuple[BackgroundAsset, ...] = ()

    def __call__(self) -> tuple[BackgroundAsset, ...]:
        """Return every background; the same tuple as long as nothing has changed.

        Raises:
            BlobUnavailableError: The store does not answer.
        """
        with self._lock:
            if self._clock() - self._looked >= self._look_again_s:
                state = self._records.state()
                if state != self._state:
                    self._held = (*self._starter(), *self._records.all())
                    self._state = state
                self._looked = self._clock()
            return self._held

    def look_again(self) -> None:
        """Ask the store at the next call, whenever it was asked last."""
        with self._lock:
            self._looked = float("-inf")
