"""Promises of uploads: a file goes to the store first, and one job may name it."""

import hashlib
import threading
from typing import Any

import httpx
import pytest
from api_door import KEYS, Door, body_of, problem_of
from api_photos import encoded, four_corners, small_jpeg, small_png

from backlot.contracts.uploads import Upload

JPEG = "image/jpeg"


def auth(tenant: str) -> dict[str, str]:
    """The header of a tenant."""
    return {"Authorization": f"Bearer {KEYS[tenant]}"} if tenant else {}


def announce(door: Door, data: bytes, tenant: str = "", **wish: object) -> httpx.Response:
    """Ask for a form for these bytes."""
    wish = {"media_type": JPEG, "size": len(data), **wish}
    return door.client.post("/v1/uploads", json=wish, headers=auth(tenant))


def form_for(door: Door, data: bytes, tenant: str = "", **wish: object) -> Upload:
    """The form."""
    answer = announce(door, data, tenant, **wish)
    assert answer.status_code == 201, answer.text
    return Upload.model_validate_json(answer.content)


def send(door: Door, form: Upload, data: bytes, **changes: str) -> httpx.Response:
    """Send a file through a form."""
    fields: dict[str, Any] = {**form.fields, **changes}
    return door.client.post(form.url, data=fields, files={form.file_field: ("x", data)})


def uploaded(door: Door, data: bytes, tenant: str = "", **wish: object) -> str:
    """Announce and send a file; returns the upload's id."""
    form = form_for(door, data, tenant, **wish)
    assert send(door, form, data).status_code == 204
    return form.upload_id


def submit(
    door: Door, upload_id: str | None, tenant: str = "", key: str | None = None, **request: object
) -> httpx.Response:
    """Submit a job that names an upload."""
    headers = auth(tenant) | ({"Idempotency-Key": key} if key else {})
    return door.client.post("/v1/jobs", json={"upload_id": upload_id, **request}, headers=headers)


def waiting(door: Door) -> list[str]:
    """Files that wait for their job."""
    return list(door.store.keys("uploads/"))


def test_an_uploaded_photo_becomes_a_job(door: Door) -> None:
    """The job is as if the photo had come with it; what was uploaded is not kept."""
    before = waiting(door)
    job = body_of(submit(door, uploaded(door, small_jpeg()), title="Cup"))
    record = door.parts.records.get(job.job_id)
    assert record is not None
    assert record.photo is not None
    assert record.request.title == "Cup"
    assert door.store.exists(record.photo.key)
    assert waiting(door) == before


def test_an_upload_makes_one_job(door: Door) -> None:
    """A second submit is refused, ten at once make one."""
    upload_id = uploaded(door, small_jpeg())
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(submit(door, upload_id).status_code))
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [202] + [409] * 9
    assert problem_of(submit(door, upload_id)).code == "upload-used"


def test_a_repeated_submit_gives_the_same_job(door: Door) -> None:
    """With an Idempotency-Key, also after the uploaded file is gone; another upload is refused."""
    upload_id = uploaded(door, small_jpeg())
    first, again = (submit(door, upload_id, key="order-1") for _ in range(2))
    assert body_of(first).job_id == body_of(again).job_id
    assert again.headers["idempotency-replayed"] == "true"
    other = submit(door, uploaded(door, small_png(), media_type="image/png"), key="order-1")
    assert problem_of(other).code == "idempotency-mismatch"


def test_a_refused_submit_leaves_the_upload_usable(door: Door) -> None:
    """A mistake in the request does not cost another upload."""
    upload_id = uploaded(door, small_jpeg())
    assert problem_of(submit(door, upload_id, webhook_url="https://10.0.0.1/")).status == 422
    assert submit(door, upload_id).status_code == 202


def test_nothing_was_uploaded_yet(door: Door) -> None:
    """Then the submit says so, and works once the file is there."""
    data = small_jpeg()
    form = form_for(door, data)
    assert problem_of(submit(door, form.upload_id)).code == "upload-unfinished"
    send(door, form, data)
    assert submit(door, form.upload_id).status_code == 202


def test_another_tenants_upload_does_not_exist(keyed_door: Door) -> None:
    """Neither do ids that nobody was given."""
    upload_id = uploaded(keyed_door, small_jpeg(), "vrin")
    assert problem_of(submit(keyed_door, upload_id, "studio")).code == "upload-unknown"
    assert problem_of(submit(keyed_door, f"upl_{'0' * 32}", "vrin")).code == "upload-unknown"
    assert submit(keyed_door, upload_id, "vrin").status_code == 202


@pytest.mark.parametrize(
    ("data", "wish", "word"),
    [
        (small_png(), {}, "format"),
        (b"GIF89a" + b"x" * 20, {}, "format"),
        (small_jpeg(), {"sha256": "0" * 64}, "SHA-256"),
        (small_jpeg()[:-5], {"size": len(small_jpeg())}, "size"),
    ],
)
def test_the_file_must_be_what_was_announced(
    door: Door, data: bytes, wish: dict[str, object], word: str
) -> None:
    """Format by content, hash and size are checked again when the job is made."""
    found = problem_of(submit(door, uploaded(door, data, **wish)))
    assert found.code == "upload-mismatch"
    assert word in found.detail


@pytest.mark.parametrize("data", [b"<svg/>", b"%PDF-1.4", b"not a picture at all"])
def test_what_is_no_picture_is_refused(door: Door, data: bytes) -> None:
    """Whatever it was announced as."""
    assert problem_of(submit(door, uploaded(door, data))).code == "photo-format"


def test_the_right_hash_is_taken(door: Door) -> None:
    """A client can make sure that what arrives is what it sent."""
    data = small_jpeg()
    upload_id = uploaded(door, data, sha256=hashlib.sha256(data).hexdigest())
    assert submit(door, upload_id).status_code == 202


def test_a_model_is_no_photo(door: Door) -> None:
    """Each upload has its place in the request."""
    glb = b"glTF" + b"\0" * 20
    model = uploaded(door, glb, media_type="model/gltf-binary")
    assert problem_of(submit(door, model)).code == "upload-mismatch"
    photo = uploaded(door, small_jpeg())
    answer = submit(door, photo, product_upload_id=model)
    assert problem_of(answer).code == "product-broken"
    assert problem_of(submit(door, None, product_upload_id=photo)).code == "upload-mismatch"
    assert submit(door, photo).status_code == 202


@pytest.mark.parametrize(
    "wish",
    [{"size": 0}, {"size": "big"}, {"media_type": "image/svg+xml"}, {"sha256": "x"}, {"x": 1}],
)
def test_a_wrong_announcement_is_refused(door: Door, wish: dict[str, object]) -> None:
    """Only pictures and models we take, of a size."""
    assert problem_of(announce(door, small_jpeg(), **wish)).code == "invalid-request"


def test_too_large_a_file_is_refused_before_it_is_sent(door: Door) -> None:
    """The limits are those of a form."""
    most = door.parts.settings.max_photo_bytes
    assert announce(door, b"", size=most).status_code == 201
    assert problem_of(announce(door, b"", size=most + 1)).code == "body-too-large"


def test_a_form_takes_no_more_than_was_announced(door: Door) -> None:
    """The folder store stops reading at the announced size, as S3 does."""
    form = form_for(door, small_jpeg())
    before = waiting(door)
    assert problem_of(send(door, form, small_jpeg() + b"x")).code == "body-too-large"
    assert problem_of(send(door, form, b"")).code == "photo-empty"
    assert waiting(door) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "manifests/mine.json"}, {"max-bytes": "99999999"}, {"signature": "x"},
        {"expires": "99999999999"}, {"Content-Type": "text/html"},
    ],
)  # fmt: skip
def test_a_changed_form_is_refused(door: Door, changes: dict[str, str]) -> None:
    """Nobody writes where, what or when they were not allowed to."""
    data = small_jpeg()
    form, before = form_for(door, data), door.everything()[0]
    assert problem_of(send(door, form, data, **changes)).code == "not-found"
    assert door.everything()[0] == before


def test_a_form_without_its_file_or_fields_is_refused(door: Door) -> None:
    """And leaves nothing behind."""
    form = form_for(door, small_jpeg())
    before = door.everything()
    no_file = {name: (None, value) for name, value in form.fields.items()}
    assert problem_of(door.client.post(form.url, files=no_file)).code == "malformed-request"
    only_file = door.client.post(form.url, files={"file": ("x", small_jpeg())})
    assert problem_of(only_file).code == "not-found"
    odd = door.client.post(form.url, files={"acl": (None, "public-read")})
    assert problem_of(odd).code == "invalid-request"
    assert door.everything() == before


def test_forgotten_uploads_are_swept(door: Door) -> None:
    """Files nobody used in time go when the next upload is announced."""
    uploaded(door, small_jpeg())
    assert waiting(door)
    scripts = door.parts.records._scripts
    index = scripts.key("uploads")
    for _ in range(20):
        for key in scripts.client.zrange(index, 0, -1):
            scripts.client.zadd(index, {key: 1})
        announce(door, small_jpeg())
        if not waiting(door):
            return
    raise AssertionError(waiting(door))


def test_a_submit_can_wait_for_its_answer(door: Door) -> None:
    """`Prefer: wait=N` holds the answer; a job that is not through by then is a 202 as ever."""
    headers = {"Prefer": "respond-async, wait=1"}
    answer = door.submit(small_jpeg(), **headers)
    assert (answer.status_code, answer.headers["preference-applied"]) == (202, "wait=1")
    timer = threading.Timer(0.3, lambda: cancel_everything(door))
    timer.start()
    answer = door.submit(small_jpeg(), Prefer="wait=30")
    timer.join()
    assert (answer.status_code, body_of(answer).status) == (200, "canceled")
    assert "location" in answer.headers


def cancel_everything(door: Door) -> None:
    """End all jobs that wait."""
    scripts = door.parts.records._scripts
    for job_id in scripts.client.zrange(scripts.key("pending", "caption"), 0, -1):
        door.parts.records.cancel(job_id)


def test_a_job_is_reused_where_the_client_allows_it(door: Door) -> None:
    """Same files and wishes: the earlier job is the answer, whatever its labels and webhooks."""
    photo = encoded(four_corners((80, 40)), "PNG")
    first = door.submit(photo, {"reuse": True, "title": "Cup", "metadata": {"n": "1"}})
    assert first.status_code == 202
    again = door.submit(photo, {"reuse": True, "title": "Cup", "metadata": {"n": "2"}})
    assert (again.status_code, again.headers["job-reused"]) == (200, "true")
    assert body_of(again).job_id == body_of(first).job_id
    upload_id = uploaded(door, photo, media_type="image/png")
    by_upload = submit(door, upload_id, reuse=True, title="Cup")
    assert body_of(by_upload).job_id == body_of(first).job_id
    for request in ({"title": "Cup"}, {"reuse": True, "title": "Mug"}):
        assert door.submit(photo, request).status_code == 202
    assert door.submit(small_jpeg(), {"reuse": True, "title": "Cup"}).status_code == 202


def test_a_job_that_failed_is_not_reused(door: Door) -> None:
    """A new one is made, and found from then on."""
    photo = encoded(four_corners((90, 40)), "PNG")
    first = body_of(door.submit(photo, {"reuse": True}))
    door.fail(first.job_id)
    second = body_of(door.submit(photo, {"reuse": True}))
    assert second.job_id != first.job_id
    assert body_of(door.submit(photo, {"reuse": True})).job_id == second.job_id


def test_another_tenants_job_is_never_reused(keyed_door: Door) -> None:
    """The same photo of two tenants makes two jobs."""
    photo = encoded(four_corners((70, 40)), "PNG")
    ids = {body_of(keyed_door.submit(photo, {"reuse": True}, **auth(who))).job_id for who in KEYS}
    assert len(ids) == len(KEYS)
