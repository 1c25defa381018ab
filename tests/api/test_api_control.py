"""Promises of retry, delete and feedback."""

import pytest
from api_door import KEYS, Door, body_of, problem_of
from api_photos import small_png

from backlot.contracts.feedback import Feedback
from backlot.contracts.hints import Hint
from backlot.contracts.jobs import JobStatus
from backlot.contracts.problems import problem
from backlot.contracts.stages import Stage
from backlot.line.journal import Journal
from backlot.line.record import Claim
from services.vision_worker.fake import _CAPTION


def take(door: Door, job_id: str) -> Claim:
    """Claim the stage a job is in."""
    record = door.parts.records.get(job_id)
    assert record is not None
    hint = Hint(job_id=job_id, stage=record.stage, generation=record.generation)
    claim = door.parts.records.claim(hint, "tester")
    assert isinstance(claim, Claim), claim
    return claim


def commit(door: Door, claim: Claim, output: str, after: Stage | None) -> str:
    """Commit a stage."""
    return door.parts.records.commit(claim, output, "{}", claim.record.line, after)


def failed_in_refine(door: Door, **request: object) -> str:
    """A job whose second stage failed."""
    job_id = body_of(door.submit(small_png(), request)).job_id
    commit(door, take(door, job_id), _CAPTION.model_dump_json(), Stage.REFINE)
    why = problem("stage-failed", "No luck.", reason="llm-refused")
    assert door.parts.records.fail(take(door, job_id), why) == "failed"
    return job_id


def test_a_retry_goes_on_where_the_job_failed(door: Door) -> None:
    """The next generation of the same job begins with the failed stage; the rest is kept."""
    job_id = failed_in_refine(door)
    before = door.hints("refine")
    answer = door.client.post(f"/v1/jobs/{job_id}/retry")
    body = body_of(answer)
    assert (answer.status_code, body.job_id, body.generation) == (202, job_id, 2)
    assert (body.status, body.stage, body.error) == (JobStatus.QUEUED, Stage.REFINE, None)
    assert body.result.caption is not None
    [ended] = body.history
    assert (ended.generation, ended.status, ended.stage) == (1, JobStatus.FAILED, Stage.REFINE)
    assert ended.error is not None
    assert ended.error.reason == "llm-refused"
    assert door.hints("refine") == before + 1
    claim = take(door, job_id)
    assert claim.record.generation == 2
    assert commit(door, claim, "{}", Stage.MATCH) == "next"


def test_a_late_worker_of_the_old_generation_changes_nothing(door: Door) -> None:
    """A claim from before a cancel and a retry is lost."""
    job_id = body_of(door.submit(small_png())).job_id
    old = take(door, job_id)
    door.parts.records.cancel(job_id)
    door.parts.records.leave(old)
    assert body_of(door.client.post(f"/v1/jobs/{job_id}/retry")).generation == 2
    assert commit(door, old, _CAPTION.model_dump_json(), Stage.REFINE) == "lost"
    stale = Hint(job_id=job_id, stage=Stage.CAPTION, generation=1)
    assert door.parts.records.claim(stale, "late") == "stale"


def test_every_generation_ends_with_an_event_of_its_own(door: Door) -> None:
    """Two failures, two final events, and the history of both."""
    job_id = failed_in_refine(door)
    door.client.post(f"/v1/jobs/{job_id}/retry")
    door.parts.records.fail(take(door, job_id), problem("stage-failed", reason="again"))
    body = body_of(door.client.post(f"/v1/jobs/{job_id}/retry"))
    assert [one.generation for one in body.history] == [1, 2]
    reading = Journal(door.parts.records._scripts).read(job_id)
    assert reading is not None
    finals = [e.event for e in reading.entries if e.event.status.is_final]
    assert [(e.generation, e.status) for e in finals] == [
        (1, JobStatus.FAILED),
        (2, JobStatus.FAILED),
    ]
    assert len({e.event_id for e in finals}) == 2


def test_only_what_went_wrong_is_retried(door: Door) -> None:
    """A job that runs, or that has succeeded, is not."""
    job_id = body_of(door.submit(small_png())).job_id
    found = problem_of(door.client.post(f"/v1/jobs/{job_id}/retry"))
    assert (found.status, found.code) == (409, "job-not-retriable")
    claim = take(door, job_id)
    door.parts.records.commit(claim, _CAPTION.model_dump_json(), "{}", claim.record.line, None)
    found = problem_of(door.client.post(f"/v1/jobs/{job_id}/retry"))
    assert (found.code, "rematch" in found.detail) == ("job-not-retriable", True)


def test_a_deleted_job_leaves_nothing(door: Door) -> None:
    """Photo, side effects, record, events and lists: all gone, but for who deleted what."""
    blobs, keys, _ = door.everything()
    job_id = body_of(door.submit(small_png())).job_id
    door.store.put(f"jobs/{job_id}/caption/1-1/cutout.png", b"x", "image/png")
    url = f"/v1/jobs/{job_id}"
    assert door.client.delete(url).status_code == 204
    assert problem_of(door.client.get(url)).status == 404
    after, left, _ = door.everything()
    assert set(after) - set(blobs) == {f"manifests/{job_id}.json"}
    assert {key for key in set(left) - set(keys) if job_id in key} == {
        f"{door.parts.records._scripts.prefix}:gone:{job_id}"
    }
    assert door.client.delete(url).status_code == 204
    assert job_id not in door.client.get("/v1/jobs").text


def test_a_running_job_is_ended_by_its_deletion(door: Door) -> None:
    """Its worker hears that the claim is lost, and a late commit brings nothing back."""
    job_id = body_of(door.submit(small_png())).job_id
    claim = take(door, job_id)
    assert door.client.delete(f"/v1/jobs/{job_id}").status_code == 204
    assert door.parts.records.heartbeat(claim) == "lost"
    assert commit(door, claim, _CAPTION.model_dump_json(), Stage.REFINE) == "lost"
    assert problem_of(door.client.get(f"/v1/jobs/{job_id}")).status == 404


def test_a_deleted_job_frees_its_key(door: Door) -> None:
    """The same Idempotency-Key makes a new job afterwards."""
    first = body_of(door.submit(small_png(), key="freed")).job_id
    door.client.delete(f"/v1/jobs/{first}")
    second = body_of(door.submit(small_png(), key="freed")).job_id
    assert second != first
    assert body_of(door.submit(small_png(), key="freed")).job_id == second


def test_deleting_takes_the_rematches_along(door: Door) -> None:
    """They show the same photo, so they go with it."""
    parent = body_of(door.submit(small_png())).job_id
    record = door.parts.records.get(parent)
    assert record is not None
    manifest = door.parts.submitter._manifest(parent)
    assert manifest is not None
    child = manifest.model_copy(update={"job_id": f"job_{'c' * 32}", "parent_id": parent})
    door.parts.records.create(child)
    assert door.client.delete(f"/v1/jobs/{parent}").status_code == 204
    assert problem_of(door.client.get(f"/v1/jobs/{child.job_id}")).status == 404


def test_nobody_deletes_or_retries_what_is_anothers(keyed_door: Door) -> None:
    """404, before and after its owner has deleted it."""
    mine, other = ({"Authorization": f"Bearer {KEYS[name]}"} for name in ("vrin", "studio"))
    job_id = body_of(keyed_door.submit(small_png(), **mine)).job_id
    url = f"/v1/jobs/{job_id}"
    assert problem_of(keyed_door.client.post(f"{url}/retry", headers=other)).status == 404
    assert problem_of(keyed_door.client.delete(url, headers=other)).status == 404
    assert keyed_door.client.delete(url, headers=mine).status_code == 204
    assert problem_of(keyed_door.client.delete(url, headers=other)).status == 404


@pytest.mark.parametrize("job_id", ["job_" + "0" * 32, "x", "%2e%2e", "job_*"])
def test_what_never_was_cannot_be_deleted(job_id: str, door: Door) -> None:
    """404 for unknown ids and for what cannot be one."""
    assert problem_of(door.client.delete(f"/v1/jobs/{job_id}")).status == 404


def test_feedback_is_kept_with_its_context(door: Door) -> None:
    """The word, and the versions and brief it was about; a later word replaces it."""
    job_id = body_of(door.submit(small_png(), {"locale": "ko"})).job_id
    url = f"/v1/jobs/{job_id}/feedback"
    for note in ("Too dark.", "Fine after all."):
        answer = door.client.post(url, json={"thumbs": "up", "note": note})
        assert answer.status_code == 201
    [key] = [key for key in door.everything()[0] if key.startswith(f"feedback/{job_id}/")]
    kept = Feedback.model_validate_json(door.store.get(key))
    assert (kept.said.note, kept.locale, kept.rank) == ("Fine after all.", "ko", None)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"chosen": True},
        {"thumbs": "sideways"},
        {"note": ""},
        {"note": "x" * 2001},
        {"chosen": True, "background_id": "never-recommended"},
    ],
)
def test_feedback_that_says_nothing_is_refused(said: dict[str, object], door: Door) -> None:
    """Empty words, unknown words, and words on backgrounds the job did not recommend."""
    job_id = body_of(door.submit(small_png())).job_id
    found = problem_of(door.client.post(f"/v1/jobs/{job_id}/feedback", json=said))
    assert found.code == "invalid-request"
