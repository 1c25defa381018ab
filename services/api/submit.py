"""From a received upload to an accepted job: everything is stored before the job exists."""

import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

import structlog
from anyio import to_thread

from backlot.api_keys import Scope
from backlot.blobs.port import BlobMissingError, BlobStore, BlobUnavailableError
from backlot.contracts.errors import RefusedInputError, UnavailableError
from backlot.contracts.jobs import JobKind, JobRequest, Manifest, StoredPhoto
from backlot.contracts.priorities import Priority
from backlot.line.clock import Clock, moment
from backlot.line.places import manifest_key, photo_prefix
from backlot.line.record import JobRecord, JobRecords
from services.api.decoding import DecodePool
from services.api.doorman import scope_missing
from services.api.job_ids import derived_job_id, random_job_id
from services.api.job_request import parse_request
from services.api.photo import NormalisedPhoto
from services.api.product import check_glb
from services.api.received import ReceivedFile
from services.api.reuse import Reuse
from services.api.sameness import check_same, content_key, fingerprint_of
from services.api.upload import Upload

log = structlog.get_logger()

_SUFFIX = {"image/jpeg": "jpg", "image/png": "png"}


class Submitted(NamedTuple):
    """An accepted job.

    Attributes:
        replayed: The same Idempotency-Key had brought this job into being before.
        reused: An earlier job with the same content, as the client allowed.
    """

    record: JobRecord
    replayed: bool
    reused: bool = False


class Submitter:
    """Takes uploads in (design §3.1).

    Args:
        blobs: Where photo, product and manifest go, in that order.
        records: Where the job comes into being, after them.
        pool: Decodes photos.
        check_webhook: Refuses addresses that may not be called; may resolve names.
        secret: Job ids of idempotent submits are derived with it.
        idempotency: How long an Idempotency-Key means the same job.
        reuse: Finds earlier jobs with the same content.
        clock: Unix seconds; what the age of an Idempotency-Key is counted by.
        writers: Photos written at the same time.
    """

    def __init__(
        self,
        *,
        blobs: BlobStore,
        records: JobRecords,
        pool: DecodePool,
        check_webhook: Callable[[str], object],
        secret: bytes,
        idempotency: timedelta,
        reuse: Reuse,
        clock: Clock = time.time,
        writers: int = 16,
    ) -> None:
        self._blobs = blobs
        self._records = records
        self._pool = pool
        self._check_webhook = check_webhook
        self._secret = secret
        self._idempotency = idempotency
        self._reuse = reuse
        self._clock = clock
        self._writers = ThreadPoolExecutor(max_workers=writers, thread_name_prefix="intake")

    async def submit(
        self, tenant: str, key: str | None, upload: Upload, *, may_hurry: bool = True
    ) -> Submitted:
        """Accept an upload, or refuse it and leave nothing behind.

        Args:
            tenant: Whose job it will be.
            key: The Idempotency-Key, checked; with it, repeating a submit gives the same job.
            upload: What came.
            may_hurry: Whether it may be of the high class.

        Raises:
            RefusedInputError: With the code of what is wrong.
            UnavailableError: The job may not exist; the client must try again.
        """
        request = parse_request(upload.request)
        _check(upload, request, may_hurry=may_hurry)
        if request.webhook_url is not None:
            await to_thread.run_sync(self._check_webhook, request.webhook_url)
        fingerprint = fingerprint_of(upload.photo, upload.product, request)
        job_id = random_job_id()
        earlier = None
        if key is not None:
            job_id, earlier = await to_thread.run_sync(self._find, tenant, key)
        if earlier is not None and await to_thread.run_sync(self._is_whole, earlier, fingerprint):
            return await to_thread.run_sync(self._again, earlier, fingerprint)
        content = content_key(upload, request) if request.reuse else None
        if content is not None:
            found = await to_thread.run_sync(self._reuse.find, tenant, content)
            if found is not None:
                return Submitted(found, replayed=False, reused=True)
        photo = await self._pool.normalise(upload.photo.source()) if upload.photo else None
        if upload.product is not None:
            await to_thread.run_sync(_check_product, upload.product)
        manifest = Manifest(
            job_id=job_id,
            tenant=tenant,
            kind=JobKind.RECOMMEND,
            created_at=moment(self._clock),
            fingerprint=fingerprint,
            request=request,
            photo=None,
        )
        submitted = await to_thread.run_sync(
            partial(self._store_and_start, manifest, photo, upload.product, keyed=key is not None)
        )
        if content is not None:
            await to_thread.run_sync(self._reuse.remember, tenant, content, submitted.record.job_id)
        return submitted

    def begin(
        self, tenant: str, key: str | None, manifest_of: Callable[[str], Manifest]
    ) -> Submitted:
        """Accept a job that needs no upload.

        Args:
            tenant: Whose job it will be.
            key: The Idempotency-Key, checked.
            manifest_of: Makes the manifest for the job id that it will have.

        Raises:
            RefusedInputError: ``idempotency-mismatch``.
            UnavailableError: The job may not exist; the client must try again.
        """
        job_id, earlier = (random_job_id(), None) if key is None else self._find(tenant, key)
        manifest = manifest_of(job_id).model_copy(update={"created_at": moment(self._clock)})
        if earlier is not None:
            return self._again(earlier, manifest.fingerprint)
        if self._keep(manifest):
            return Submitted(self._start(manifest), replayed=False)
        return self._again(self._winner(job_id), manifest.fingerprint)

    def _keep(self, manifest: Manifest) -> bool:
        return self._blobs.put_once(
            manifest_key(manifest.job_id), manifest.model_dump_json().encode(), "application/json"
        )

    def _winner(self, job_id: str) -> Manifest:
        winner = self._manifest(job_id)
        if winner is None:
            raise UnavailableError(f"the manifest of {job_id} came and went")
        return winner

    def _find(self, tenant: str, key: str) -> tuple[str, Manifest | None]:
        """The id this key stands for now, and the manifest when that job was submitted already."""
        oldest = moment(self._clock) - self._idempotency
        for turn in count():
            job_id = derived_job_id(self._secret, tenant, key, turn)
            manifest = self._manifest(job_id)
            if manifest is None or manifest.created_at > oldest:
                return job_id, manifest
        raise AssertionError  # pragma: no cover - count() does not end

    def _manifest(self, job_id: str) -> Manifest | None:
        try:
            return Manifest.model_validate_json(self._blobs.get(manifest_key(job_id)))
        except BlobMissingError:
            return None

    def _again(self, manifest: Manifest, fingerprint: str) -> Submitted:
        check_same(manifest, fingerprint)
        return Submitted(self._start(manifest), replayed=True)

    def _is_whole(self, manifest: Manifest, fingerprint: str) -> bool:
        """Whether an earlier submit with this key stored everything before it ended."""
        check_same(manifest, fingerprint)
        return all(self._blobs.exists(key) for key in _files(manifest))

    def _store_and_start(
        self,
        manifest: Manifest,
        photo: NormalisedPhoto | None,
        product: ReceivedFile | None,
        *,
        keyed: bool,
    ) -> Submitted:
        """Store files and manifest side by side, and bring the job into being after both.

        A manifest without its files is a submit that was never answered: the next one with its
        key stores them. Side by side, as each write waits for the disk or the network.
        """
        # Of two submits with one key, each stores files of its own; the loser removes only its own.
        # One flat folder: every new folder would cost a synced write of its own.
        name = f"{photo_prefix(manifest.job_id)}{secrets.token_hex(4)}"
        stored = manifest.model_copy(
            update={
                "photo": _stored(photo, f"{name}.{_SUFFIX[photo.media_type]}") if photo else None,
                "product_key": f"{name}.glb" if product else None,
            }
        )
        writing = self._writers.submit(self._put_files, stored, photo, product)
        try:
            first = self._keep(stored)
        finally:
            failed = writing.exception()  # waits for its end
        if failed is not None:
            self._discard(*_files(stored), *(() if keyed else (manifest_key(stored.job_id),)))
            raise failed
        if first:
            return Submitted(self._start(stored), replayed=False)
        self._discard(*_files(stored))
        winner = self._winner(stored.job_id)
        if not self._is_whole(winner, stored.fingerprint):
            self._put_files(winner, photo, product)
        return self._again(winner, stored.fingerprint)

    def _put_files(
        self, manifest: Manifest, photo: NormalisedPhoto | None, product: ReceivedFile | None
    ) -> None:
        if manifest.photo is not None and photo is not None:
            self._blobs.put(manifest.photo.key, photo.data, photo.media_type)
        if product is not None and manifest.product_key is not None:
            self._put_product(manifest.product_key, product)

    def _put_product(self, key: str, product: ReceivedFile) -> None:
        source = product.source()
        if isinstance(source, Path):
            self._blobs.put_file(key, source, "model/gltf-binary")
        else:
            self._blobs.put(key, source, "model/gltf-binary")

    def _start(self, manifest: Manifest) -> JobRecord:
        """Bring the job into being unless it is; also finishes what a killed process began."""
        created = self._records.create(manifest)
        if created.fresh:
            log.info("job_created", job_id=manifest.job_id, tenant=manifest.tenant)
        return created.record

    def _discard(self, *keys: str) -> None:
        for key in keys:
            try:
                self._blobs.delete(key)
            except BlobUnavailableError as error:
                log.warning("intake_left_behind", key=key, why=str(error))


def _files(manifest: Manifest) -> tuple[str, ...]:
    keys = (manifest.photo.key if manifest.photo else None, manifest.product_key)
    return tuple(key for key in keys if key)


def _check_product(product: ReceivedFile) -> None:
    with product.opened() as file:
        check_glb(file, product.size)


def _stored(photo: NormalisedPhoto, key: str) -> StoredPhoto:
    return StoredPhoto(
        key=key,
        width=photo.width,
        height=photo.height,
        has_alpha=photo.has_alpha,
        media_type=photo.media_type,
        changes=photo.changes,
    )


def _check(upload: Upload, request: JobRequest, *, may_hurry: bool) -> None:
    if request.priority is Priority.HIGH and not may_hurry:
        raise scope_missing(Scope.PRIORITY)
    if upload.photo is None and upload.product is None:
        raise RefusedInputError(
            "photo-missing", "Send the part 'photo', or a 3D model as the part 'product'."
        )
