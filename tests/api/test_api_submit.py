import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import pytest
from api_forms import FORM, form, in_chunks, part
from api_models import glb
from api_photos import small_jpeg, small_png

from backlot.blobs.memory import MemoryStore
from backlot.blobs.port import BlobUnavailableError
from backlot.contracts.errors import RefusedInputError, UnavailableError
from backlot.contracts.jobs import JobRequest, Manifest
from backlot.contracts.stages import Stage
from backlot.line.record import JobRecords
from backlot.line.wire import queue_key
from services.api.decoding import DecodePool
from services.api.reuse import Reuse
from services.api.submit import Submitted, Submitter
from services.api.upload import Upload, UploadLimits, received

pytestmark = pytest.mark.anyio

SECRET = b"a secret of sixteen bytes"


class Office:
    """A submitter on a store in memory and the real record."""

    def __init__(self, records: JobRecords, pool: DecodePool, store: MemoryStore) -> None:
        self.records = records
        self.store = store
        self.refused_hooks: set[str] = set()
        self.submitter = Submitter(
            blobs=store,
            records=records,
            pool=pool,
            check_webhook=self._check_webhook,
            secret=SECRET,
            idempotency=timedelta(days=1),
            reuse=Reuse(records._scripts, records, 60),
        )

    @property
    def hints(self) -> int:
        """How many hints wait for the first stage."""
        scripts = self.records._scripts
        return int(scripts.client.llen(queue_key(scripts.prefix, Stage.CAPTION)))

    def _check_webhook(self, url: str) -> None:
        if url in self.refused_hooks:
            raise RefusedInputError("webhook-url-refused", "It points inside.")

    async def submit(self, *parts: bytes, key: str | None = None) -> Submitted:
        """Submit a form."""
        async with upload_of(*parts) as upload:
            return await self.submitter.submit("vrin", key, upload)

    def age(self, job_id: str, by: timedelta) -> None:
        """Make a job's manifest older than it is."""
        manifest = Manifest.model_validate_json(self.store.get(f"manifests/{job_id}.json"))
        older = manifest.model_copy(update={"created_at": datetime.now(UTC) - by})
        self.store.put(f"manifests/{job_id}.json", older.model_dump_json().encode(), "x/y")


@asynccontextmanager
async def upload_of(*parts: bytes) -> AsyncIterator[Upload]:
    """An upload as the endpoint receives it."""
    async with received(FORM, in_chunks(form(*parts)), UploadLimits()) as upload:
        yield upload


@pytest.fixture
def office(records: JobRecords, pool: DecodePool) -> Office:
    """A fresh one."""
    return Office(records, pool, MemoryStore())


PHOTO = part("photo", small_jpeg(), "cup.jpg")


def request_part(**fields: object) -> bytes:
    """The JSON part."""
    return part("request", json.dumps(fields).encode())


async def test_everything_is_there_when_a_submit_returns(office: Office) -> None:
    """Photo, product, manifest, record and hint; the record says what the manifest says."""
    model = part("product", glb(), "cup.glb")
    done = await office.submit(PHOTO, model, request_part(title="Cup", top_k=3))
    job_id = done.record.job_id
    manifest = Manifest.model_validate_json(office.store.get(f"manifests/{job_id}.json"))
    assert manifest.photo is not None
    assert manifest.photo == done.record.photo
    assert set(office.store.keys("")) == {
        f"manifests/{job_id}.json",
        manifest.photo.key,
        manifest.product_key,
    }
    assert done.record.request == JobRequest(title="Cup", top_k=3)
    assert (done.record.tenant, done.replayed) == ("vrin", False)
    assert office.hints == 1


async def test_without_a_key_every_submit_is_a_job(office: Office) -> None:
    """Two equal submits without an Idempotency-Key are two orders."""
    first, second = [await office.submit(PHOTO) for _ in range(2)]
    assert first.record.job_id != second.record.job_id


async def test_spelled_out_defaults_are_the_same_request(office: Office) -> None:
    """A client that orders its JSON differently on a retry still gets its job."""
    first = await office.submit(PHOTO, request_part(title="Cup", locale="ko"), key="k")
    again = await office.submit(PHOTO, request_part(locale="ko", title="Cup", top_k=6), key="k")
    assert (again.record.job_id, again.replayed) == (first.record.job_id, True)


@pytest.mark.parametrize(
    "parts",
    [
        (part("photo", small_png(), "cup.jpg"),),
        (PHOTO, part("product", glb(), "x.glb")),
        (PHOTO, request_part(title="Mug")),
    ],
    ids=["photo", "product", "request"],
)
async def test_a_key_is_bound_to_all_that_was_sent(office: Office, parts: tuple[bytes]) -> None:
    """Another photo, model or request under the same key is refused and stores nothing."""
    await office.submit(PHOTO, key="k")
    before = list(office.store.keys(""))
    with pytest.raises(RefusedInputError) as caught:
        await office.submit(*parts, key="k")
    assert caught.value.problem_code == "idempotency-mismatch"
    assert list(office.store.keys("")) == before


async def test_a_key_is_free_again_after_a_day(office: Office) -> None:
    """Yesterday's key with today's photo is a new job, and that one is found again."""
    first = await office.submit(PHOTO, key="daily")
    office.age(first.record.job_id, timedelta(hours=25))
    second = await office.submit(part("photo", small_png(), "b.png"), key="daily")
    again = await office.submit(part("photo", small_png(), "b.png"), key="daily")
    assert second.record.job_id != first.record.job_id
    assert (again.record.job_id, again.replayed) == (second.record.job_id, True)


class Crash(BaseException):
    """Stands for the process being killed."""


def crashing(call: Callable[..., object]) -> Callable[..., NoReturn]:
    """The same call, but the process dies right before it."""

    def crash(*_: object) -> NoReturn:
        raise Crash(call.__name__)

    return crash


async def test_a_crash_between_manifest_and_record_cannot_make_a_second_job(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The retry with the same key finds the manifest and finishes that very job."""
    with monkeypatch.context() as patch:
        patch.setattr(office.records, "create", crashing(office.records.create))
        with pytest.raises(Crash):
            await office.submit(PHOTO, key="k")
    stored = list(office.store.keys("manifests/"))
    assert len(stored) == 1
    assert office.hints == 0
    done = await office.submit(PHOTO, key="k")
    assert (
        list(office.store.keys("manifests/")) == stored == [f"manifests/{done.record.job_id}.json"]
    )
    assert office.hints == 1
    assert done.record.photo is not None
    assert office.store.exists(done.record.photo.key)


async def test_a_lost_record_comes_back_with_the_retry(office: Office) -> None:
    """When Redis lost everything, the client's retry brings the job back under its id."""
    first = await office.submit(PHOTO, key="k")
    office.records._scripts.client.flushdb()
    again = await office.submit(PHOTO, key="k")
    assert again.record.job_id == first.record.job_id
    assert office.hints == 1


class Unwilling(MemoryStore):
    """A store that fails at one kind of key."""

    def __init__(self, ending: str) -> None:
        super().__init__()
        self._ending = ending

    def put(self, key: str, data: bytes, media_type: str) -> None:
        """Store, save where it fails."""
        self._fail_at(key)
        super().put(key, data, media_type)

    def put_once(self, key: str, data: bytes, media_type: str) -> bool:
        """Store, and then lose the answer where it fails."""
        stored = super().put_once(key, data, media_type)
        self._fail_at(key)
        return stored

    def _fail_at(self, key: str) -> None:
        if key.endswith(self._ending):
            raise BlobUnavailableError("a test took the store away")


async def test_a_store_that_fails_half_way_keeps_nothing(
    records: JobRecords, pool: DecodePool
) -> None:
    """The photo that was stored before the product could not be is removed again."""
    office = Office(records, pool, Unwilling(".glb"))
    with pytest.raises(UnavailableError):
        await office.submit(PHOTO, part("product", glb(), "x.glb"))
    assert list(office.store.keys("")) == []
    assert office.hints == 0


async def test_a_manifest_that_may_be_stored_keeps_its_photo(
    records: JobRecords, pool: DecodePool
) -> None:
    """If the store's answer is lost, a retry meets a manifest, and its photo must be there."""
    office = Office(records, pool, Unwilling(".json"))
    with pytest.raises(UnavailableError):
        await office.submit(PHOTO, key="k")
    done = await office.submit(PHOTO, key="k")
    assert done.record.photo is not None
    assert office.store.exists(done.record.photo.key)


async def test_a_refused_webhook_is_refused_before_anything_is_stored(office: Office) -> None:
    """The address is judged first; a good one does not hinder."""
    office.refused_hooks.add("https://inside.example/")
    with pytest.raises(RefusedInputError) as caught:
        await office.submit(PHOTO, request_part(webhook_url="https://inside.example/"))
    assert caught.value.problem_code == "webhook-url-refused"
    assert list(office.store.keys("")) == []
    done = await office.submit(PHOTO, request_part(webhook_url="https://outside.example/"))
    assert done.record.request.webhook_url == "https://outside.example/"
