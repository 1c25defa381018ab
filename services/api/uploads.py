"""Files that clients put straight into the object store, and that one job may take."""

import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

import redis
import structlog
from anyio import to_thread

from backlot.blobs.port import BlobMissingError, BlobStore, BlobUnavailableError
from backlot.contracts.errors import RefusedInputError
from backlot.contracts.uploads import NewUpload, Upload
from backlot.line.scripting import Scripts
from services.api.photo_format import PhotoFormat, sniff
from services.api.received import ReceivedFile
from services.api.upload import Upload as Parts
from services.api.upload import UploadLimits, too_large

log = structlog.get_logger()

GLB = "model/gltf-binary"
_FORMATS = {
    "image/jpeg": PhotoFormat.JPEG,
    "image/png": PhotoFormat.PNG,
    "image/webp": PhotoFormat.WEBP,
    "image/heic": PhotoFormat.HEIF,
    "image/avif": PhotoFormat.AVIF,
}
_SNIFFED_BYTES = 512
_LEASE_S = 120
_SWEPT = 5


class _Taken(NamedTuple):
    """An upload that belongs to one submit now."""

    upload_id: str
    fields: dict[str, str]


class Uploads:
    """Makes forms, and gives what came through them to one job each.

    Args:
        scripts: Redis.
        blobs: Where the files go.
        limits: How large a file may be, and how much of it is kept in memory.
        life_s: How long an upload can be used.
        memory_s: How long it is remembered which job used it.
        clock: Unix seconds.
    """

    def __init__(
        self,
        scripts: Scripts,
        blobs: BlobStore,
        limits: UploadLimits,
        *,
        life_s: int,
        memory_s: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._scripts = scripts
        self._blobs = blobs
        self._limits = limits
        self._life_s = life_s
        self._memory_s = memory_s
        self._clock = clock

    def make(self, tenant: str, wish: NewUpload) -> Upload:
        """A form for one file.

        Raises:
            RefusedInputError: ``body-too-large``.
        """
        is_product = wish.media_type == GLB
        most = self._limits.product_bytes if is_product else self._limits.photo_bytes
        if wish.size > most:
            raise too_large("The file", most)
        self._sweep()
        upload_id = f"upl_{secrets.token_hex(16)}"
        key = f"uploads/{tenant}/{secrets.token_hex(16)}.bin"
        form = self._blobs.post_form(key, wish.media_type, wish.size, self._life_s)
        expires = self._clock() + self._life_s
        fields = {
            "tenant": tenant, "key": key, "media_type": wish.media_type, "size": str(wish.size),
            "sha256": wish.sha256 or "",
        }  # fmt: skip
        pairs = [word for pair in fields.items() for word in pair]
        record, index = self._scripts.key("upload", upload_id), self._scripts.key("uploads")
        self._scripts.ask(lambda client: client.hset(record, items=pairs))
        self._scripts.ask(lambda client: client.expire(record, self._life_s))
        self._scripts.ask(lambda client: client.zadd(index, {key: expires + _LEASE_S}))
        return Upload(
            upload_id=upload_id,
            url=form.url,
            fields=form.fields,
            expires_at=datetime.fromtimestamp(expires, UTC),
        )

    @asynccontextmanager
    async def taken(
        self, tenant: str, photo_id: str | None, product_id: str | None, owner: str
    ) -> AsyncIterator[Parts]:
        """Use uploads for one job; when the context fails they can be used again.

        Args:
            tenant: Whose uploads they are.
            photo_id: Of the photo.
            product_id: Of the model.
            owner: Who takes them; the same owner may take them again.

        Raises:
            RefusedInputError: ``upload-unknown``, ``upload-used``, ``upload-unfinished`` or
                ``upload-mismatch``.
        """
        taken: list[_Taken] = []
        with ExitStack() as files:
            try:
                photo = await self._one(tenant, photo_id, owner, taken, files, product=False)
                product = await self._one(tenant, product_id, owner, taken, files, product=True)
                yield Parts(photo=photo, product=product)
            except BaseException:
                await to_thread.run_sync(self._give_back, taken)
                raise
        await to_thread.run_sync(self._finish, taken)

    async def _one(
        self,
        tenant: str,
        upload_id: str | None,
        owner: str,
        taken: list[_Taken],
        files: ExitStack,
        *,
        product: bool,
    ) -> ReceivedFile | None:
        if upload_id is None:
            return None
        take = partial(self._take, tenant, upload_id, owner, product=product)
        one = await to_thread.run_sync(take)
        taken.append(one)
        file = ReceivedFile(int(one.fields["size"]), self._limits.memory_bytes, self._limits.folder)
        files.callback(file.close)
        await to_thread.run_sync(self._fetch, one, file)
        return file

    def _take(self, tenant: str, upload_id: str, owner: str, *, product: bool) -> _Taken:
        verdict, *pairs = self._scripts.run(
            "take_upload", upload_id, tenant, owner, _LEASE_S * 1000
        )
        if verdict == "unknown":
            raise RefusedInputError("upload-unknown", f"There is no upload {upload_id} to use.")
        if verdict == "used":
            raise RefusedInputError("upload-used", f"{upload_id} belongs to another job.")
        one = _Taken(upload_id, dict(zip(pairs[::2], pairs[1::2], strict=True)))
        if (one.fields["media_type"] == GLB) is not product:
            self._give_back([one])
            detail = f"{upload_id} was announced as {one.fields['media_type']}."
            raise RefusedInputError("upload-mismatch", detail)
        return one

    def _fetch(self, one: _Taken, file: ReceivedFile) -> None:
        """Read what was uploaded and check that it is what was announced."""
        try:
            if self._blobs.size(one.fields["key"]) != file.limit:
                raise _mismatch(one, "size")
            for piece in self._blobs.chunks(one.fields["key"]):
                file.write(memoryview(piece))
        except BlobMissingError as error:
            if one.fields.get("done"):
                file.recall(one.fields["sha256"])
                return
            raise RefusedInputError(
                "upload-unfinished", f"The file of {one.upload_id} is not there yet."
            ) from error
        if one.fields["sha256"] not in {"", file.sha256}:
            raise _mismatch(one, "SHA-256")
        if not _is(one.fields["media_type"], file):
            raise _mismatch(one, "format")
        one.fields["sha256"] = file.sha256

    def _give_back(self, taken: list[_Taken]) -> None:
        for one in taken:
            if not one.fields.get("done"):
                self._note(one, owner="", lease="0")

    def _finish(self, taken: list[_Taken]) -> None:
        index = self._scripts.key("uploads")
        for one in taken:
            self._note(one, done="1", sha256=one.fields["sha256"])
            record = self._scripts.key("upload", one.upload_id)
            self._scripts.ask(partial(_expire, record, self._memory_s))
            self._remove(one.fields["key"])
            self._scripts.ask(partial(_forget, index, one.fields["key"]))

    def _note(self, one: _Taken, **fields: str) -> None:
        record = self._scripts.key("upload", one.upload_id)
        pairs = [word for pair in fields.items() for word in pair]
        self._scripts.ask(lambda client: client.hset(record, items=pairs))

    def _sweep(self) -> None:
        """Remove some files that nobody used in time."""
        index = self._scripts.key("uploads")
        for key in self._scripts.ask(partial(_expired, index, self._clock())):
            self._remove(key)
            self._scripts.ask(partial(_forget, index, key))

    def _remove(self, key: str) -> None:
        try:
            self._blobs.delete(key)
        except BlobUnavailableError as error:
            log.warning("upload_left_behind", key=key, why=str(error))


def _is(media_type: str, file: ReceivedFile) -> bool:
    """Whether a file begins as its type does; its name and header say nothing."""
    with file.opened() as opened:
        head = opened.read(_SNIFFED_BYTES)
    if media_type == GLB:
        return head.startswith(b"glTF")
    return sniff(head) is _FORMATS[media_type]


def _mismatch(one: _Taken, what: str) -> RefusedInputError:
    detail = f"The {what} of {one.upload_id} is not the announced one."
    return RefusedInputError("upload-mismatch", detail)


def _expired(index: str, now: float, client: "redis.Redis") -> Any:
    return client.zrangebyscore(index, "-inf", now, start=0, num=_SWEPT)


def _forget(index: str, key: str, client: "redis.Redis") -> Any:
    return client.zrem(index, key)


def _expire(record: str, seconds: int, client: "redis.Redis") -> Any:
    return client.expire(record, seconds)
