"""Promises of `backlot.client`, over the real API."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_door import KEYS, Door, fresh_line
from api_models import glb
from api_photos import small_jpeg, small_png
from redis_server import RedisServer

from backlot.client import (
    AsyncClient,
    Client,
    ConflictError,
    InvalidError,
    JobUnfinishedError,
    MissingError,
    UnauthorizedError,
    UnreachableError,
)
from backlot.contracts.feedback import FeedbackRequest
from backlot.contracts.jobs import JobRequest, JobStatus


class Flaky(httpx.HTTPTransport):
    """A network that loses answers on their way back.

    Args:
        lose: How many.
    """

    def __init__(self, lose: int) -> None:
        super().__init__()
        self._lose = lose
        self.seen: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on; its answer may be lost."""
        self.seen.append(request)
        answer = super().handle_request(request)
        if self._lose:
            self._lose -= 1
            answer.read()
            answer.close()
            raise httpx.ReadError("lost", request=request)
        return answer


class Unstreamed(httpx.HTTPTransport):
    """A proxy that refuses event streams."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass everything else on."""
        if request.url.path.endswith("/events"):
            return httpx.Response(200, text="<html>", headers={"Content-Type": "text/html"})
        return super().handle_request(request)


@pytest.fixture
def client(door: Door) -> Iterator[Client]:
    """A client of the open door."""
    with Client(door.url, trust_env=False) as client:
        yield client


def end_soon(door: Door, job_id: str) -> threading.Timer:
    """Let a job end in a moment."""
    timer = threading.Timer(0.3, door.fail, [job_id])
    timer.start()
    return timer


def test_a_lost_answer_makes_no_second_job(door: Door) -> None:
    """A submit that is sent again carries the same key, and meets its own job."""
    network = Flaky(lose=2)
    with Client(door.url, transport=network) as client:
        job = client.submit(small_jpeg(), request={"title": "A cup", "metadata": {"once": "1"}})
        assert [one.job_id for one in client.jobs(metadata="once:1")] == [job.job_id]
    keys = {request.headers["idempotency-key"] for request in network.seen[:3]}
    assert len(keys) == 1


def test_what_may_not_be_repeated_is_not(door: Door, client: Client) -> None:
    """A retry whose answer is lost is left to the caller."""
    job = client.submit(small_jpeg())
    door.fail(job.job_id)
    network = Flaky(lose=1)
    with Client(door.url, transport=network) as flaky, pytest.raises(UnreachableError):
        flaky.retry(job)
    assert len(network.seen) == 1
    assert client.job(job).generation == 2


def test_files_and_models_are_taken_from_paths(door: Door, client: Client, tmp_path: Path) -> None:
    """Or as bytes; a typed request says what was said and no defaults."""
    photo, model = tmp_path / "cup.png", tmp_path / "cup.glb"
    photo.write_bytes(small_png())
    model.write_bytes(glb())
    job = client.submit(photo, product=model, request=JobRequest(title="Cup", locale="ko"))
    record = door.parts.records.get(job.job_id)
    assert record is not None
    assert client.job(job.job_id).job_id == job.job_id


def test_waiting_follows_the_events(door: Door, client: Client) -> None:
    """Every change is told, and what is returned is what GET shows at the end."""
    job = client.submit(small_jpeg())
    timer = end_soon(door, job.job_id)
    seen: list[JobStatus] = []
    body = client.wait(job, within_s=30, changed=lambda now: seen.append(now.status))
    timer.join()
    assert (body.status, seen[-1]) == (JobStatus.FAILED, JobStatus.FAILED)
    assert JobStatus.QUEUED in seen
    assert body == client.job(job)
    assert client.wait(job).status is JobStatus.FAILED


def test_waiting_polls_where_streams_do_not_get_through(door: Door) -> None:
    """A proxy that answers with something else costs nothing but the stages' detail."""
    with Client(door.url, transport=Unstreamed()) as client:
        job = client.submit(small_jpeg())
        timer = end_soon(door, job.job_id)
        assert client.wait(job, within_s=30).status is JobStatus.FAILED
        timer.join()


def test_waiting_gives_up_when_told_to(client: Client) -> None:
    """The job goes on."""
    job = client.submit(small_jpeg())
    with pytest.raises(JobUnfinishedError):
        client.wait(job, within_s=0.2)
    assert client.cancel(job).status is JobStatus.CANCELED


def test_events_resume(door: Door, client: Client) -> None:
    """After an event only later ones are told; after the last, none."""
    job = client.submit(small_jpeg())
    door.fail(job.job_id)
    told = list(client.events(job))
    assert next(one.event.type for one in told) == "job.created"
    assert told[-1].job.status is JobStatus.FAILED
    assert list(client.events(job, after=told[0].event.event_id)) == told[1:]
    assert list(client.events(job, after=told[-1].event.event_id)) == []


def test_refusals_have_types(client: Client) -> None:
    """With the problem inside."""
    with pytest.raises(InvalidError) as broken:
        client.submit(b"no photo")
    assert broken.value.problem.code == "photo-format"
    with pytest.raises(MissingError):
        client.job(f"job_{'0' * 32}")
    with pytest.raises(MissingError):
        list(client.events(f"job_{'0' * 32}"))
    job = client.submit(small_jpeg())
    with pytest.raises(ConflictError):
        client.retry(job)
    client.cancel(job)
    said = client.feedback(job, FeedbackRequest(thumbs="down", note="too late"))
    assert said.job_id == job.job_id
    client.delete(job)
    with pytest.raises(MissingError):
        client.job(job)


def test_the_key_goes_to_the_api_and_nowhere_else(keyed_door: Door) -> None:
    """Addresses of files may be another host's."""
    network = Flaky(lose=0)
    with Client(keyed_door.url, KEYS["vrin"], transport=network) as client:
        client.submit(small_jpeg())
        with pytest.raises(MissingError):
            client.fetch(f"{keyed_door.url}/v1/files/nothing")
    assert network.seen[0].headers["authorization"] == f"Bearer {KEYS['vrin']}"
    assert "authorization" not in network.seen[1].headers
    with Client(keyed_door.url, trust_env=False) as stranger, pytest.raises(UnauthorizedError):
        next(stranger.jobs())


def test_pictures_are_fetched_whole(client: Client, tmp_path: Path) -> None:
    """By the address the library gives."""
    card = next(client.backgrounds(kind="studio"))
    path = client.download(card.previews[0], tmp_path / "set.webp")
    assert path.read_bytes() == client.fetch(card.previews[0])
    assert list(tmp_path.iterdir()) == [path]


def test_nobody_there_is_said(redis_server: RedisServer, tmp_path: Path) -> None:
    """After a few attempts."""
    door = Door(tmp_path, fresh_line(redis_server))
    with Client(door.url, trust_env=False) as client, pytest.raises(UnreachableError):
        client.line()


@pytest.mark.anyio
async def test_the_awaited_client_does_the_same(door: Door, tmp_path: Path) -> None:
    """Submit, wait, events, lists, files."""
    async with AsyncClient(door.url, trust_env=False) as client:
        job = await client.submit(small_jpeg(), request={"metadata": {"awaited": "1"}})
        timer = end_soon(door, job.job_id)
        body = await client.wait(job, within_s=30)
        timer.join()
        assert body.status is JobStatus.FAILED
        told = [one async for one in client.events(job)]
        assert told[-1].event.status is JobStatus.FAILED
        assert [one.job_id async for one in client.jobs(metadata="awaited:1")] == [job.job_id]
        card = await anext(client.backgrounds())
        path = await client.download(card.previews[0], tmp_path / "set.webp")
        assert path.stat().st_size
        with pytest.raises(MissingError):
            await client.job(f"job_{'0' * 32}")


def test_what_the_readme_shows_runs(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against this API instead of the one on port 8000."""
    root = Path(__file__).parents[2]
    block = (root / "README.md").read_text("utf-8").split("```python\n")[1].split("```")[0]
    monkeypatch.chdir(root)
    before = {job["job_id"] for job in door.client.get("/v1/jobs").json()["jobs"]}

    def work() -> None:
        fresh: set[str] = set()
        while not fresh:
            found = door.client.get("/v1/jobs", params={"limit": 1}).json()["jobs"]
            fresh = {job["job_id"] for job in found} - before
        door.fail(fresh.pop())

    worker = threading.Thread(target=work)
    worker.start()
    names: dict[str, Any] = {}
    exec(block.replace("http://127.0.0.1:8000", door.url), names)  # noqa: S102 - our own README
    worker.join()
    assert names["job"].status is JobStatus.FAILED
