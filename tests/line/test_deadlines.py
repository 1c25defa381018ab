"""Promises of the two deadlines."""

from record_fixtures import make_manifest

from backlot.contracts.hints import Hint
from backlot.contracts.jobs import JobStatus
from backlot.contracts.stages import Stage
from backlot.line.control import JobControl
from backlot.line.record import Claim, JobRecords
from backlot.line.scripting import Scripts
from backlot.line.settings import LineSettings
from backlot.line.upkeep import Upkeep


def start(records: JobRecords, **request: object) -> str:
    """A new job."""
    manifest = make_manifest(**request)
    records.create(manifest)
    return manifest.job_id


def begin(records: JobRecords, job_id: str) -> Claim:
    """Take its first stage."""
    claim = records.claim(Hint(job_id=job_id, stage=Stage.CAPTION, generation=1), "w")
    assert isinstance(claim, Claim)
    return claim


def pass_time(scripts: Scripts, job_id: str) -> None:
    """Make the watched deadline of a job one of the past."""
    scripts.client.zadd(scripts.key("deadlines"), {job_id: 1})


def status(records: JobRecords, job_id: str) -> JobStatus:
    """How it stands."""
    record = records.get(job_id)
    assert record is not None
    return record.status


def test_what_has_not_begun_by_its_start_deadline_expires(
    records: JobRecords, scripts: Scripts, upkeep: Upkeep
) -> None:
    """The start deadline is watched first, well before the total one."""
    job_id = start(records, start_deadline_s=5, deadline_s=3600)
    score = scripts.client.zscore(scripts.key("deadlines"), job_id)
    record = records.get(job_id)
    assert record is not None
    assert score == int(record.fields["created"]) + 5000
    pass_time(scripts, job_id)
    upkeep.overdue()
    assert status(records, job_id) is JobStatus.EXPIRED


def test_what_began_in_time_is_watched_for_its_end(
    records: JobRecords, scripts: Scripts, upkeep: Upkeep
) -> None:
    """A job that runs is past its start deadline for good; the total one still ends it."""
    job_id = start(records, start_deadline_s=5, deadline_s=3600)
    begin(records, job_id)
    pass_time(scripts, job_id)
    upkeep.overdue()
    assert status(records, job_id) is JobStatus.PROCESSING
    pass_time(scripts, job_id)
    upkeep.overdue()
    assert status(records, job_id) is JobStatus.FAILED


def test_a_retry_has_its_deadlines_anew(
    records: JobRecords, scripts: Scripts, upkeep: Upkeep, line_settings: LineSettings
) -> None:
    """An expired job that is retried has the same patience again."""
    job_id = start(records, start_deadline_s=5)
    pass_time(scripts, job_id)
    upkeep.overdue()
    record = records.get(job_id)
    assert record is not None
    assert JobControl(scripts, records, line_settings).retry(record) == "retried"
    upkeep.overdue()
    assert status(records, job_id) is JobStatus.QUEUED
    assert scripts.client.zscore(scripts.key("deadlines"), job_id) is not None
