"""Promises of submits while the object store misbehaves, through real boto3."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from api_door import SECRET, Door, body_of, fresh_line, problem_of
from api_photos import small_jpeg
from pydantic import SecretStr
from redis_server import RedisServer
from s3_server import Fault, S3Server, always, every, on, slow, well

from backlot.blobs.port import BlobUnavailableError
from backlot.blobs.s3 import S3Store
from backlot.blobs.settings import BlobSettings
from backlot.contracts.frozen import Localized
from backlot.contracts.hints import Hint
from backlot.contracts.stages import Stage, StageState
from backlot.line.heart import Heart
from backlot.line.runner import Runner
from backlot.line.work import Outcome, Work


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    """The object store."""
    server = S3Server()
    yield server
    server.close()


@pytest.fixture(scope="module")
def s3_door(
    server: S3Server, redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    """An API on that store."""
    settings = BlobSettings(
        blobs="s3", s3_bucket="backlot", s3_endpoint_url=server.url, secret=SECRET,
        s3_access_key_id=SecretStr("test"), s3_secret_access_key=SecretStr("test"),
    )  # fmt: skip
    door = Door(tmp_path_factory.mktemp("s3"), fresh_line(redis_server), settings)
    store_of(door).ensure_bucket()
    door.start()
    yield door
    door.stop()


def store_of(door: Door) -> S3Store:
    """The object store as the API sees it."""
    assert isinstance(door.parts.blobs, S3Store)
    return door.parts.blobs


@contextmanager
def misbehaving(server: S3Server, fault: Fault) -> Iterator[None]:
    """The store with a fault, for the time of the block."""
    server.fault = fault
    try:
        yield
    finally:
        server.fault = well


def jobs_of(door: Door) -> list[str]:
    """All jobs of the record."""
    scripts = door.parts.records._scripts
    return sorted(scripts.client.scan_iter(scripts.key("job", "*")))


@pytest.mark.parametrize(
    "fault",
    [
        always("503 SlowDown"), always("403 AccessDenied"), always("500 InternalError"),
        on("PUT", "/intake/", "503 SlowDown"), on("PUT", "/intake/", "403 AccessDenied"),
        on("PUT", "/manifests/", "503 SlowDown"),
    ],
    ids=["away", "denied", "broken", "photo", "photo-denied", "manifest"],
)  # fmt: skip
def test_a_submit_that_cannot_be_stored_is_not_accepted(
    s3_door: Door, server: S3Server, fault: Fault
) -> None:
    """503 with Retry-After, no job, no temporary file; with its key it works afterwards, once."""
    before = jobs_of(s3_door)
    with misbehaving(server, fault):
        refused = s3_door.submit(small_jpeg(), key=f"s3-{id(fault)}")
    assert (refused.status_code, problem_of(refused).code) == (503, "unavailable")
    assert int(refused.headers["retry-after"]) > 0
    assert "AccessDenied" not in refused.text
    assert jobs_of(s3_door) == before
    assert list(s3_door.uploads.iterdir()) == []
    ids = {body_of(s3_door.submit(small_jpeg(), key=f"s3-{id(fault)}")).job_id for _ in range(2)}
    assert len(ids) == 1
    record = s3_door.parts.records.get(ids.pop())
    assert record is not None
    assert record.photo is not None
    assert store_of(s3_door).get(record.photo.key).startswith(b"\xff\xd8\xff")


def test_a_store_that_refuses_now_and_then_is_asked_again(s3_door: Door, server: S3Server) -> None:
    """Every tenth request fails: all submits are accepted, and every photo is whole."""
    with misbehaving(server, every(10, "503 SlowDown")):
        answers = [s3_door.submit(small_jpeg()) for _ in range(15)]
    assert {answer.status_code for answer in answers} == {202}
    for answer in answers:
        record = s3_door.parts.records.get(body_of(answer).job_id)
        assert record is not None
        assert record.photo is not None
        assert store_of(s3_door).exists(record.photo.key)


def test_a_slow_store_makes_submits_slow_and_nothing_else(s3_door: Door, server: S3Server) -> None:
    """While a submit waits for the store, reading a job does not."""
    job = body_of(s3_door.submit(small_jpeg()))
    answers = []
    with misbehaving(server, slow(0.5)):
        submitting = threading.Thread(target=lambda: answers.append(s3_door.submit(small_jpeg())))
        submitting.start()
        shown = s3_door.client.get(f"/v1/jobs/{job.job_id}")
        still_waiting = submitting.is_alive()
        submitting.join()
    assert shown.status_code == 200
    assert still_waiting
    assert answers[0].status_code == 202


def test_a_result_is_stored_before_the_stage_counts(s3_door: Door, server: S3Server) -> None:
    """A stage whose file cannot be written is put back, and done once the store is back."""
    job_id = body_of(s3_door.submit(small_jpeg())).job_id
    records, store = s3_door.parts.records, store_of(s3_door)
    heart = Heart(records, 60)
    runner = Runner(records, heart, "w1", max_tries=5)
    hint = Hint(job_id=job_id, stage=Stage.CAPTION, generation=1)

    def handler(work: Work) -> Outcome:
        store.put(f"jobs/{work.job_id}/caption/{work.fence}/cutout.png", b"png", "image/png")
        return Outcome(Localized(en="a", ko="b"))

    def state() -> StageState:
        record = records.get(job_id)
        assert record is not None
        return StageState(record.fields["caption:state"])

    try:
        with misbehaving(server, on("PUT", "/caption/", "503 SlowDown")):
            assert runner.run(hint, handler) == "deferred"
        assert state() is StageState.PENDING
        scripts = records._scripts
        scripts.client.hset(scripts.key("job", job_id), "caption:not_before", 0)
        assert runner.run(hint, handler) == "next"
        assert state() is StageState.DONE
        assert store.get(f"jobs/{job_id}/caption/2/cutout.png") == b"png"
    finally:
        heart.stop()


def test_an_unreachable_store_is_unavailable() -> None:
    """Nobody listens: an error that may pass, without an address or a key in it."""
    store = S3Store(
        "b", endpoint_url="http://127.0.0.1:9", access_key_id="id", secret_access_key="hidden"
    )
    with pytest.raises(BlobUnavailableError) as caught:
        store.get("a")
    assert "hidden" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)
