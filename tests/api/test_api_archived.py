"""Promises about jobs that Redis has let go of, or lost, at the API's door."""

import json

import pytest
from api_door import Door, body_of, problem_of
from api_photos import small_png

from backlot.contracts.jobs import JobPage
from backlot.line.archive import Archive
from backlot.line.journal import Journal
from backlot.line.retained import EndedJobs


@pytest.fixture(params=["let-go", "lost"])
def archived(request: pytest.FixtureRequest, door: Door) -> tuple[str, str]:
    """A job that ended, with its body from before; put away, and gone from Redis in two ways."""
    job_id = body_of(door.submit(small_png(), {"metadata": {"shelf": "old"}})).job_id
    door.fail(job_id)
    before = door.client.get(f"/v1/jobs/{job_id}").text
    scripts = door.parts.records._scripts
    reading = Journal(scripts).read(job_id)
    assert reading is not None
    Archive(door.parts.blobs).put(reading)
    if request.param == "let-go":
        assert EndedJobs(scripts).trim(job_id, reading.record.fields["final_event"])
    else:
        keys = [scripts.key("job", job_id), scripts.key("events", job_id)]
        scripts.client.delete(*keys)
        scripts.client.zrem(scripts.key("jobs", "local"), job_id)
    return job_id, before


def test_the_body_is_what_it_was(archived: tuple[str, str], door: Door) -> None:
    """GET falls through to the archive."""
    job_id, before = archived
    answer = door.client.get(f"/v1/jobs/{job_id}")
    assert answer.text == before
    known = {"If-None-Match": answer.headers["etag"]}
    assert door.client.get(f"/v1/jobs/{job_id}", headers=known).status_code == 304


def test_the_events_are_replayed(archived: tuple[str, str], door: Door) -> None:
    """A late follower hears the whole story, and the end of it."""
    job_id, _ = archived
    answer = door.client.get(f"/v1/jobs/{job_id}/events")
    assert answer.status_code == 200, answer.text
    text = answer.text
    heard = [line for line in text.splitlines() if line.startswith("event: ")]
    assert heard == ["event: job.created", "event: job.stage_claimed", "event: job.failed"]
    last = [line for line in text.splitlines() if line.startswith("id: ")][-1]
    after = {"Last-Event-ID": last.removeprefix("id: ")}
    assert door.client.get(f"/v1/jobs/{job_id}/events", headers=after).status_code == 204


def test_it_can_be_deleted_but_not_retried(archived: tuple[str, str], door: Door) -> None:
    """A retry says to submit again; a deletion takes the archive along."""
    job_id, _ = archived
    url = f"/v1/jobs/{job_id}"
    assert problem_of(door.client.post(f"{url}/retry")).code == "job-not-retriable"
    assert body_of(door.client.get(url)).job_id == job_id
    assert door.client.delete(url).status_code == 204
    assert problem_of(door.client.get(url)).status == 404
    assert not door.store.exists(f"archive/{job_id}.json")


def test_a_list_has_whole_bodies_of_what_was_let_go(door: Door) -> None:
    """A stub in Redis is enough to find it; the rest comes from the archive."""
    job_id = body_of(door.submit(small_png(), {"metadata": {"listed": "whole"}})).job_id
    door.fail(job_id)
    before = door.client.get(f"/v1/jobs/{job_id}").json()
    scripts = door.parts.records._scripts
    reading = Journal(scripts).read(job_id)
    assert reading is not None
    Archive(door.parts.blobs).put(reading)
    EndedJobs(scripts).trim(job_id, reading.record.fields["final_event"])
    answer = door.client.get("/v1/jobs", params={"metadata": "listed:whole"})
    assert JobPage.model_validate_json(answer.content).next_cursor is None
    assert json.loads(answer.content)["jobs"] == [before]


def test_a_copy_that_comes_after_the_deletion_is_not_shown(door: Door) -> None:
    """The conductor may have read the job just before; it stays gone."""
    job_id = body_of(door.submit(small_png())).job_id
    door.fail(job_id)
    reading = Journal(door.parts.records._scripts).read(job_id)
    assert reading is not None
    door.client.delete(f"/v1/jobs/{job_id}")
    Archive(door.parts.blobs).put(reading)
    assert problem_of(door.client.get(f"/v1/jobs/{job_id}")).status == 404
    assert problem_of(door.client.get(f"/v1/jobs/{job_id}/events")).status == 404
