"""Promises of the runner: every way a stage can end has its outcome in the record."""

from collections.abc import Iterator

import pytest
from record_fixtures import make_manifest

from backlot.contracts.errors import (
    CanceledError,
    PermanentStageError,
    TransientStageError,
)
from backlot.contracts.frozen import Localized
from backlot.contracts.hints import Hint
from backlot.contracts.jobs import JobStatus, JobWarning
from backlot.contracts.stages import Stage, StageState
from backlot.line.heart import Heart
from backlot.line.record import JobRecord, JobRecords
from backlot.line.runner import Runner, report_of
from backlot.line.wire import queue_key
from backlot.line.work import Handler, Outcome, Work

OUTPUT = Localized(en="said", ko="말")


class Bench:
    """A runner with one job to run."""

    def __init__(self, records: JobRecords, heart: Heart) -> None:
        self.records = records
        self.runner = Runner(records, heart, "w1", max_tries=2)
        manifest = make_manifest(title="mug")
        records.create(manifest)
        self.job_id = manifest.job_id

    def run(self, handler: Handler, stage: Stage = Stage.CAPTION) -> str:
        """Run one stage of the job."""
        return self.runner.run(Hint(job_id=self.job_id, stage=stage, generation=1), handler)

    def hints(self, stage: Stage) -> int:
        """How many hints wait in a stage's queue."""
        scripts = self.records._scripts
        return int(scripts.client.llen(queue_key(scripts.prefix, stage)))

    @property
    def record(self) -> JobRecord:
        """The job now."""
        record = self.records.get(self.job_id)
        assert record is not None
        return record


@pytest.fixture
def bench(records: JobRecords) -> Iterator[Bench]:
    """A bench with a heart that stops afterwards."""
    heart = Heart(records, 60)
    yield Bench(records, heart)
    heart.stop()


def good(_: Work) -> Outcome:
    """Succeed."""
    warning = JobWarning(code="note", text=OUTPUT)
    return Outcome(OUTPUT, (warning,), {"model": "m1"}, {"usd": 0.5})


def test_a_stage_commits_its_output_and_hints_the_next(bench: Bench) -> None:
    """Output and report are stored, and the next stage's hint is in its queue."""
    assert bench.run(good) == "next"
    assert bench.record.outputs == {Stage.CAPTION: OUTPUT.model_dump_json()}
    report = report_of(bench.record.stage_fact(Stage.CAPTION, "report"))
    assert (report.versions, report.cost) == ({"model": "m1"}, {"usd": 0.5})
    assert bench.hints(Stage.REFINE) == 1


def test_the_same_hint_again_does_nothing(bench: Bench) -> None:
    """A redelivered hint finds nothing to claim and runs no handler."""
    bench.run(good)
    assert bench.run(good) == "stale"
    assert bench.hints(Stage.REFINE) == 1


def test_a_handler_sees_the_request_and_earlier_outputs(bench: Bench) -> None:
    """The second stage reads the first one's output."""
    bench.run(good)
    seen: list[Work] = []

    def look(work: Work) -> Outcome:
        seen.append(work)
        return Outcome(OUTPUT)

    bench.run(look, Stage.REFINE)
    assert seen[0].output(Stage.CAPTION, Localized) == OUTPUT
    assert seen[0].request.title == "mug"
    assert seen[0].blob_key("a.png").startswith(f"jobs/{bench.job_id}/refine/1-")


def test_a_missing_input_is_a_typed_error(bench: Bench) -> None:
    """Asking for an output that is not there fails the job, it is not retried."""
    assert bench.run(lambda work: Outcome(work.output(Stage.MATCH, Localized))) == "failed"


def test_inserted_stages_come_next(bench: Bench) -> None:
    """A handler may lengthen the line."""
    bench.run(lambda _: Outcome(OUTPUT, insert=(Stage.BUILD, Stage.DESCRIBE)))
    assert bench.record.line == (
        Stage.CAPTION, Stage.BUILD, Stage.DESCRIBE, Stage.REFINE, Stage.MATCH,
    )  # fmt: skip
    assert bench.record.stage is Stage.BUILD


def test_a_permanent_failure_ends_the_job_with_its_reason(bench: Bench) -> None:
    """The problem in the job names the stage's reason."""

    def refuse(_: Work) -> Outcome:
        raise PermanentStageError("llm-refused", "It would not.")

    assert bench.run(refuse) == "failed"
    assert bench.record.status is JobStatus.FAILED
    assert bench.record.error is not None
    assert bench.record.error.reason == "llm-refused"
    assert bench.record.stage_fact(Stage.CAPTION, "state") == StageState.ERROR


@pytest.mark.parametrize("error", [TransientStageError("busy", "Later.", 0.0), ValueError("bug")])
def test_transient_failures_and_defects_are_tried_again_but_not_for_ever(
    bench: Bench, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first try puts the stage back, the second (the last allowed here) fails the job."""
    monkeypatch.setattr("backlot.line.runner.FIRST_BACKOFF_S", 0.0)

    def stumble(_: Work) -> Outcome:
        raise error

    assert bench.run(stumble) == "deferred"
    assert bench.run(stumble) == "failed"


def test_a_canceled_stage_leaves_the_job_canceled(bench: Bench) -> None:
    """A handler that notices the cancel ends the job."""

    def notice(_: Work) -> Outcome:
        bench.records.cancel(bench.job_id)
        raise CanceledError(bench.job_id)

    assert bench.run(notice) == "canceled"
    assert bench.record.status is JobStatus.CANCELED
