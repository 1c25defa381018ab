"""Promises of the job record, on a real Redis."""

import threading
import time

import pytest
from record_fixtures import make_manifest

from backlot.contracts.events import EventType
from backlot.contracts.hints import Hint
from backlot.contracts.jobs import JobStatus
from backlot.contracts.problems import problem
from backlot.contracts.stages import Stage
from backlot.line.record import Claim, JobRecords
from backlot.line.scripting import Scripts
from backlot.line.upkeep import Upkeep
from backlot.webhooks.outbox import Outbox

LINE = (Stage.CAPTION, Stage.REFINE, Stage.MATCH)


def start(records: JobRecords, **request: object) -> str:
    """Create a job and return its id."""
    manifest = make_manifest(**request)
    assert records.create(manifest).fresh
    return manifest.job_id


def claim(records: JobRecords, job_id: str, stage: Stage = Stage.CAPTION) -> Claim:
    """Claim a stage that must be free."""
    taken = records.claim(Hint(job_id=job_id, stage=stage, generation=1), "w1")
    assert isinstance(taken, Claim), taken
    return taken


def walk(records: JobRecords, job_id: str) -> None:
    """Take a job through all of its stages."""
    for stage, after in zip(LINE, (*LINE[1:], None), strict=True):
        records.commit(claim(records, job_id, stage), "{}", "{}", LINE, after)


def final_events(records: JobRecords, job_id: str) -> list[str]:
    """Ids of the job's final events."""
    return [e.event_id for e in records.events(job_id) if e.status.is_final]


def test_creating_twice_gives_one_job(records: JobRecords) -> None:
    """The second creation of the same id changes nothing and says so."""
    manifest = make_manifest(title="first")
    assert records.create(manifest).fresh
    assert not records.create(manifest).fresh
    assert [e.type for e in records.events(manifest.job_id)] == [EventType.CREATED]


def test_a_job_walks_the_line_to_one_final_event(records: JobRecords) -> None:
    """Three commits end a job as succeeded, with exactly one final event."""
    job_id = start(records)
    walk(records, job_id)
    record = records.get(job_id)
    assert record is not None
    assert record.status is JobStatus.SUCCEEDED
    assert len(final_events(records, job_id)) == 1


def test_only_one_of_many_claims_wins(records: JobRecords) -> None:
    """Sixteen workers with the same hint: one gets the stage."""
    job_id = start(records)
    hint = Hint(job_id=job_id, stage=Stage.CAPTION, generation=1)
    answers: list[Claim | str] = []
    threads = [
        threading.Thread(target=lambda n=n: answers.append(records.claim(hint, f"w{n}")))
        for n in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(a, Claim) for a in answers) == 1
    assert [a for a in answers if isinstance(a, str)] == ["held"] * 15


def test_a_late_worker_cannot_commit_over_the_new_one(records: JobRecords) -> None:
    """After the lease is lost and taken anew, the first worker's commit is refused."""
    job_id = start(records)
    first = claim(records, job_id)
    time.sleep(0.35)
    second = claim(records, job_id)
    assert second.fence > first.fence
    assert records.commit(first, '{"by": 1}', "{}", LINE, Stage.REFINE) == "lost"
    assert records.commit(second, '{"by": 2}', "{}", LINE, Stage.REFINE) == "next"
    record = records.get(job_id)
    assert record is not None
    assert record.outputs[Stage.CAPTION] == '{"by": 2}'


def test_a_reclaimed_stage_runs_alone(records: JobRecords) -> None:
    """A claim after a lost lease says so, that the job may not share a batch."""
    job_id = start(records)
    assert claim(records, job_id).record.stage_fact(Stage.CAPTION, "alone") == "0"
    time.sleep(0.35)
    assert claim(records, job_id).record.stage_fact(Stage.CAPTION, "alone") == "1"


def test_heartbeats_keep_a_lease(records: JobRecords) -> None:
    """A stage that beats is not taken away, however long it runs."""
    job_id = start(records)
    held = claim(records, job_id)
    for _ in range(5):
        time.sleep(0.15)
        assert records.heartbeat(held) == "ok"
    hint = Hint(job_id=job_id, stage=Stage.CAPTION, generation=1)
    assert records.claim(hint, "w2") == "held"


def test_three_lost_claims_are_poison(records: JobRecords, upkeep: Upkeep) -> None:
    """A stage claimed three times without an outcome fails its job as poison."""
    job_id = start(records)
    for _ in range(3):
        claim(records, job_id)
        time.sleep(0.35)
    assert records.claim(Hint(job_id=job_id, stage=Stage.CAPTION, generation=1), "w") == "poison"
    assert upkeep.reap(job_id, may_hint=True)[0] == "poison"
    record = records.get(job_id)
    assert record is not None
    assert record.error is not None
    assert (record.status, record.error.code) == (JobStatus.FAILED, "poison")
    assert len(final_events(records, job_id)) == 1


def test_a_deferred_stage_waits_and_forgets_its_claims(records: JobRecords) -> None:
    """Putting a stage back is an outcome: it waits its time, and poison starts anew."""
    job_id = start(records)
    for _ in range(4):
        assert records.defer(claim(records, job_id), 0.05, "llm-busy") == "deferred"
        hint = Hint(job_id=job_id, stage=Stage.CAPTION, generation=1)
        assert records.claim(hint, "w") == "early"
        time.sleep(0.06)
    claim(records, job_id)


@pytest.mark.parametrize("running", [False, True])
def test_cancel_ends_a_job_once(records: JobRecords, running: bool) -> None:
    """A waiting job is canceled at once, a running one when its worker notices."""
    job_id = start(records)
    held = claim(records, job_id) if running else None
    answer = records.cancel(job_id)
    if held is None:
        assert answer is JobStatus.CANCELED
    else:
        assert answer is JobStatus.CANCELING
        assert records.heartbeat(held) == "canceling"
        assert records.leave(held) == "canceled"
    assert records.cancel(job_id) is JobStatus.CANCELED
    assert len(final_events(records, job_id)) == 1
    assert records.claim(Hint(job_id=job_id, stage=Stage.CAPTION, generation=1), "w") == "final"


def test_cancel_against_finish_has_one_outcome(records: JobRecords) -> None:
    """Two hundred races of cancel and the last commit: one final state, one event, in agreement."""
    for _ in range(200):
        job_id = start(records)
        for stage, after in ((Stage.CAPTION, Stage.REFINE), (Stage.REFINE, Stage.MATCH)):
            records.commit(claim(records, job_id, stage), "{}", "{}", LINE, after)
        held = claim(records, job_id, Stage.MATCH)
        racer = threading.Thread(target=records.cancel, args=(job_id,))
        racer.start()
        word = records.commit(held, "{}", "{}", LINE, None)
        racer.join()
        record = records.get(job_id)
        assert record is not None
        finals = [e for e in records.events(job_id) if e.status.is_final]
        assert len(finals) == 1
        assert finals[0].status is record.status
        assert (word, record.status) == ("final", JobStatus.SUCCEEDED)


def test_the_deadline_ends_jobs(records: JobRecords, upkeep: Upkeep) -> None:
    """A job past its deadline expires if it never started and fails if it did."""
    waiting, running = start(records), start(records)
    claim(records, running)
    client, prefix = upkeep._scripts.client, upkeep._scripts.prefix
    for job_id in (waiting, running):
        client.zadd(f"{prefix}:deadlines", {job_id: 1})
    assert set(upkeep.overdue()) == {waiting, running}
    states = [records.get(j).status for j in (waiting, running)]  # type: ignore[union-attr]
    assert states == [JobStatus.EXPIRED, JobStatus.FAILED]


def test_a_webhook_is_put_into_the_outbox_with_the_final_event(
    records: JobRecords, scripts: Scripts
) -> None:
    """The delivery names the final event, and while it is out it does not come again."""
    outbox = Outbox(scripts)
    job_id = start(records, webhook_url="https://example.com/hook")
    assert outbox.take(10, failing=True) is None
    walk(records, job_id)
    delivery = outbox.take(10, failing=True)
    assert delivery is not None
    assert [delivery.event_id] == final_events(records, job_id)
    assert outbox.take(10, failing=True) is None


def test_due_jobs_are_hinted_with_growing_patience(records: JobRecords, upkeep: Upkeep) -> None:
    """A pending job comes due, is hinted, and then waits longer before the next hint."""
    job_id = start(records)
    time.sleep(0.25)
    assert upkeep.due() == [job_id]
    action, hint = upkeep.reap(job_id, may_hint=True)
    assert (action, hint) == ("hint", Hint(job_id=job_id, stage=Stage.CAPTION, generation=1))
    assert upkeep.due() == []
    time.sleep(0.25)
    assert upkeep.due() == []


def test_the_line_counts_waiting_running_and_workers(records: JobRecords, upkeep: Upkeep) -> None:
    """The load of a stage is what waits and runs over the slots that consume it."""
    start(records)
    claim(records, start(records))
    records.beat("w1", 4, (Stage.CAPTION,))
    row = upkeep.line()[Stage.CAPTION]
    assert (row.workers, row.slots, row.waiting, row.running, row.load) == (1, 4, 1, 1, 0.5)


def test_one_conductor_leads(upkeep: Upkeep) -> None:
    """A second candidate leads only after the first one's term."""
    assert upkeep.elect("a", 0.2)
    assert not upkeep.elect("b", 0.2)
    assert upkeep.elect("a", 0.2)
    time.sleep(0.25)
    assert upkeep.elect("b", 0.2)


def test_failing_names_the_reason(records: JobRecords) -> None:
    """A failed stage ends the job with its problem."""
    job_id = start(records)
    why = problem("stage-failed", "No luck.", reason="llm-refused")
    assert records.fail(claim(records, job_id), why) == "failed"
    record = records.get(job_id)
    assert record is not None
    assert record.error == why
