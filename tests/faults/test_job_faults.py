"""What clients and operators do to jobs while things break, and what must still be true."""

import json
import shutil
import socket
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from harness import SERVICES, Line, tiny_png, until

from backlot.contracts.jobs import JobPage, JobStatus
from backlot.contracts.stages import Stage

pytestmark = pytest.mark.line
DONE = JobStatus.SUCCEEDED
COMMAND = "from backlot.cli.main import main; main()"


def listed(line: Line, metadata: str) -> list[str]:
    """Ids of the jobs with a metadata entry."""
    answer = httpx.get(f"{line.address}/v1/jobs", params={"metadata": metadata}, timeout=30)
    return [job.job_id for job in JobPage.model_validate_json(answer.content).jobs]


def raw_submit(line: Line, key: str, **metadata: str) -> bytes:
    """A whole submit as it goes over the wire."""
    request = httpx.Request(
        "POST",
        f"{line.address}/v1/jobs",
        headers={"Idempotency-Key": key, "Connection": "close"},
        files={"photo": ("p.png", tiny_png())},
        data={"request": json.dumps({"metadata": metadata})},
    )
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    return f"POST /v1/jobs HTTP/1.1\r\n{head}\r\n".encode() + request.read()


def send_and_hang_up(line: Line, body: bytes) -> None:
    """Send, and close without waiting for the answer."""
    address = urlsplit(line.address)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), 10) as client:
        client.sendall(body)


def test_after_a_total_loss_of_redis_every_unfinished_job_comes_back(line: Line) -> None:
    """Row 13: the rebuild restores what was unfinished; what had ended is read as it was."""
    ended = [line.submit() for _ in range(3)]
    assert set(line.settle(ended).values()) == {DONE}
    archive = line.folder / "blobs" / "archive"
    until(lambda: len(list(archive.glob("*.json"))) == 3, 30, "ended jobs to be put away")
    bodies = [httpx.get(f"{line.address}/v1/jobs/{one}", timeout=30).json() for one in ended]
    waiting = [line.submit(caption="sleep:2") for _ in range(6)]
    line.wait_running(waiting[0], "caption")
    line.redis.kill()
    shutil.rmtree(line.redis.folder)
    line.redis.start()
    for round_ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, "line", "rebuild"],
            env=line.environment, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        words = "3 listed, 6 restored" if round_ == 0 else "9 present"
        assert done.stdout.strip() == words, done.stderr
    assert set(line.settle(waiting, within_s=60).values()) == {DONE}
    for job_id, before in zip(ended, bodies, strict=True):
        assert httpx.get(f"{line.address}/v1/jobs/{job_id}", timeout=30).json() == before
        assert len(line.runs(job_id, "caption")) == 1


def test_a_submit_whose_answer_was_lost_is_found_again(shared_line: Line) -> None:
    """Row 26: the client hangs up before the answer, tries again, and there is one job."""
    line = shared_line
    for at in range(5):
        send_and_hang_up(line, raw_submit(line, f"cut-{at}", cut=str(at)))
    ids = [line.submit(key=f"cut-{at}", cut=str(at)) for at in range(5)]
    assert [listed(line, f"cut:{at}") for at in range(5)] == [[job_id] for job_id in ids]
    assert set(line.settle(ids).values()) == {DONE}


def test_half_a_submit_is_none(shared_line: Line) -> None:
    """Row 26: a connection that breaks in the middle of the photo leaves no job behind."""
    line = shared_line
    body = raw_submit(line, "half", half="yes")
    send_and_hang_up(line, body[:-20])
    job_id = line.submit(key="half", half="yes")
    assert listed(line, "half:yes") == [job_id]


def test_identical_submits_are_one_job_and_others_are_refused(shared_line: Line) -> None:
    """Row 25: a hundred at once with one key, half of them with another body."""
    line = shared_line
    answers: Counter[tuple[int, str]] = Counter()

    def submit(at: int) -> None:
        answer = httpx.post(
            f"{line.address}/v1/jobs",
            files={"photo": ("p.png", tiny_png())},
            data={"request": json.dumps({"metadata": {"twin": str(at % 2)}})},
            headers={"Idempotency-Key": "twins"},
            timeout=60,
        )
        body = answer.json()
        answers[answer.status_code, body.get("job_id") or body["code"]] += 1

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(submit, range(100)))
    [(status, job_id)] = [answer for answer in answers if answer[0] == 202]
    assert answers == {(status, job_id): 50, (422, "idempotency-mismatch"): 50}
    assert line.settle([job_id]) == {job_id: DONE}


def test_a_burst_is_taken_or_refused_and_what_is_taken_ends(shared_line: Line) -> None:
    """Row 27: three hundred submits from thirty clients; no answer but 202, 429 and 503."""
    line = shared_line
    answers: list[tuple[int, str]] = []

    def client(_: int) -> None:
        with httpx.Client(base_url=line.address, timeout=60) as http:
            for _ in range(10):
                answer = http.post("/v1/jobs", files={"photo": ("p.png", tiny_png())})
                answers.append((answer.status_code, answer.json().get("job_id", "")))

    before = rss_mb(line.processes["api"].pid)
    with ThreadPoolExecutor(30) as pool:
        list(pool.map(client, range(30)))
    assert len(answers) == 300
    assert {status for status, _ in answers} <= {202, 429, 503}
    taken = [job_id for status, job_id in answers if status == 202]
    assert taken, "nothing was taken, so this run proved nothing"
    assert set(line.settle(taken, within_s=120).values()) == {DONE}
    assert rss_mb(line.processes["api"].pid) - before < 100


def test_a_cancel_without_any_worker_is_final(line: Line) -> None:
    """Row 33: canceled at once, and nothing runs when the workers are back."""
    for service in SERVICES:
        line.kill(service)
    job_ids = [line.submit() for _ in range(5)]
    for job_id in job_ids:
        answer = httpx.post(f"{line.address}/v1/jobs/{job_id}/cancel", timeout=10)
        assert answer.json()["status"] == "canceled"
    for service in SERVICES:
        line.start_worker(service)
    last = line.submit()
    assert line.settle([last]) == {last: DONE}
    assert set(line.settle(job_ids).values()) == {JobStatus.CANCELED}
    assert [line.runs(job_id, "caption") for job_id in job_ids] == [[]] * 5


def test_an_api_killed_at_any_step_of_a_submit_leaves_a_job_or_none(line: Line) -> None:
    """Row 34: whatever was stored by then, the same key makes one job, and it comes to its end."""
    steps = ("photo", "manifest", "create", "answer")
    for step in steps:
        line.kill("api")
        line.spawn("api", ["stub_api"], STUB_DIE_AT=step)
        until(lambda: answers(line), 60, "the API to answer")
        with pytest.raises(httpx.TransportError):
            line.submit(key=step, step=step)
    line.kill("api")
    line.start_api()
    line.wait_ready(SERVICES)
    [told] = listed(line, "step:answer")
    assert line.settle([told]) == {told: DONE}  # nobody asked again
    assert [listed(line, f"step:{step}") for step in steps[:3]] == [[], [], []]
    ids = {step: line.submit(key=step, step=step) for step in steps}
    assert ids["answer"] == told
    assert set(line.settle(ids.values()).values()) == {DONE}
    assert [listed(line, f"step:{step}") for step in steps] == [[ids[step]] for step in steps]
    for job_id in ids.values():
        assert len(line.runs(job_id, "caption")) == 1


def test_a_job_deleted_while_it_runs_stays_away(shared_line: Line) -> None:
    """Its worker stops, its commit does not count, and no later stage begins."""
    line = shared_line
    job_id = line.submit(caption="sleep:60")
    line.wait_running(job_id, "caption")
    assert httpx.delete(f"{line.address}/v1/jobs/{job_id}", timeout=10).status_code == 204
    other = line.submit()
    assert line.settle([other]) == {other: DONE}
    until(lambda: line.upkeep.line()[Stage.CAPTION].running == 0, 20, "a free worker")
    assert httpx.get(f"{line.address}/v1/jobs/{job_id}", timeout=10).status_code == 404
    assert line.runs(job_id, "refine") == []


def test_a_failed_job_succeeds_when_it_is_retried(shared_line: Line) -> None:
    """The next generation begins with the stage that was to blame; others do not run again."""
    line = shared_line
    job_id = line.submit(refine="sleep:30")
    line.wait_running(job_id, "refine")
    httpx.post(f"{line.address}/v1/jobs/{job_id}/cancel", timeout=10).raise_for_status()
    until(lambda: line.record(job_id).status is JobStatus.CANCELED, 20, "the cancel")
    answer = httpx.post(f"{line.address}/v1/jobs/{job_id}/retry", timeout=10)
    assert answer.status_code == 202
    until(lambda: len(line.runs(job_id, "refine")) == 2, 30, "the second run of refine")
    assert len(line.runs(job_id, "caption")) == 1
    httpx.post(f"{line.address}/v1/jobs/{job_id}/cancel", timeout=10).raise_for_status()
    until(lambda: line.record(job_id).status is JobStatus.CANCELED, 20, "the second cancel")


def answers(line: Line) -> bool:
    """Whether the API is there."""
    try:
        return httpx.get(f"{line.address}/livez", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def rss_mb(pid: int) -> float:
    """Memory of a process, megabytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6
