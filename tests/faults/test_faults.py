"""What breaks, and what must still be true: every accepted job ends once."""

import signal
import threading
import time

import httpx
import pytest
from harness import LEASE_S, SERVICES, VISIBILITY_S, Line, until

from backlot.contracts.jobs import JobStatus
from backlot.line.table import stages_of

pytestmark = pytest.mark.line
DONE = JobStatus.SUCCEEDED


def wait_at(line: Line, job_ids: list[str], stage: str) -> None:
    """Wait until all these jobs have come to a stage."""
    until(lambda: all(line.record(j).fields["stage"] == stage for j in job_ids), 20, stage)


POP_GAP_TRIES = 5
"""A frozen worker takes a hint only while its last question to Redis is open, a second at most."""


def test_a_popped_hint_that_dies_with_its_worker_is_published_again(line: Line) -> None:
    """Pop gap: the worker is frozen while it waits for a hint, a hint is sent, the worker dies."""
    for _ in range(POP_GAP_TRIES):
        line.kill("lm_worker", signal.SIGSTOP)
        job_ids = [line.submit() for _ in range(3)]
        wait_at(line, job_ids, "refine")
        line.kill("lm_worker")
        line.start_worker("lm_worker")
        assert set(line.settle(job_ids, within_s=30).values()) == {DONE}
        if line.upkeep.totals().get("refine:rehinted", 0):
            return
    pytest.fail("no hint was lost, so this run proved nothing")


@pytest.mark.parametrize("service", SERVICES)
def test_a_worker_killed_in_the_middle_of_a_stage_loses_nothing(
    shared_line: Line, service: str
) -> None:
    """Killed with -9 during a stage: another worker does it again, and it counts once."""
    line = shared_line
    stage = stages_of(service)[0]
    job_ids = [line.submit(**{stage: "sleep:1.2"}) for _ in range(4)]
    for job_id in job_ids:
        line.wait_running(job_id, stage)
    line.kill(service)
    line.start_worker(service)
    assert set(line.settle(job_ids).values()) == {DONE}
    for job_id in job_ids:
        assert len(line.runs(job_id, stage)) >= 2


def test_redis_killed_and_restarted_in_the_middle_loses_nothing(line: Line) -> None:
    """Redis dies with jobs in every stage; with its file it comes back, and so does the line."""
    job_ids = [line.submit(caption="sleep:0.5", refine="sleep:0.5") for _ in range(12)]
    line.wait_running(job_ids[0], "refine")
    line.redis.kill()
    time.sleep(2)
    line.redis.start()
    assert set(line.settle(job_ids, within_s=90).values()) == {DONE}
    line.wait_ready(SERVICES)
    assert line.settle([line.submit()]) != {}


def test_a_flushed_broker_loses_nothing(shared_line: Line) -> None:
    """All of Celery's own keys are deleted under load: the conductor publishes what is pending."""
    line = shared_line
    job_ids = [line.submit(caption="sleep:0.3") for _ in range(20)]
    client = line.scripts.client
    keys = list(client.scan_iter(f"{line.settings.prefix}q:*"))
    assert keys
    client.delete(*keys)
    assert set(line.settle(job_ids).values()) == {DONE}


def test_a_stage_longer_than_the_visibility_timeout_counts_once(line: Line) -> None:
    """Three workers and a stage of three visibility timeouts: Celery redelivers, we refuse."""
    for name in ("second", "third"):
        line.start_worker("vision_worker", name)
    until(lambda: _workers(line, "caption") == 3, 30, "three workers")
    job_id = line.submit(caption=f"sleep:{VISIBILITY_S * 3}")
    assert line.settle([job_id]) == {job_id: DONE}
    assert len(line.runs(job_id, "caption")) == 1
    assert len(line.runs(job_id, "refine")) == 1


def test_a_photo_that_kills_its_process_is_poison_and_alone(line: Line) -> None:
    """Three claims, then quarantine; the jobs beside it come to their end."""
    line.start_worker("vision_worker", "second")
    poison = line.submit(caption="die")
    neighbours = [line.submit(caption="sleep:0.2") for _ in range(6)]
    stop = threading.Event()
    nurse = threading.Thread(target=_revive, args=(line, ("vision_worker", "second"), stop))
    nurse.start()
    try:
        ended = line.settle([poison, *neighbours], within_s=90)
    finally:
        stop.set()
        nurse.join()
    assert ended.pop(poison) is JobStatus.FAILED
    assert set(ended.values()) == {DONE}
    error = line.record(poison).error
    assert error is not None
    assert error.code == "poison"
    assert len(line.runs(poison, "caption")) == 3


def test_a_hundred_submits_with_one_key_are_one_job(shared_line: Line) -> None:
    """A hundred parallel requests with the same Idempotency-Key get the same job."""
    answers: list[str] = []
    threads = [
        threading.Thread(target=lambda: answers.append(shared_line.submit(key="order-7")))
        for _ in range(100)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 100
    assert len(set(answers)) == 1
    shared_line.settle(set(answers))
    assert len(shared_line.runs(answers[0], "caption")) == 1


def test_cancel_against_finish_has_exactly_one_outcome(shared_line: Line) -> None:
    """Sixty cancels racing the line: each job ends once, and events agree with the record."""
    line = shared_line
    job_ids = [line.submit() for _ in range(60)]
    with httpx.Client(base_url=line.address, timeout=30) as client:
        for at, job_id in enumerate(job_ids):
            time.sleep(0.002 * (at % 7))
            answer = client.post(f"/v1/jobs/{job_id}/cancel")
            assert answer.status_code in {200, 202, 409}, answer.text
    ended = line.settle(job_ids)
    assert set(ended.values()) <= {DONE, JobStatus.CANCELED}


def test_a_running_job_notices_its_cancel(shared_line: Line) -> None:
    """A cancel during a stage stops it within a few heartbeats, and no later stage runs."""
    line = shared_line
    job_id = line.submit(caption="sleep:60")
    line.wait_running(job_id, "caption")
    httpx.post(f"{line.address}/v1/jobs/{job_id}/cancel").raise_for_status()
    assert line.settle([job_id], within_s=LEASE_S * 6) == {job_id: JobStatus.CANCELED}
    assert line.runs(job_id, "refine") == []


def test_a_defect_in_a_stage_fails_the_job_after_some_tries(shared_line: Line) -> None:
    """An unexpected exception is tried again, not for ever, and ends as a typed failure."""
    job_id = shared_line.submit(refine="crash")
    shared_line.wait_running(job_id, "refine")
    until(lambda: len(shared_line.runs(job_id, "refine")) >= 2, 30, "a second try")
    httpx.post(f"{shared_line.address}/v1/jobs/{job_id}/cancel").raise_for_status()
    assert shared_line.settle([job_id]) == {job_id: JobStatus.CANCELED}


def test_two_conductors_do_not_double_anything(line: Line) -> None:
    """With two conductors and one of them frozen and resumed, every job still ends once."""
    line.start_conductor("conductor-2")
    job_ids = [line.submit(caption="sleep:0.4") for _ in range(8)]
    line.kill("conductor", signal.SIGSTOP)
    time.sleep(2.5)
    line.kill("conductor", signal.SIGCONT)
    assert set(line.settle(job_ids).values()) == {DONE}


def _workers(line: Line, stage: str) -> int:
    stages = httpx.get(f"{line.address}/v1/line", timeout=5).json()["stages"]
    return int(stages[stage]["workers"])


def _revive(line: Line, names: tuple[str, ...], stop: threading.Event) -> None:
    """Start killed workers again, as a supervisor would."""
    while not stop.wait(0.1):
        for name in names:
            if line.processes[name].poll() is not None:
                line.start_worker("vision_worker", name)
