"""Promises to those who poll: versions, a place in the queue, and when to ask again."""

from datetime import UTC, datetime

import httpx
import pytest
from api_door import Door, body_of, fresh_line
from api_photos import small_png
from redis_server import RedisServer

from backlot.contracts.hints import Hint
from backlot.contracts.problems import problem
from backlot.contracts.stages import Stage
from backlot.line.record import Claim


def get(door: Door, job_id: str, known: str | None = None) -> httpx.Response:
    """Poll."""
    headers = {"If-None-Match": known} if known else {}
    return door.client.get(f"/v1/jobs/{job_id}", headers=headers)


def work(door: Door, job_id: str) -> Claim:
    """Take the job's first stage."""
    hint = Hint(job_id=job_id, stage=Stage.CAPTION, generation=1)
    claim = door.parts.records.claim(hint, "tester")
    assert isinstance(claim, Claim)
    return claim


def test_what_has_not_changed_is_not_sent_again(door: Door) -> None:
    """304 without a body for a version the client has, until the job moves."""
    job_id = body_of(door.submit(small_png())).job_id
    first = get(door, job_id)
    version = first.headers["etag"]
    assert version.startswith('W/"')
    again = get(door, job_id, f'"other", {version}')
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", version)
    work(door, job_id)
    moved = get(door, job_id, version)
    assert moved.status_code == 200
    assert moved.headers["etag"] != version


def test_every_change_of_the_body_is_another_version(door: Door) -> None:
    """Submit, claim, commit, cancel and end each give a body with a version of its own."""
    job_id = body_of(door.submit(small_png())).job_id
    versions = [get(door, job_id).headers["etag"]]
    claim = work(door, job_id)
    versions.append(get(door, job_id).headers["etag"])
    door.parts.records.cancel(job_id)
    versions.append(get(door, job_id).headers["etag"])
    door.parts.records.leave(claim)
    versions.append(get(door, job_id).headers["etag"])
    assert len(set(versions)) == 4
    assert get(door, job_id, versions[-1]).status_code == 304


def test_a_waiting_job_knows_its_place(
    redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Positions count from one; nobody promises a start while nobody does the stage."""
    door = Door(tmp_path_factory.mktemp("queue"), fresh_line(redis_server))
    door.start()
    ids = [body_of(door.submit(small_png())).job_id for _ in range(3)]
    places = [body_of(get(door, one)).queue for one in ids]
    assert [place.position for place in places if place] == [1, 2, 3]
    assert [place.estimated_start for place in places if place] == [None] * 3
    claim = work(door, ids[0])
    assert body_of(get(door, ids[0])).queue is None
    assert _place(door, ids[2]) == 2
    door.parts.records.fail(claim, problem("stage-failed"))
    door.stop()


def test_a_start_is_estimated_from_measured_times(
    redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """With one slot and a stage that took two seconds, the third in line waits for three rounds."""
    door = Door(tmp_path_factory.mktemp("pace"), fresh_line(redis_server))
    door.start()
    scripts = door.parts.records._scripts
    totals = {f"{stage}:{fact}": n for stage in ("caption", "refine", "match")
              for fact, n in (("done", 10), ("run_ms", 20_000))}  # fmt: skip
    scripts.client.hset(scripts.key("totals"), mapping=totals)
    door.parts.records.beat("vision@tester", 1, (Stage.CAPTION,))
    busy, *waiting = [body_of(door.submit(small_png())).job_id for _ in range(4)]
    work(door, busy)
    door.parts.pace.refresh()
    answer = get(door, waiting[2])
    place = body_of(answer).queue
    assert place is not None
    assert place.estimated_start is not None
    assert 4 < (place.estimated_start - datetime.now(UTC)).total_seconds() <= 6
    assert int(answer.headers["retry-after"]) == 8 + 6
    door.stop()


def test_a_poller_is_told_when_to_ask_again(door: Door) -> None:
    """Every answer on a job that is not over says when; one on a job that is says nothing."""
    submitted = door.submit(small_png())
    assert int(submitted.headers["retry-after"]) >= 1
    job_id = body_of(submitted).job_id
    assert int(get(door, job_id).headers["retry-after"]) >= 1
    door.fail(job_id)
    assert "retry-after" not in get(door, job_id).headers


def _place(door: Door, job_id: str) -> int | None:
    place = body_of(get(door, job_id)).queue
    return place.position if place else None
