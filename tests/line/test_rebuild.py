"""Promises of the rebuild after a total loss of Redis."""

from collections import Counter

import pytest
from record_fixtures import make_manifest

from backlot.blobs.memory import MemoryStore
from backlot.contracts.hints import Hint
from backlot.contracts.jobs import JobStatus, Manifest
from backlot.contracts.stages import Stage
from backlot.line.archive import Archive
from backlot.line.erasing import erase
from backlot.line.journal import Journal
from backlot.line.listing import JobFilter, JobList
from backlot.line.places import manifest_key
from backlot.line.rebuild import Fate, Rebuilder
from backlot.line.record import Claim, JobRecords
from backlot.line.retained import EndedJobs
from backlot.line.scripting import Scripts


@pytest.fixture
def blobs() -> MemoryStore:
    """An object store."""
    return MemoryStore()


def submitted(records: JobRecords, blobs: MemoryStore, *, whole: bool = True) -> Manifest:
    """A job as intake leaves it."""
    manifest = make_manifest()
    assert manifest.photo is not None
    photo = manifest.photo.model_copy(update={"key": f"intake/{manifest.job_id}-1.jpg"})
    manifest = manifest.model_copy(update={"photo": photo})
    text = manifest.model_dump_json().encode()
    blobs.put(manifest_key(manifest.job_id), text, "application/json")
    if whole:
        blobs.put(photo.key, b"x", "image/jpeg")
        records.create(manifest)
    return manifest


def lose(scripts: Scripts) -> None:
    """Total loss."""
    scripts.client.delete(*scripts.client.keys(f"{scripts.prefix}*"))


def rebuilt(blobs: MemoryStore, records: JobRecords, scripts: Scripts) -> Counter[Fate]:
    """Run it; every manifest is counted once."""
    rebuilder = Rebuilder(blobs, records, EndedJobs(scripts))
    steps: list[None] = []
    keys = rebuilder.manifests()
    fates = rebuilder.rebuild(keys, lambda: steps.append(None))
    assert len(steps) == len(keys) == fates.total()
    return fates


def test_unfinished_jobs_come_back_once(
    records: JobRecords, scripts: Scripts, blobs: MemoryStore
) -> None:
    """With their first stage hinted, their own time of creation, and no second time."""
    manifests = [submitted(records, blobs) for _ in range(3)]
    lose(scripts)
    assert rebuilt(blobs, records, scripts) == {Fate.RESTORED: 3}
    assert rebuilt(blobs, records, scripts) == {Fate.PRESENT: 3}
    assert scripts.client.llen(f"{scripts.prefix}q:caption") == 3
    for manifest in manifests:
        record = records.get(manifest.job_id)
        assert record is not None
        assert record.status is JobStatus.QUEUED
        assert record.at("created") == manifest.created_at.replace(
            microsecond=manifest.created_at.microsecond // 1000 * 1000
        )


def test_ended_jobs_are_listed_and_not_run_again(
    records: JobRecords, scripts: Scripts, blobs: MemoryStore
) -> None:
    """What the archive has is shown as it ended."""
    manifest = submitted(records, blobs)
    records.cancel(manifest.job_id)
    reading = Journal(scripts).read(manifest.job_id)
    assert reading is not None
    Archive(blobs).put(reading)
    lose(scripts)
    assert rebuilt(blobs, records, scripts) == {Fate.LISTED: 1}
    assert rebuilt(blobs, records, scripts) == {Fate.PRESENT: 1}
    page = JobList(scripts, records.get).page("local", JobFilter(), 10, None)
    assert [record.job_id for record in page.records] == [manifest.job_id]
    hint = Hint(job_id=manifest.job_id, stage=Stage.CAPTION, generation=1)
    assert records.claim(hint, "w") == "final"
    assert scripts.client.llen(f"{scripts.prefix}q:caption") == 0


def test_deleted_and_unanswered_submits_stay_away(
    records: JobRecords, scripts: Scripts, blobs: MemoryStore
) -> None:
    """A deleted job is not restored, nor one whose photo was never stored."""
    gone = submitted(records, blobs)
    submitted(records, blobs, whole=False)
    erase(blobs, gone.job_id, "local")
    lose(scripts)
    assert rebuilt(blobs, records, scripts) == {Fate.ERASED: 1, Fate.INCOMPLETE: 1}
    assert records.get(gone.job_id) is None


def test_a_rebuild_beside_a_working_line_changes_nothing(
    records: JobRecords, scripts: Scripts, blobs: MemoryStore
) -> None:
    """Jobs that are there are left as they are, claimed or not."""
    manifest = submitted(records, blobs)
    hint = Hint(job_id=manifest.job_id, stage=Stage.CAPTION, generation=1)
    held = records.claim(hint, "w")
    assert isinstance(held, Claim)
    assert rebuilt(blobs, records, scripts) == {Fate.PRESENT: 1}
    assert records.heartbeat(held) == "ok"
