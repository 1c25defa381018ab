"""Promises about jobs that have ended."""

import time
from collections.abc import Callable

import pytest
from record_fixtures import make_manifest

from backlot.blobs.memory import MemoryStore
from backlot.contracts.hints import Hint
from backlot.contracts.jobs import JobStatus
from backlot.contracts.problems import problem
from backlot.contracts.stages import Stage
from backlot.line.archive import Archive, JobReader
from backlot.line.body import job_body
from backlot.line.control import JobControl
from backlot.line.erasing import erase, manifest_of
from backlot.line.journal import Journal
from backlot.line.listing import JobFilter, JobList
from backlot.line.places import manifest_key, photo_prefix, pictures_prefix, work_prefix
from backlot.line.record import Claim, JobRecords
from backlot.line.retained import EndedJobs
from backlot.line.scripting import Scripts
from backlot.line.settings import LineSettings
from services.conductor.retention import Keeper
from services.conductor.settings import ConductorSettings
from services.vision_worker.fake import _CAPTION

LONG = 1e6
NOW = 0.001
KeeperOf = Callable[..., Keeper]


@pytest.fixture
def blobs() -> MemoryStore:
    """An object store."""
    return MemoryStore()


@pytest.fixture
def control(scripts: Scripts, records: JobRecords, line_settings: LineSettings) -> JobControl:
    """Deletes and retries."""
    return JobControl(scripts, records, line_settings)


@pytest.fixture
def keeper_of(scripts: Scripts, blobs: MemoryStore, control: JobControl) -> KeeperOf:
    """Makes keepers that keep everything long, save what a test says."""

    def make(batch: int = 100, **settings: float) -> Keeper:
        ages = dict.fromkeys(
            ("archive_after_s", "keep_record_s", "keep_photo_s", "keep_derivatives_s",
             "keep_pictures_s", "keep_archive_s"), LONG,
        )  # fmt: skip
        chosen = ConductorSettings.model_validate(ages | settings)
        return Keeper(EndedJobs(scripts), Journal(scripts), control, blobs, chosen, batch)

    return make


def reader_of(records: JobRecords, scripts: Scripts, blobs: MemoryStore) -> JobReader:
    """Reads jobs wherever they are."""
    return JobReader(records, Journal(scripts), Archive(blobs))


def ended(records: JobRecords, blobs: MemoryStore) -> str:
    """A job that failed in its second stage, with files of every class."""
    manifest = make_manifest(metadata={"order": "7"})
    job_id = manifest.job_id
    blobs.put(manifest_key(job_id), manifest.model_dump_json().encode(), "application/json")
    records.create(manifest)
    claim = records.claim(Hint(job_id=job_id, stage=Stage.CAPTION, generation=1), "w")
    assert isinstance(claim, Claim)
    records.commit(claim, _CAPTION.model_dump_json(), "{}", claim.record.line, Stage.REFINE)
    claim = records.claim(Hint(job_id=job_id, stage=Stage.REFINE, generation=1), "w")
    assert isinstance(claim, Claim)
    records.fail(claim, problem("stage-failed", reason="for-a-test"))
    for prefix in (photo_prefix(job_id), work_prefix(job_id), pictures_prefix(job_id)):
        blobs.put(f"{prefix}file", b"x", "image/png")
    time.sleep(0.005)
    return job_id


def test_an_ended_job_reads_the_same_from_the_archive(
    records: JobRecords, scripts: Scripts, blobs: MemoryStore, keeper_of: KeeperOf
) -> None:
    """Body and events are what they were when Redis has let go of them."""
    job_id = ended(records, blobs)
    reader = reader_of(records, scripts, blobs)
    before = reader.read(job_id)
    assert before is not None
    keeper_of(archive_after_s=NOW, keep_record_s=NOW).tidy()
    stub = records.get(job_id)
    assert stub is not None
    assert stub.is_archived
    assert stub.outputs == {}
    assert scripts.client.exists(scripts.key("events", job_id)) == 0
    after = reader.read(job_id)
    assert after is not None
    assert job_body(after.record, blobs, "") == job_body(before.record, blobs, "")
    assert after.entries == before.entries


def test_results_are_readable_after_redis_is_lost(
    records: JobRecords, scripts: Scripts, blobs: MemoryStore, keeper_of: KeeperOf
) -> None:
    """The archive alone is enough to show a job that has ended."""
    job_id = ended(records, blobs)
    keeper_of(archive_after_s=NOW).tidy()
    scripts.client.delete(*scripts.client.keys(f"{scripts.prefix}:*"))
    found = reader_of(records, scripts, blobs).get(job_id)
    assert found is not None
    assert found.status is JobStatus.FAILED
    assert found.outputs[Stage.CAPTION] == _CAPTION.model_dump_json()


def test_a_put_away_job_is_still_listed(
    records: JobRecords, scripts: Scripts, blobs: MemoryStore, keeper_of: KeeperOf
) -> None:
    """With its filters, and with its whole body."""
    job_id = ended(records, blobs)
    keeper_of(archive_after_s=NOW, keep_record_s=NOW).tidy()
    jobs = JobList(scripts, reader_of(records, scripts, blobs).get)
    chosen = JobFilter(statuses=(JobStatus.FAILED,), metadata=("order", "7"))
    page = jobs.page("local", chosen, 10, None)
    assert [record.job_id for record in page.records] == [job_id]
    assert Stage.CAPTION in page.records[0].outputs


@pytest.mark.parametrize(
    ("setting", "gone"),
    [
        ("keep_photo_s", photo_prefix),
        ("keep_derivatives_s", work_prefix),
        ("keep_pictures_s", pictures_prefix),
    ],
)
def test_each_class_of_files_has_its_own_time(
    setting: str,
    gone: Callable[[str], str],
    records: JobRecords,
    blobs: MemoryStore,
    keeper_of: KeeperOf,
) -> None:
    """What has had its time goes, what has not stays."""
    job_id = ended(records, blobs)
    before = set(blobs.keys(""))
    keeper_of(**{setting: NOW}).tidy()
    assert before - set(blobs.keys("")) == {f"{gone(job_id)}file"}


def test_in_the_end_a_job_is_forgotten(
    records: JobRecords, scripts: Scripts, blobs: MemoryStore, keeper_of: KeeperOf
) -> None:
    """No file, no record, no place in a list."""
    job_id = ended(records, blobs)
    keeper_of(archive_after_s=NOW, keep_archive_s=NOW).tidy()
    assert list(blobs.keys("")) == []
    assert records.get(job_id) is None
    assert scripts.client.zrange(scripts.key("jobs", "local"), 0, -1) == []
    assert scripts.client.zrange(scripts.key("finished"), 0, -1) == []


def test_a_running_job_is_left_alone(
    records: JobRecords, blobs: MemoryStore, keeper_of: KeeperOf, control: JobControl
) -> None:
    """Whatever the settings, a job under way keeps everything; a retried one too."""
    job_id = ended(records, blobs)
    record = records.get(job_id)
    assert record is not None
    assert control.retry(record) == "retried"
    before = set(blobs.keys(""))
    keeper_of(archive_after_s=NOW, keep_record_s=NOW, keep_photo_s=NOW, keep_archive_s=NOW).tidy()
    assert set(blobs.keys("")) == before
    running = records.get(job_id)
    assert running is not None
    assert not running.is_archived


def test_many_jobs_are_done_in_batches_and_once(
    records: JobRecords, blobs: MemoryStore, keeper_of: KeeperOf
) -> None:
    """Small batches come to the end of the index, and the next pass has nothing to do."""
    ids = {ended(records, blobs) for _ in range(7)}
    keeper = keeper_of(batch=2, archive_after_s=NOW)
    passes = 1
    while keeper.tidy():
        passes += 1
    assert passes == 4
    archived = {key for key in blobs.keys("archive/")}  # noqa: C416  # a set of an iterator
    assert archived == {f"archive/{job_id}.json" for job_id in ids}
    for key in archived:
        blobs.delete(key)
    assert not keeper.tidy()
    assert list(blobs.keys("archive/")) == []


def test_files_that_a_late_worker_wrote_go_too(
    records: JobRecords,
    scripts: Scripts,
    blobs: MemoryStore,
    control: JobControl,
    keeper_of: KeeperOf,
) -> None:
    """The conductor looks again for files of a deleted job, soon and when no worker can be left."""
    job_id = ended(records, blobs)
    control.delete(job_id)
    erase(blobs, job_id, "local")
    blobs.put(f"{work_prefix(job_id)}late", b"x", "image/png")
    keeper = keeper_of()
    keeper.tidy()
    assert blobs.exists(f"{work_prefix(job_id)}late"), "too early, this run proves nothing"
    entries = scripts.client.zrange(scripts.key("erase"), 0, -1)
    assert len(entries) == 2
    scripts.client.zadd(scripts.key("erase"), dict.fromkeys(entries, 0))
    keeper.tidy()
    assert list(blobs.keys(work_prefix(job_id))) == []
    assert scripts.client.zcard(scripts.key("erase")) == 0
    manifest = manifest_of(blobs, job_id)
    assert manifest is not None
    assert (manifest.tenant, manifest.photo) == ("local", None)
