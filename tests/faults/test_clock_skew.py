"""Row 28: programs whose clocks are ten minutes off, beside others that are right."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from harness import SERVICES, Line, tiny_png, until
from hook_receiver import Receiver

from backlot.contracts.jobs import JobBody, JobStatus
from backlot.contracts.uploads import Upload
from backlot.line.clock import LineClock
from backlot.line.scripting import Scripts
from backlot.webhooks.keyring import Keyring
from backlot.webhooks.verifying import Verifier, WebhookRefusedError

pytestmark = pytest.mark.line
SKEW_S = 600
DONE = JobStatus.SUCCEEDED


@pytest.fixture(params=[SKEW_S, -SKEW_S], ids=["ahead", "behind"])
def skewed_line(request: pytest.FixtureRequest, line: Line) -> Line:
    """A line whose API, conductor and one of two vision workers have a wrong clock."""
    wrong = line.skew(request.param)
    for name in ("api", "conductor", "vision_worker"):
        line.kill(name)
    line.start_worker("vision_worker", "vision_worker", **wrong)
    line.start_worker("vision_worker", "second")
    line.start_conductor(**wrong)
    line.start_api(**wrong)
    line.wait_ready(SERVICES)
    return line


def test_wrong_clocks_do_no_harm(skewed_line: Line, receiver: Receiver) -> None:
    """Nothing is taken away early, nothing expires wrongly, and signatures are of now."""
    line = skewed_line
    jobs = [line.submit(caption="sleep:3", hook=receiver.url) for _ in range(4)]
    assert set(line.settle(jobs).values()) == {DONE}
    for job_id in jobs:
        assert len(line.runs(job_id, "caption")) == 1
        body = JobBody.model_validate_json(
            httpx.get(f"{line.address}/v1/jobs/{job_id}", timeout=10).content
        )
        assert body.finished_at is not None
        assert 0 < (body.finished_at - body.created_at).total_seconds() < 60
        assert abs(datetime.now(UTC) - body.created_at) < timedelta(seconds=120)
    until(lambda: len(receiver.got) == len(jobs), 20, "the webhooks")
    verifier = Verifier([Keyring(b"s" * 32).tenant_secret("local")], tolerance_s=120)
    for headers, body_text in receiver.got:
        verifier.verify(body_text, headers)
        assert abs(int(headers["webhook-timestamp"]) - time.time()) < 120


def test_a_retry_after_and_a_form_mean_the_right_time(
    skewed_line: Line, receiver: Receiver
) -> None:
    """A date in Retry-After is compared with the right time, and an upload lives its hour."""
    line = skewed_line
    receiver.failures = 1
    receiver.retry_after = lambda: format_datetime(
        datetime.now(UTC) + timedelta(seconds=40), usegmt=True
    )
    job_id = line.submit(hook=receiver.url)
    assert line.settle([job_id]) == {job_id: DONE}
    until(lambda: line.delivery(job_id).get("last_status") == "500", 20, "the first attempt")
    wait_s = int(line.delivery(job_id)["next"]) / 1000 - time.time()
    assert 20 < wait_s < 60
    wish = {"media_type": "image/png", "size": len(tiny_png())}
    made = httpx.post(f"{line.address}/v1/uploads", json=wish, timeout=10)
    upload = Upload.model_validate_json(made.content)
    assert abs((upload.expires_at - datetime.now(UTC)).total_seconds() - 3600) < 120
    sent = httpx.post(upload.url, data=upload.fields, files={"file": tiny_png()}, timeout=10)
    assert sent.status_code == 204
    job = httpx.post(f"{line.address}/v1/jobs", json={"upload_id": upload.upload_id}, timeout=10)
    assert line.settle([job.json()["job_id"]]) == {job.json()["job_id"]: DONE}


def test_a_clock_this_wrong_would_have_been_refused(line: Line, receiver: Receiver) -> None:
    """The eyes of this file: a receiver with a clock like that refuses what is right."""
    job_id = line.submit(hook=receiver.url)
    line.settle([job_id])
    until(lambda: bool(receiver.got), 15, "the webhook")
    [(headers, body)] = receiver.got
    secret = Keyring(b"s" * 32).tenant_secret("local")
    with pytest.raises(WebhookRefusedError):
        Verifier([secret], clock=lambda: time.time() + SKEW_S).verify(body, headers)


def test_the_lines_clock_is_redis_own(scripts: Scripts) -> None:
    """However wrong this machine's time is, and without asking each time."""
    ticks = [1000.0]
    clock = LineClock(scripts, monotonic=lambda: ticks[0], own=lambda: 5.0)
    assert clock() == 5.0
    clock.refresh()
    assert abs(clock() - time.time()) < 5
    ticks[0] += 100
    assert abs(clock() - time.time() - 100) < 5
