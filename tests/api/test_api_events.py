"""Promises of the event stream, over a real server and a real Redis."""

import json
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from api_door import KEYS, Door, body_of, fresh_line, problem_of
from api_photos import small_png
from redis_server import RedisServer

from backlot.contracts.events import JobEvent
from backlot.contracts.hints import Hint
from backlot.contracts.jobs import JobBody, JobStatus
from backlot.contracts.stages import Progress, Stage
from backlot.line.record import Claim
from services.vision_worker.fake import _CAPTION


class Message(NamedTuple):
    """One server-sent message."""

    id: str
    type: str
    event: JobEvent
    job: JobBody


def messages(answer: httpx.Response) -> Iterator[Message]:
    """Read a stream as browsers do; comments and other fields are passed over."""
    fields: dict[str, str] = {}
    for line in answer.iter_lines():
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        elif "data" in fields:
            data: dict[str, Any] = json.loads(fields["data"])
            assert set(data) == {"event", "job"}
            yield Message(
                fields["id"],
                fields["event"],
                JobEvent.model_validate(data["event"]),
                JobBody.model_validate(data["job"]),
            )
            fields = {}


def take(door: Door, job_id: str) -> Claim:
    """Do what a worker does first."""
    record = door.parts.records.get(job_id)
    assert record is not None
    hint = Hint(job_id=job_id, stage=record.stage, generation=record.generation)
    claim = door.parts.records.claim(hint, "tester")
    assert isinstance(claim, Claim), claim
    return claim


def pass_on(door: Door, claim: Claim, after: Stage | None) -> None:
    """Do what a worker of `caption` does last."""
    door.parts.records.commit(claim, _CAPTION.model_dump_json(), "{}", claim.record.line, after)


def followed(door: Door, job_id: str, **headers: str) -> list[Message]:
    """All messages until the stream ends."""
    with door.client.stream("GET", f"/v1/jobs/{job_id}/events", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        return list(messages(answer))


def test_a_stream_replays_then_follows_then_ends(door: Door) -> None:
    """A fresh connection hears what was and what comes, and is let go after the last event."""
    job_id = body_of(door.submit(small_png())).job_id
    claim = take(door, job_id)
    heard: list[str] = []
    with door.client.stream("GET", f"/v1/jobs/{job_id}/events") as answer:
        for message in messages(answer):
            assert message.type == message.event.type
            assert message.id == message.event.event_id
            assert message.job.job_id == job_id
            heard.append(message.type)
            if message.type == "job.stage_claimed":
                door.parts.records.cancel(job_id)
                door.parts.records.leave(claim)
    assert heard == ["job.created", "job.stage_claimed", "job.canceling", "job.canceled"]


def test_the_job_in_a_message_is_what_get_shows(door: Door) -> None:
    """The last message's job equals the body of GET, byte for byte of its JSON."""
    job_id = body_of(door.submit(small_png())).job_id
    door.fail(job_id)
    last = followed(door, job_id)[-1]
    assert last.job == body_of(door.client.get(f"/v1/jobs/{job_id}"))
    assert last.job.status is JobStatus.FAILED
    assert last.event.status is JobStatus.FAILED


def test_a_broken_stream_resumes_where_it_broke(door: Door) -> None:
    """With Last-Event-ID, or ?after=, only what came later is told."""
    job_id = body_of(door.submit(small_png())).job_id
    door.fail(job_id)
    all_of_it = followed(door, job_id)
    rest = followed(door, job_id, **{"Last-Event-ID": all_of_it[0].id})
    assert [m.id for m in rest] == [m.id for m in all_of_it[1:]]
    with door.client.stream(
        "GET", f"/v1/jobs/{job_id}/events", params={"after": all_of_it[0].id}
    ) as answer:
        assert [m.id for m in messages(answer)] == [m.id for m in rest]


def test_who_has_seen_the_end_is_told_not_to_reconnect(door: Door) -> None:
    """204 makes a browser stop; a rubbish id is answered with everything."""
    job_id = body_of(door.submit(small_png())).job_id
    door.fail(job_id)
    seen = followed(door, job_id, **{"Last-Event-ID": "rubbish"})
    again = door.client.get(f"/v1/jobs/{job_id}/events", headers={"Last-Event-ID": seen[-1].id})
    assert (again.status_code, again.content) == (204, b"")


def test_a_stream_survives_a_restart_of_the_api(
    redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Another process over the same record goes on after the last event that was heard."""
    line = fresh_line(redis_server)
    first = Door(tmp_path_factory.mktemp("first"), line)
    first.start()
    job_id = body_of(first.submit(small_png())).job_id
    with first.client.stream("GET", f"/v1/jobs/{job_id}/events") as answer:
        last = next(messages(answer))
    first.stop()
    second = Door(tmp_path_factory.mktemp("second"), line)
    second.start()
    second.fail(job_id)
    heard = followed(second, job_id, **{"Last-Event-ID": last.id})
    second.stop()
    assert [m.type for m in heard] == ["job.stage_claimed", "job.failed"]


def test_every_committed_stage_shows_at_once(door: Door) -> None:
    """The body beside job.stage_done has that stage as done, long before the job ends."""
    job_id = body_of(door.submit(small_png())).job_id
    with door.client.stream("GET", f"/v1/jobs/{job_id}/events") as answer:
        for message in messages(answer):
            if message.type == "job.created":
                claim = take(door, job_id)
                pass_on(door, claim, Stage.REFINE)
            if message.type == "job.stage_done":
                assert message.job.stages[Stage.CAPTION].state == "done"
                assert message.job.result.caption is not None
                assert message.job.status is JobStatus.PROCESSING
                door.parts.records.cancel(job_id)


def test_progress_is_told_while_a_stage_runs(door: Door) -> None:
    """A stage's word arrives with an id that resumes correctly, and shows in the job too."""
    job_id = body_of(door.submit(small_png())).job_id
    claim = take(door, job_id)
    with door.client.stream("GET", f"/v1/jobs/{job_id}/events") as answer:
        for message in messages(answer):
            if message.type == "job.stage_claimed":
                door.parts.records.tell(claim, Progress(progress=0.4, text="sampling"))
            if message.type == "job.stage_progress":
                assert message.event.data == Progress(progress=0.4, text="sampling")
                stage = message.job.stages[Stage.CAPTION]
                assert (stage.progress, stage.doing) == (0.4, "sampling")
                break
        told = message.id
    door.parts.records.cancel(job_id)
    door.parts.records.leave(claim)
    rest = followed(door, job_id, **{"Last-Event-ID": told})
    assert [m.type for m in rest] == ["job.canceling", "job.canceled"]


def test_a_silent_stream_says_that_it_is_open(
    redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """While nothing happens, comments come, which clients pass over."""
    door = Door(
        tmp_path_factory.mktemp("silent"), fresh_line(redis_server), stream_heartbeat_s=0.05
    )
    door.start()
    job_id = body_of(door.submit(small_png())).job_id
    comments = 0
    with door.client.stream("GET", f"/v1/jobs/{job_id}/events") as answer:
        for line in answer.iter_lines():
            comments += line.startswith(":")
            if comments == 3:
                break
    door.stop()
    assert comments == 3


def test_streams_are_counted(
    redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """One more than a tenant may have is refused, until one of them is closed."""
    door = Door(tmp_path_factory.mktemp("few"), fresh_line(redis_server), streams_per_tenant=1)
    door.start()
    job_id = body_of(door.submit(small_png())).job_id
    path = f"/v1/jobs/{job_id}/events"
    with door.client.stream("GET", path) as answer:
        heard = messages(answer)  # held, as a dropped iterator closes its connection
        next(heard)
        found = problem_of(door.client.get(path))
        assert (found.status, found.code) == (429, "too-many-streams")
    door.fail(job_id)
    assert len(followed(door, job_id)) == 3
    door.stop()


def test_a_stream_is_for_its_tenant_only(keyed_door: Door) -> None:
    """Another tenant's job has no events, and an unknown one neither."""
    mine = {"Authorization": f"Bearer {KEYS['vrin']}"}
    other = {"Authorization": f"Bearer {KEYS['studio']}"}
    job_id = body_of(keyed_door.submit(small_png(), **mine)).job_id
    url = f"/v1/jobs/{job_id}/events"
    assert problem_of(keyed_door.client.get(url, headers=other)).status == 404
    unknown = f"/v1/jobs/job_{'0' * 32}/events"
    assert problem_of(keyed_door.client.get(unknown, headers=mine)).status == 404


def test_many_followers_of_a_job_read_it_once(door: Door) -> None:
    """Forty streams of one job end together, and the process read its record a few times only."""
    job_id = body_of(door.submit(small_png())).job_id
    reads = 0
    read = door.parts.feeds._read

    def counted(which: str) -> object:
        nonlocal reads
        reads += which == job_id
        return read(which)

    door.parts.feeds._read = counted  # type: ignore[assignment]
    heard: list[list[str]] = []

    def follow() -> None:
        with (
            httpx.Client(base_url=door.url, timeout=60, trust_env=False) as client,
            client.stream("GET", f"/v1/jobs/{job_id}/events") as answer,
        ):
            heard.append([m.type for m in messages(answer)])

    threads = [threading.Thread(target=follow) for _ in range(40)]
    for thread in threads:
        thread.start()
    while door.parts.feeds.streams < 40:
        threading.Event().wait(0.02)
    door.fail(job_id)
    for thread in threads:
        thread.join(30)
    door.parts.feeds._read = read
    assert heard == [["job.created", "job.stage_claimed", "job.failed"]] * 40
    assert reads <= 8
