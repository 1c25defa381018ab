"""Promises of batches."""

import pytest
from api_door import KEYS, Door, body_of, problem_of
from api_photos import small_png

from backlot.contracts.batches import MOST_ITEMS, BatchBody
from backlot.contracts.jobs import JobStatus


def uploaded(door: Door, photo: bytes, **headers: str) -> str:
    """Put a photo where a batch can name it."""
    wish = {"media_type": "image/png", "size": len(photo)}
    made = door.client.post("/v1/uploads", json=wish, headers=headers).json()
    answer = door.client.post(made["url"], data=made["fields"], files={"file": ("p.png", photo)})
    assert answer.status_code in {200, 201, 204}, answer.text
    return str(made["upload_id"])


def batch_of(answer: object) -> BatchBody:
    """The batch of an answer."""
    assert answer.status_code in {200, 202}, answer.text  # type: ignore[attr-defined]
    return BatchBody.model_validate_json(answer.content)  # type: ignore[attr-defined]


def test_every_item_becomes_a_job_of_its_own(door: Door) -> None:
    """With its own wishes; the batch shows how each stands."""
    items = [
        {"upload_id": uploaded(door, small_png()), "title": f"Mug {at}", "locale": "ko"}
        for at in range(3)
    ]
    answer = door.client.post("/v1/batches", json={"items": items})
    batch = batch_of(answer)
    assert answer.headers["location"] == f"/v1/batches/{batch.batch_id}"
    assert (batch.counts, batch.finished) == ({"queued": 3}, False)
    assert len({item.job_id for item in batch.items}) == 3
    first = batch.items[0].job_id
    assert first is not None
    door.fail(first)
    later = batch_of(door.client.get(answer.headers["location"]))
    assert later.counts == {"queued": 2, "failed": 1}
    assert later.items[0].problem is not None
    for item in later.items[1:]:
        door.client.post(f"/v1/jobs/{item.job_id}/cancel")
    assert batch_of(door.client.get(answer.headers["location"])).finished


def test_one_bad_item_does_not_spoil_the_others(door: Door) -> None:
    """What can never work is refused by itself, with its problem."""
    items = [
        {"upload_id": uploaded(door, small_png())},
        {"upload_id": "upl_" + "0" * 32},
        {},
    ]
    batch = batch_of(door.client.post("/v1/batches", json={"items": items}))
    assert batch.counts == {"queued": 1, "refused": 2}
    assert [item.problem.code if item.problem else None for item in batch.items] == [
        None, "upload-unknown", "photo-missing",
    ]  # fmt: skip


def test_a_repeated_batch_is_the_same_batch(door: Door) -> None:
    """Its key gives the same jobs; other items under that key are refused."""
    items = [{"upload_id": uploaded(door, small_png())} for _ in range(2)]
    key = {"Idempotency-Key": "week-47"}
    first = door.client.post("/v1/batches", json={"items": items}, headers=key)
    again = door.client.post("/v1/batches", json={"items": items}, headers=key)
    assert again.headers["idempotency-replayed"] == "true"
    assert batch_of(first) == batch_of(again)
    other = door.client.post("/v1/batches", json={"items": items[:1]}, headers=key)
    assert problem_of(other).code == "idempotency-mismatch"


def test_a_batch_that_broke_off_is_completed_by_its_key(door: Door) -> None:
    """Jobs that had come into being are found again, and the rest is made."""
    items = [{"upload_id": uploaded(door, small_png())} for _ in range(3)]
    key = {"Idempotency-Key": "broken-off"}
    whole = batch_of(door.client.post("/v1/batches", json={"items": items}, headers=key))
    door.store.delete(f"batches/{whole.batch_id}.json")  # as if the process had died before
    again = batch_of(door.client.post("/v1/batches", json={"items": items}, headers=key))
    assert [item.job_id for item in again.items] == [item.job_id for item in whole.items]


def test_a_deleted_job_stays_in_its_batch_as_deleted(door: Door) -> None:
    """And counts as finished."""
    items = [{"upload_id": uploaded(door, small_png())}]
    batch = batch_of(door.client.post("/v1/batches", json={"items": items}))
    door.client.delete(f"/v1/jobs/{batch.items[0].job_id}")
    later = batch_of(door.client.get(f"/v1/batches/{batch.batch_id}"))
    assert (later.counts, later.finished) == ({"deleted": 1}, True)


@pytest.mark.parametrize("count", [0, MOST_ITEMS + 1])
def test_a_batch_has_its_limits(count: int, door: Door) -> None:
    """Not none, and not more than fit into one request."""
    found = problem_of(door.client.post("/v1/batches", json={"items": [{}] * count}))
    assert (found.status, found.code) == (422, "invalid-request")


@pytest.mark.parametrize("batch_id", ["bat_" + "0" * 32, "x", "%2e%2e%2fx", "..", "a b"])
def test_there_is_no_batch_nobody_made(batch_id: str, door: Door) -> None:
    """Unknown ids and what cannot be one are not found."""
    assert problem_of(door.client.get(f"/v1/batches/{batch_id}")).status == 404


def test_batches_are_their_tenants_own(keyed_door: Door) -> None:
    """Neither another's batch nor another's upload can be used."""
    mine, other = ({"Authorization": f"Bearer {KEYS[name]}"} for name in ("vrin", "studio"))
    upload_id = uploaded(keyed_door, small_png(), **mine)
    items = {"items": [{"upload_id": upload_id}]}
    stolen = batch_of(keyed_door.client.post("/v1/batches", json=items, headers=other))
    assert stolen.counts == {"refused": 1}
    own = batch_of(keyed_door.client.post("/v1/batches", json=items, headers=mine))
    assert own.counts == {"queued": 1}
    url = f"/v1/batches/{own.batch_id}"
    assert problem_of(keyed_door.client.get(url, headers=other)).status == 404
    job = keyed_door.client.get(f"/v1/jobs/{own.items[0].job_id}", headers=mine)
    assert body_of(job).status is JobStatus.QUEUED
