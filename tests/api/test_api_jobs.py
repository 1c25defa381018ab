import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from api_door import Door, body_of, problem_of
from api_models import document, glb
from api_photos import animated, encoded, four_corners, heic_bomb, png_bomb, small_jpeg, small_png
from PIL import Image

from backlot.contracts.jobs import JobStatus, Manifest


def test_a_photo_becomes_a_job(door: Door) -> None:
    """202 with Location and body; photo, manifest, record and hint are there by then."""
    answer = door.submit(small_jpeg(), {"title": "Cup", "metadata": {"sku": "7"}})
    body = body_of(answer)
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/jobs/{body.job_id}"
    assert (body.status, body.metadata) == (JobStatus.QUEUED, {"sku": "7"})
    manifest = Manifest.model_validate_json(door.store.get(f"manifests/{body.job_id}.json"))
    assert manifest.photo is not None
    assert door.store.get(manifest.photo.key).startswith(b"\xff\xd8\xff")
    assert (manifest.photo.width, manifest.photo.height) == (64, 48)
    assert (manifest.tenant, manifest.request.title) == ("local", "Cup")
    assert door.hints("caption") >= 1
    assert body_of(door.client.get(answer.headers["location"])).job_id == body.job_id


def test_photo_and_model_become_one_job(door: Door) -> None:
    """A GLB beside the photo is stored unchanged; a large one passes through a file."""
    model = glb(document(buffers=[{"byteLength": 1_500_000}]), binary=1_500_000)
    files = {"photo": small_png(), "product": model}
    body = body_of(door.client.post("/v1/jobs", files=files))
    manifest = Manifest.model_validate_json(door.store.get(f"manifests/{body.job_id}.json"))
    assert manifest.product_key is not None
    assert door.store.get(manifest.product_key) == model
    assert not list(door.uploads.iterdir())


def test_a_large_photo_passes_through_a_file(door: Door) -> None:
    """Megabytes of photo are decoded from a temporary file that is gone afterwards."""
    noise = encoded(Image.effect_noise((1200, 1200), 90), "PNG")
    assert len(noise) > 1_000_000
    body_of(door.submit(noise))
    assert not list(door.uploads.iterdir())


TRUNCATED = small_jpeg()[:-400]

BAD_PHOTOS: dict[str, tuple[Callable[[], bytes], int, str]] = {
    "empty": (lambda: b"", 422, "photo-empty"),
    "text": (lambda: b"I am not a photo.", 415, "photo-format"),
    "bmp": (lambda: encoded(four_corners(), "BMP"), 415, "photo-format"),
    "truncated": (lambda: TRUNCATED, 422, "photo-broken"),
    "png-bomb": (png_bomb, 422, "photo-too-many-pixels"),
    "heic-bomb": (heic_bomb, 422, "photo-too-many-pixels"),
    "gif": (lambda: animated("GIF"), 422, "photo-animated"),
    "apng": (lambda: animated("PNG"), 422, "photo-animated"),
    "webp": (lambda: animated("WEBP"), 422, "photo-animated"),
}


@pytest.fixture
def nothing_half_made(door: Door) -> Iterator[None]:
    """Fails the test when a refused submit leaves a blob, a record or a file."""
    before = door.everything()
    yield
    assert door.everything() == before


@pytest.mark.usefixtures("nothing_half_made")
@pytest.mark.parametrize("name", BAD_PHOTOS)
def test_a_bad_photo_is_refused_and_leaves_nothing(name: str, door: Door) -> None:
    """Each kind of bad photo has its status and code, and nothing is half made."""
    make, status, code = BAD_PHOTOS[name]
    found = problem_of(door.submit(make()))
    assert (found.status, found.code) == (status, code)


@pytest.mark.usefixtures("nothing_half_made")
@pytest.mark.parametrize(
    ("model", "reason"),
    [(b"", "too short"), (b"solid cube", "too short"), (glb()[:-4], "promises")],
)
def test_a_broken_model_is_refused_and_leaves_nothing(
    model: bytes, reason: str, door: Door
) -> None:
    """The good photo beside a broken GLB is not kept either."""
    files = {"photo": ("a.png", small_png()), "product": ("b.glb", model)}
    found = problem_of(door.client.post("/v1/jobs", files=files))
    assert found.code == "product-broken"
    assert reason in found.detail


@pytest.mark.usefixtures("nothing_half_made")
@pytest.mark.parametrize(
    ("request_part", "code"),
    [
        ({"colour": "red"}, "invalid-request"),
        ({"top_k": 1000}, "invalid-request"),
        ({"webhook_url": "http://127.0.0.1:6379/"}, "webhook-url-refused"),
        ({"webhook_url": "https://localhost/hook"}, "webhook-url-refused"),
        ({"webhook_url": "https://10.1.2.3/hook"}, "webhook-url-refused"),
        ({"webhook_url": "https://169.254.169.254/latest"}, "webhook-url-refused"),
        ({"webhook_url": "https://[::ffff:127.0.0.1]/"}, "webhook-url-refused"),
        ({"webhook_url": "file:///etc/passwd"}, "webhook-url-refused"),
        ({"webhook_url": "gopher:"}, "webhook-url-refused"),
    ],
)
def test_a_bad_request_part_is_refused_and_leaves_nothing(
    request_part: object, code: str, door: Door
) -> None:
    """Unknown fields, values out of range and webhooks that point inside."""
    found = problem_of(door.submit(small_png(), request_part))
    assert (found.status, found.code) == (422, code)


@pytest.mark.usefixtures("nothing_half_made")
def test_wrong_fields_are_listed(door: Door) -> None:
    """The answer names every wrong field, for programs."""
    found = problem_of(door.submit(small_png(), {"colour": "red", "locale": "xx"}))
    assert {error.field for error in found.errors} == {"colour", "locale"}


@pytest.mark.usefixtures("nothing_half_made")
@pytest.mark.parametrize("name", ["photo", "product"])
def test_200_megabytes_are_refused(name: str, door: Door) -> None:
    """A streamed upload that goes on and on gets its answer and no place on disk."""
    boundary = "long"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="x"\r\n\r\n'

    def stream() -> Iterator[bytes]:
        yield head.encode()
        for _ in range(200):
            yield bytes(1_000_000)
        yield f"\r\n--{boundary}--\r\n".encode()

    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    found = problem_of(door.client.post("/v1/jobs", content=stream(), headers=headers))
    assert (found.status, found.code) == (413, "body-too-large")


@pytest.mark.usefixtures("nothing_half_made")
def test_200_announced_megabytes_are_refused_unsent(door: Door) -> None:
    """With a Content-Length the answer comes before the body."""
    head = (
        "POST /v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 200000000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    )
    port = int(door.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=30) as raw:
        raw.sendall(head.encode())
        assert raw.recv(65_536).startswith(b"HTTP/1.1 413 ")


@pytest.mark.usefixtures("nothing_half_made")
def test_json_alone_is_told_what_is_missing(door: Door) -> None:
    """A JSON body has no photo in it."""
    found = problem_of(door.client.post("/v1/jobs", json={"title": "Cup"}))
    assert (found.status, found.code) == (422, "photo-missing")


@pytest.mark.usefixtures("nothing_half_made")
def test_a_form_without_a_photo_is_told_so(door: Door) -> None:
    """The request part alone is no order."""
    found = problem_of(door.client.post("/v1/jobs", files={"request": (None, "{}")}))
    assert found.code == "photo-missing"


@pytest.mark.usefixtures("nothing_half_made")
@pytest.mark.parametrize("key", ["a b", "x" * 256])
def test_an_unusable_idempotency_key_is_refused(key: str, door: Door) -> None:
    """Before anything is read or stored."""
    found = problem_of(door.submit(small_png(), key=key))
    assert (found.status, found.code) == (400, "idempotency-key-invalid")


def test_the_same_key_gives_the_same_job(door: Door) -> None:
    """A repeated submit answers with the first job and stores nothing more."""
    first = door.submit(small_png(), {"title": "Cup"}, key="once")
    before = door.everything()
    again = door.submit(small_png(), {"title": "Cup"}, key="once")
    assert body_of(again).job_id == body_of(first).job_id
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (
        None,
        "true",
    )
    assert door.everything() == before


def test_the_same_key_with_another_request_is_refused(door: Door) -> None:
    """A key belongs to one photo, one product and one request."""
    body_of(door.submit(small_png(), {"title": "Cup"}, key="mine"))
    before = door.everything()
    for photo, title in ((small_png(), "Mug"), (small_jpeg(), "Cup")):
        found = problem_of(door.submit(photo, {"title": title}, key="mine"))
        assert (found.status, found.code) == (422, "idempotency-mismatch")
    assert door.everything() == before


def test_a_hundred_identical_submits_at_once_are_one_job(door: Door) -> None:
    """However they interleave there is one id, one record, one photo and one hint."""
    blobs, _, _ = door.everything()
    hints = door.hints("caption")
    photo = small_png()
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: door.submit(photo, key="rush"), range(100)))
    ids = {body_of(answer).job_id for answer in answers}
    assert len(ids) == 1
    new = [key for key in door.everything()[0] if key not in blobs]
    assert sorted(key.split("/")[0] for key in new) == ["intake", "manifests"]
    assert door.hints("caption") == hints + 1
