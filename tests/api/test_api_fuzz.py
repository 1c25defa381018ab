"""Promises of the front door to whatever is sent: an answer that is documented, never a 5xx."""

import contextlib
import json
import socket

import httpx
import pytest
from api_door import Door
from api_photos import small_jpeg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backlot.contracts.problems import PROBLEMS, Problem

RARELY = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
BOUNDARY = b"frontier"
NAMES = st.sampled_from(
    ["photo", "product", "request", "file", "key", "", "x", "ключ", 'a"b', "\r"]
)
CONTENTS = st.one_of(
    st.binary(max_size=200),
    st.just(small_jpeg()),
    st.sampled_from(
        [b"", b"{}", b'{"title": 1}', b"glTF\x02\0\0\0", b"\xff\xd8\xff", b"--frontier"]
    ),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
        max_leaves=6,
    ).map(lambda value: json.dumps(value).encode()),
)
FORM_DATA = 'Content-Disposition: form-data; name="NAME"'
HEADER_TEMPLATES = st.sampled_from(
    [
        f'{FORM_DATA}; filename="p.jpg"',
        FORM_DATA,
        "Content-Disposition: form-data; name=NAME; filename*=UTF-8''%ff",
        'content-disposition: attachment; name="NAME"',
        f"{FORM_DATA}\r\nContent-Transfer-Encoding: base64",
        f"{FORM_DATA}\r\nContent-Length: 99999999999999999999",
        "Content-Disposition NAME",
        "NAME",
        "X: NAME",
        "",
    ]
)
BREAKS = st.sampled_from([b"\r\n", b"\n", b"\r", b"\r\n\r\n", b""])


@st.composite
def forms(draw: st.DrawFn) -> bytes:
    """A form, more or less: right ones, and each of its pieces broken now and then."""
    body = b""
    for _ in range(draw(st.integers(0, 4))):
        end = b"\r\n" if draw(st.integers(0, 9)) else draw(BREAKS)
        head = (
            draw(HEADER_TEMPLATES).replace("NAME", draw(NAMES))
            if draw(st.booleans())
            else draw(st.text(max_size=30))
        )
        body += b"--" + BOUNDARY + end + head.encode("utf-8", "replace") + end + end
        body += draw(CONTENTS) + end
    body += draw(st.sampled_from([b"--" + BOUNDARY + b"--\r\n", b"--" + BOUNDARY + b"--", b""]))
    cut = draw(st.integers(0, 12))
    return body[: draw(st.integers(0, len(body)))] if cut == 0 else body


def check(answer: httpx.Response) -> None:
    """Documented, and not our fault."""
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        found = Problem.model_validate_json(answer.content)
        assert PROBLEMS[found.code].status == answer.status_code
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/files"])
@RARELY
@given(body=forms())
def test_no_form_breaks_the_door(door: Door, path: str, body: bytes) -> None:
    """Broken boundaries, headers, names and contents get a 4xx, whole ones their answer."""
    kind = f"multipart/form-data; boundary={BOUNDARY.decode()}"
    check(door.client.post(path, content=body, headers={"Content-Type": kind}))
    assert list(door.uploads.iterdir()) == []


@RARELY
@given(
    body=CONTENTS,
    kind=st.sampled_from(
        ["application/json", "text/plain", "", "application/json; charset=utf-16"]
    ),
    path=st.sampled_from(
        ["/v1/jobs", "/v1/uploads", "/v1/webhook-endpoints", "/v1/webhook-endpoints/x/replay"]
    ),
)
def test_no_body_breaks_the_door(door: Door, body: bytes, kind: str, path: str) -> None:
    """JSON and what only says it is."""
    check(door.client.post(path, content=body, headers={"Content-Type": kind}))


@RARELY
@given(
    path=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40),
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]),
)
def test_no_path_breaks_the_door(door: Door, path: str, method: str) -> None:
    """Whatever is asked for."""
    with contextlib.suppress(httpx.InvalidURL):
        url = httpx.URL(door.url).copy_with(raw_path=b"/v1/" + path.encode())
        answer = door.client.request(method, url)
        assert answer.status_code < 500, answer.text


@pytest.mark.parametrize(
    "head",
    [
        b"POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12x\r\n\r\n",
        b"POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: \xff\r\n\r\n",
        b"GET /v1/jobs/x HTTP/1.1\r\nHost: localhost\r\nPrefer: wait=99999999999999\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"Host: localhost\r\n\r\n",
    ],
)
def test_no_head_breaks_the_door(door: Door, head: bytes) -> None:
    """Lengths, encodings and headers nobody would send."""
    port = int(door.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
        raw.sendall(head)
        status = raw.recv(65_536).split(b" ", 2)[1]
    assert status.startswith((b"2", b"4")), status
    assert door.client.get("/livez").status_code == 200


def test_a_body_is_read_so_far_and_no_further(door: Door) -> None:
    """A JSON body of more than a megabyte is refused, whether it says so or not."""
    path = "/v1/webhook-endpoints"
    kind = {"Content-Type": "application/json"}
    said = door.client.post(path, content=b" " * 1_000_001, headers=kind)
    unsaid = door.client.post(path, content=(b" " * 60_000 for _ in range(20)), headers=kind)
    for answer in (said, unsaid):
        assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
