import threading
import time

import httpx
import pytest
from api_door import KEYS, Door, body_of, problem_of
from api_photos import small_png

from backlot.contracts.jobs import JobBody, JobStatus


def test_there_is_no_job_nobody_submitted(door: Door) -> None:
    """Unknown ids, and what cannot be one, are not found."""
    for job_id in ("job_" + "0" * 32, "x", "%2e%2e", "job_*"):
        found = problem_of(door.client.get(f"/v1/jobs/{job_id}"))
        assert (found.status, found.code) == (404, "not-found")
        assert problem_of(door.client.post(f"/v1/jobs/{job_id}/cancel")).code == "not-found"


def test_a_long_poll_comes_back_when_the_job_ends(door: Door) -> None:
    """The waiting request sees the end although nobody asks again."""
    job_id = body_of(door.submit(small_png())).job_id
    answers: list[JobBody] = []

    def wait() -> None:
        with httpx.Client(base_url=door.url, timeout=70, trust_env=False) as client:
            answers.append(body_of(client.get(f"/v1/jobs/{job_id}", params={"wait": 60})))

    waiting = threading.Thread(target=wait)
    waiting.start()
    while job_id not in door.parts.changes._followers:
        time.sleep(0.01)
    door.fail(job_id)
    waiting.join(30)
    assert [answer.status for answer in answers] == [JobStatus.FAILED]
    assert answers[0].error is not None
    assert answers[0].error.reason == "for-a-test"


def test_a_long_poll_gives_up_after_its_time(door: Door) -> None:
    """The answer then is the job as it stands."""
    job_id = body_of(door.submit(small_png())).job_id
    answer = door.client.get(f"/v1/jobs/{job_id}", params={"wait": 0.2})
    assert body_of(answer).status is JobStatus.QUEUED


@pytest.mark.parametrize("wait", ["61", "-1", "soon"])
def test_nobody_waits_for_ever(wait: str, door: Door) -> None:
    """60 seconds are the most; the parameter is named."""
    found = problem_of(door.client.get("/v1/jobs/job_x", params={"wait": wait}))
    assert (found.code, found.errors[0].field) == ("invalid-request", "wait")


def test_a_waiting_job_is_canceled_at_once(door: Door) -> None:
    """Canceling is final and may be repeated."""
    job_id = body_of(door.submit(small_png())).job_id
    for _ in range(2):
        answer = door.client.post(f"/v1/jobs/{job_id}/cancel")
        assert body_of(answer).status is JobStatus.CANCELED


def test_an_ended_job_cannot_be_canceled(door: Door) -> None:
    """What has ended stays as it ended."""
    job_id = body_of(door.submit(small_png())).job_id
    door.fail(job_id)
    found = problem_of(door.client.post(f"/v1/jobs/{job_id}/cancel"))
    assert (found.status, found.code) == (409, "job-final")


def test_tenants_do_not_see_each_other(keyed_door: Door) -> None:
    """Another tenant's job is not found, neither to look at nor to cancel."""
    mine = {"Authorization": f"Bearer {KEYS['vrin']}"}
    other = {"Authorization": f"Bearer {KEYS['studio']}"}
    job = body_of(keyed_door.submit(small_png(), key="same", **mine))
    url = f"/v1/jobs/{job.job_id}"
    assert body_of(keyed_door.client.get(url, headers=mine)).job_id == job.job_id
    assert problem_of(keyed_door.client.get(url, headers=other)).status == 404
    assert problem_of(keyed_door.client.post(f"{url}/cancel", headers=other)).status == 404
    # The same key of another tenant is another job.
    assert body_of(keyed_door.submit(small_png(), key="same", **other)).job_id != job.job_id


def test_without_a_key_nothing_is_taken(keyed_door: Door) -> None:
    """401 with how to authenticate, before the upload is looked at."""
    before = keyed_door.everything()
    answer = keyed_door.submit(small_png())
    assert (problem_of(answer).code, answer.headers["www-authenticate"]) == (
        "unauthorized",
        "Bearer",
    )
    # Keys of earlier tests may run out in between: what counts is that nothing is new.
    for now, then in zip(keyed_door.everything(), before, strict=True):
        assert set(now) <= set(then)
