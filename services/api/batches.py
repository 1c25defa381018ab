"""Taking batches in, and showing how their jobs stand."""

import asyncio
import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from anyio import to_thread

from backlot.blobs.port import BlobMissingError, BlobStore
from backlot.contracts.batches import (
    BatchBody,
    BatchEntry,
    BatchId,
    BatchItem,
    BatchRequest,
    StoredBatch,
)
from backlot.contracts.errors import RefusedInputError, UnavailableError
from backlot.contracts.jobs import JobRequest
from backlot.contracts.problems import problem
from backlot.contracts.uploads import JobSubmission
from backlot.line.record import JobRecord
from services.api.submit import Submitter
from services.api.uploads import Uploads

_LABEL = b"backlot/batch-ids/v1\n"
_AT_ONCE = 4
"""Items of one batch that are decoded at the same time, so that others get their turn."""
_UPLOADS = frozenset({"upload_id", "product_upload_id"})


@dataclass(frozen=True)
class Taken:
    """A batch, and whether the same Idempotency-Key had brought it before."""

    batch: StoredBatch
    replayed: bool


class Batches:
    """Makes one job of every item (design §8).

    An item's job id derives from the batch's key and the item's place, so that a batch that was
    broken off half-way is completed by sending it again.

    Args:
        blobs: Where batches are kept.
        submitter: Makes the jobs.
        uploads: Has the photos.
        read: Finds a job.
        secret: Ids of batches with a key are derived with it.
        public_url: Goes before every link.
    """

    def __init__(
        self,
        *,
        blobs: BlobStore,
        submitter: Submitter,
        uploads: Uploads,
        read: Callable[[str], JobRecord | None],
        secret: bytes,
        public_url: str,
    ) -> None:
        self._blobs = blobs
        self._submitter = submitter
        self._uploads = uploads
        self._read = read
        self._secret = secret
        self._public_url = public_url

    async def take(
        self, tenant: str, key: str | None, request: BatchRequest, *, may_hurry: bool = True
    ) -> Taken:
        """Take a batch in; items that can never work are refused one by one.

        Args:
            tenant: Whose it will be.
            key: The Idempotency-Key, checked.
            request: The items.
            may_hurry: Whether they may be of the high class.

        Raises:
            RefusedInputError: ``idempotency-mismatch``.
            UnavailableError: Some items may be jobs already; send the batch again with its key.
        """
        batch_id = self._batch_id(tenant, key)
        fingerprint = hashlib.sha256(request.model_dump_json().encode()).hexdigest()
        earlier = await to_thread.run_sync(self._stored, batch_id)
        if earlier is not None:
            return _again(earlier, fingerprint)
        turn = asyncio.Semaphore(_AT_ONCE)
        entries = await asyncio.gather(
            *(
                self._entry(tenant, f"{batch_id}-{index}", item, turn, may_hurry=may_hurry)
                for index, item in enumerate(request.items)
            )
        )
        batch = StoredBatch(
            batch_id=batch_id,
            tenant=tenant,
            created_at=datetime.now(UTC),
            fingerprint=fingerprint,
            entries=tuple(entries),
        )
        text = batch.model_dump_json().encode()
        keep = partial(self._blobs.put_once, _key(batch_id), text, "application/json")
        if await to_thread.run_sync(keep):
            return Taken(batch, replayed=False)
        winner = await to_thread.run_sync(self._stored, batch_id)
        if winner is None:
            raise UnavailableError(f"{batch_id} came and went")
        return _again(winner, fingerprint)

    def show(self, tenant: str, batch_id: str) -> BatchBody:
        """A batch as it stands now.

        Raises:
            RefusedInputError: ``not-found``, also when it is another tenant's.
        """
        batch = self._stored(batch_id)
        if batch is None or batch.tenant != tenant:
            raise RefusedInputError("not-found", "There is no such batch.")
        return self.body(batch)

    def body(self, batch: StoredBatch) -> BatchBody:
        """The same for a batch at hand."""
        items = tuple(self._item(index, entry) for index, entry in enumerate(batch.entries))
        return BatchBody(
            batch_id=batch.batch_id,
            created_at=batch.created_at,
            finished=all(item.status is None or item.status.is_final for item in items),
            counts=dict(Counter(_word(item) for item in items)),
            items=items,
            link=f"{self._public_url}/v1/batches/{batch.batch_id}",
        )

    def _item(self, index: int, entry: BatchEntry) -> BatchItem:
        record = self._read(entry.job_id) if entry.job_id else None
        return BatchItem(
            index=index,
            job_id=entry.job_id,
            status=record.status if record else None,
            problem=record.error if record else entry.problem,
            link=f"{self._public_url}/v1/jobs/{entry.job_id}" if record else None,
        )

    async def _entry(
        self,
        tenant: str,
        name: str,
        item: JobSubmission,
        turn: asyncio.Semaphore,
        *,
        may_hurry: bool,
    ) -> BatchEntry:
        request = JobRequest.model_validate(item.model_dump(exclude=set(_UPLOADS)))
        text = request.model_dump_json().encode()
        try:
            async with (
                turn,
                self._uploads.taken(tenant, item.upload_id, item.product_upload_id, name) as files,
            ):
                whole = replace(files, request=text)
                submitted = await self._submitter.submit(tenant, name, whole, may_hurry=may_hurry)
        except RefusedInputError as error:
            return BatchEntry(problem=problem(error.problem_code, error.detail))
        return BatchEntry(job_id=submitted.record.job_id)

    def _batch_id(self, tenant: str, key: str | None) -> BatchId:
        if key is None:
            return f"bat_{secrets.token_hex(16)}"
        message = _LABEL + f"{tenant}\n{key}".encode()
        return f"bat_{hmac.new(self._secret, message, hashlib.sha256).hexdigest()[:32]}"

    def _stored(self, batch_id: str) -> StoredBatch | None:
        try:
            return StoredBatch.model_validate_json(self._blobs.get(_key(batch_id)))
        except (BlobMissingError, ValueError):  # a ValueError: that can be nobody's id
            return None


def _key(batch_id: str) -> str:
    return f"batches/{batch_id}.json"


def _again(batch: StoredBatch, fingerprint: str) -> Taken:
    if batch.fingerprint != fingerprint:
        raise RefusedInputError(
            "idempotency-mismatch", "This Idempotency-Key came with other items before."
        )
    return Taken(batch, replayed=True)


def _word(item: BatchItem) -> str:
    if item.status is not None:
        return item.status.value
    return "deleted" if item.job_id else "refused"
