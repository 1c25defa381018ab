"""Promises of the list of jobs."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from api_door import KEYS, Door, body_of, fresh_line, problem_of
from api_photos import small_png
from redis_server import RedisServer

from backlot.contracts.jobs import JobBody, JobPage


@pytest.fixture(scope="module")
def shelf(
    redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Door, list[JobBody]]]:
    """A door with seven jobs; every second one failed, the first two are of one order."""
    door = Door(tmp_path_factory.mktemp("shelf"), fresh_line(redis_server))
    door.start()
    jobs = []
    for at in range(7):
        metadata = {"order": "7" if at < 2 else str(at), **({"vip": "yes"} if at == 3 else {})}
        jobs.append(body_of(door.submit(small_png(), {"metadata": metadata})))
        if at % 2:
            door.fail(jobs[-1].job_id)
    yield door, jobs
    door.stop()


def page(door: Door, **query: object) -> JobPage:
    """One page."""
    answer = door.client.get("/v1/jobs", params=query)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return JobPage.model_validate_json(answer.content)


def ids(jobs: tuple[JobBody, ...] | list[JobBody]) -> list[str]:
    """Their ids."""
    return [job.job_id for job in jobs]


def test_jobs_are_listed_newest_first(shelf: tuple[Door, list[JobBody]]) -> None:
    """Everything, the last submitted on top, and no further page."""
    door, jobs = shelf
    whole = page(door)
    assert ids(whole.jobs) == ids(jobs)[::-1]
    assert whole.next_cursor is None


def test_pages_stay_as_they_are_while_jobs_come(shelf: tuple[Door, list[JobBody]]) -> None:
    """Every job comes once, in order, although the record moves on between two pages."""
    door, jobs = shelf
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        part = page(door, limit=2, **cursor)
        assert len(part.jobs) <= 2
        seen += ids(part.jobs)
        if part.next_cursor is None:
            break
        cursor = {"cursor": part.next_cursor}
        job_id = body_of(door.submit(small_png())).job_id
        door.client.delete(f"/v1/jobs/{job_id}")
    assert seen == ids(jobs)[::-1]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({"status": "failed"}, [5, 3, 1]),
        ({"status": ["failed", "queued"], "limit": 3}, [6, 5, 4]),
        ({"status": "succeeded"}, []),
        ({"kind": "rematch"}, []),
        ({"kind": "recommend", "status": "queued"}, [6, 4, 2, 0]),
        ({"metadata": "vip"}, [3]),
        ({"metadata": "order:7"}, [1, 0]),
        ({"metadata": "order:none"}, []),
    ],
)
def test_filters(
    query: dict[str, object], kept: list[int], shelf: tuple[Door, list[JobBody]]
) -> None:
    """By status, kind and metadata, one or several at once."""
    door, jobs = shelf
    assert ids(page(door, **query).jobs) == [jobs[at].job_id for at in kept]


def test_a_range_of_time(shelf: tuple[Door, list[JobBody]]) -> None:
    """From a moment on, up to another one."""
    door, jobs = shelf
    since: datetime = jobs[2].created_at
    before: datetime = jobs[5].created_at
    found = page(door, created_since=since.isoformat(), created_before=before.isoformat())
    assert ids(found.jobs) == ids(jobs[2:5])[::-1]


def test_a_forged_cursor_is_refused(shelf: tuple[Door, list[JobBody]]) -> None:
    """Cursors are taken as they came or not at all."""
    door, _ = shelf
    cursor = page(door, limit=1).next_cursor
    assert cursor is not None
    for forged in (cursor[:-4] + "AAAA", "x", "AAAA" * 20, cursor + "AAAA"):
        found = problem_of(door.client.get("/v1/jobs", params={"cursor": forged}))
        assert (found.status, found.code) == (422, "invalid-request")


def test_tenants_list_their_own_only(keyed_door: Door) -> None:
    """Another tenant's jobs are not listed, and its cursor does not count."""
    mine, other = ({"Authorization": f"Bearer {KEYS[name]}"} for name in ("vrin", "studio"))
    own = {body_of(keyed_door.submit(small_png(), **mine)).job_id for _ in range(2)}
    theirs = body_of(keyed_door.submit(small_png(), **other)).job_id
    answer = keyed_door.client.get("/v1/jobs", params={"limit": 1}, headers=mine)
    first = JobPage.model_validate_json(answer.content)
    whole = keyed_door.client.get("/v1/jobs", params={"limit": 100}, headers=mine)
    listed = set(ids(JobPage.model_validate_json(whole.content).jobs))
    assert own <= listed
    assert theirs not in listed
    stolen = keyed_door.client.get(
        "/v1/jobs", params={"cursor": str(first.next_cursor)}, headers=other
    )
    assert problem_of(stolen).code == "invalid-request"
