"""Promises of back-pressure: nobody fills the line alone, and Redis is never filled at all."""

from pathlib import Path

import pytest
from api_door import Door, fresh_line, problem_of
from api_photos import small_jpeg
from hypothesis import given
from hypothesis import strategies as st
from record_fixtures import make_manifest
from redis_server import RedisServer

from backlot.contracts.errors import RefusedInputError, UnavailableError
from backlot.line.record import JobRecords
from backlot.line.scripting import Scripts
from services.api.pressure import FRESH_S, Pressure, Shares, share_of

COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 500))


class Clock:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def create(records: JobRecords, tenant: str) -> str:
    """A job of a tenant; returns its id."""
    manifest = make_manifest().model_copy(update={"tenant": tenant})
    records.create(manifest)
    return manifest.job_id


@given(COUNTS, st.integers(2, 1000), st.integers(1, 1000))
def test_a_share_is_fair(unfinished: dict[str, int], jobs: int, tenant_jobs: int) -> None:
    """Never more than a tenant may, never nothing, and on a busy line the same for everybody."""
    shares = Shares(jobs, tenant_jobs, 0.8)
    mine = {tenant: share_of(tenant, unfinished, shares) for tenant in (*unfinished, "new")}
    assert all(1 <= share <= tenant_jobs for share in mine.values())
    busy = sum(unfinished.values()) >= jobs / 2
    if busy:
        assert len({mine[tenant] for tenant in unfinished}) <= 1
        assert all(share <= max(1, jobs) for share in mine.values())
    else:
        assert set(mine.values()) == {tenant_jobs}


@pytest.mark.anyio
async def test_a_tenant_has_its_cap_until_a_job_ends(scripts: Scripts, records: JobRecords) -> None:
    """Refused with a time to wait; another tenant is not; an ended job makes room."""
    clock = Clock()
    pressure = Pressure(scripts, Shares(1000, 2, 0.8), clock)
    first, _ = create(records, "acme"), create(records, "acme")
    with pytest.raises(RefusedInputError) as caught:
        await pressure.check("acme")
    assert caught.value.problem_code == "too-many-jobs"
    assert getattr(caught.value, "headers", {})["Retry-After"] == "5"
    await pressure.check("other")
    records.cancel(first)
    clock.now += FRESH_S
    await pressure.check("acme")


@pytest.mark.anyio
async def test_on_a_busy_line_the_greedy_wait_for_the_others(
    scripts: Scripts, records: JobRecords
) -> None:
    """One tenant fills half of the line; then it waits, and a newcomer is let in."""
    pressure = Pressure(scripts, Shares(10, 100, 0.8), Clock())
    for _ in range(6):
        create(records, "greedy")
    create(records, "modest")
    with pytest.raises(RefusedInputError):
        await pressure.check("greedy")
    await pressure.check("modest")
    await pressure.check("newcomer")


def test_who_has_nothing_left_is_not_counted(scripts: Scripts, records: JobRecords) -> None:
    """Ended, canceled or failed: the books are empty again."""
    jobs = [create(records, tenant) for tenant in ("a", "a", "b")]
    key = scripts.key("unfinished")
    assert scripts.client.zrange(key, 0, -1, withscores=True) == [("b", 1.0), ("a", 2.0)]
    for job_id in jobs:
        records.cancel(job_id)
        records.cancel(job_id)
    assert scripts.client.zrange(key, 0, -1) == []
    assert list(scripts.client.scan_iter(scripts.key("unfinished", "*"))) == []


def test_no_job_is_taken_by_a_redis_that_is_nearly_full(tmp_path: Path) -> None:
    """503 with Retry-After from 80 per cent on, while everything else is answered as ever."""
    server = RedisServer(tmp_path / "redis")
    server.start()
    door = Door(tmp_path, fresh_line(server))
    door.start()
    try:
        client = door.parts.records._scripts.client
        job = door.submit(small_jpeg())
        assert job.status_code == 202
        used = int(client.info("memory")["used_memory"])
        client.config_set("maxmemory", int(used / 0.9))
        door.parts.doorman._pressure._last = None
        refused = door.submit(small_jpeg())
        assert (refused.status_code, problem_of(refused).code) == (503, "unavailable")
        assert int(refused.headers["retry-after"]) > 0
        assert door.client.get(job.headers["location"]).status_code == 200
        assert list(door.store.keys("manifests/")) == [f"manifests/{job.json()['job_id']}.json"]
        client.config_set("maxmemory", used * 4)
        door.parts.doorman._pressure._last = None
        assert door.submit(small_jpeg()).status_code == 202
    finally:
        door.stop()
        server.kill()


@pytest.mark.anyio
async def test_without_redis_no_job_is_taken(tmp_path: Path) -> None:
    """What cannot be read is not assumed."""
    server = RedisServer(tmp_path)
    from backlot.line.scripting import open_scripts

    pressure = Pressure(open_scripts(fresh_line(server)), Shares(10, 10, 0.8))
    with pytest.raises(UnavailableError):
        await pressure.check("acme")
