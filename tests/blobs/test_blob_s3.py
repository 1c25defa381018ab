"""What S3 promises beyond the common behaviour: errors that say what to do, safe addresses."""

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from backlot.blobs.port import BlobUnavailableError
from backlot.blobs.s3 import S3Store

MakeS3 = Callable[..., S3Store]


class MoodyS3(BaseHTTPRequestHandler):
    """Answers with the statuses it is told to, in turn, the last one for ever."""

    protocol_version = "HTTP/1.1"  # with 1.0 the client waits a second for "100 Continue"
    moods: list[tuple[int, str, dict[str, str]]]
    asked: list[str]

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        type(self).asked.append(f"{self.command} {self.headers.get('x-amz-meta-writer')}")
        status, code, headers = self.moods.pop(0) if len(self.moods) > 1 else self.moods[0]
        error = f"<Error><Code>{code}</Code></Error>".encode()
        body = error if code and self.command != "HEAD" else b""
        self.send_response(status)
        for name, value in headers.items():
            own = self.asked[0].split()[1] if value == "<writer>" else value
            self.send_header(name, own)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_HEAD = _answer  # noqa: N815 - the names the library calls

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has
        """Say nothing."""


@pytest.fixture
def moody() -> Iterator[tuple[type[MoodyS3], S3Store]]:
    """A store on a server whose moods the test sets."""
    handler = type("Handler", (MoodyS3,), {"moods": [], "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield handler, at(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


def at(endpoint: str) -> S3Store:
    """A store on the bucket `b` of that server, which nobody has made."""
    return S3Store("b", endpoint_url=endpoint, access_key_id="k", secret_access_key="s")


def test_serves_images_inline_and_the_rest_as_download(make_s3: MakeS3) -> None:
    """The signed address decides the type: a page stored as an image cannot run in a browser."""
    store = make_s3()
    store.put("a/picture.png", b"png", "text/html")
    store.put("a/page.html", b"<script>", "text/html")
    picture = httpx.get(store.url("a/picture.png", 60))
    page = httpx.get(store.url("a/page.html", 60))
    assert picture.content == b"png"
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["content-disposition"] == "inline"
    assert page.headers["content-type"] == "application/octet-stream"
    assert page.headers["content-disposition"] == 'attachment; filename="page.html"'


def test_signs_for_the_address_clients_use(s3_endpoint: str) -> None:
    """With a public endpoint the address names it, while the store itself is asked elsewhere."""
    store = S3Store(
        "b",
        endpoint_url=s3_endpoint,
        public_endpoint_url="https://files.example",
        region="eu-central-1",
        access_key_id="key-id",
        secret_access_key="s",
    )
    address = urlsplit(store.url("a.png", 77))
    query = parse_qs(address.query)
    assert (address.scheme, address.netloc, address.path) == ("https", "files.example", "/b/a.png")
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Expires"] == ["77"]
    assert query["X-Amz-Credential"][0].startswith("key-id/")
    assert "/eu-central-1/s3/aws4_request" in query["X-Amz-Credential"][0]


def test_keeps_to_its_prefix(make_s3: MakeS3) -> None:
    """Two prefixes of one bucket are two stores."""
    one, two = make_s3("shared", "one"), make_s3("shared", "two")
    one.put("a", b"1", "text/plain")
    two.put("a", b"2", "text/plain")
    one.delete("a")
    assert list(one.keys("")) == []
    assert list(two.keys("")) == ["a"]
    assert two.get("a") == b"2"


def test_lists_more_than_one_page(make_s3: MakeS3, monkeypatch: pytest.MonkeyPatch) -> None:
    """A listing longer than a page of the store comes whole and in order."""
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "3")
    store = make_s3()
    names = [f"k/{number:02d}" for number in range(8)]
    for name in names:
        store.put(name, b"", "text/plain")
    assert list(store.keys("k/")) == names


def test_makes_its_bucket_once(s3_endpoint: str) -> None:
    """A fresh installation gets its bucket, a second start finds it."""
    store = S3Store(
        "fresh-bucket",
        endpoint_url=s3_endpoint,
        region="ap-northeast-2",
        access_key_id="k",
        secret_access_key="s",
    )
    assert store.ensure_bucket() is True
    assert store.ensure_bucket() is False
    store.put("a", b"x", "text/plain")


def test_names_a_missing_bucket(s3_endpoint: str) -> None:
    """A bucket that is not there is no missing blob: the operator must hear of it."""
    store = at(s3_endpoint)
    with pytest.raises(BlobUnavailableError, match="NoSuchBucket"):
        store.get("a")
    with pytest.raises(BlobUnavailableError, match="NoSuchBucket"):
        store.put("a", b"x", "text/plain")


def test_nobody_listens() -> None:
    """A store that is down is unavailable, whatever is asked of it."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        store = at(f"http://127.0.0.1:{reserved.getsockname()[1]}")
        for call in (
            lambda: store.put("a", b"x", "text/plain"),
            lambda: store.put_once("a", b"x", "text/plain"),
            lambda: store.get("a"),
            lambda: store.exists("a"),
            lambda: list(store.keys("")),
        ):
            with pytest.raises(BlobUnavailableError, match="EndpointConnectionError"):
                call()


def test_denied_says_where_to_look(moody: tuple[type[MoodyS3], S3Store]) -> None:
    """A 403 names the keys and the policy, asked by HEAD or with a body."""
    handler, store = moody
    handler.moods = [(403, "AccessDenied", {})]
    with pytest.raises(BlobUnavailableError, match="check the keys and the policy"):
        store.get("a")
    with pytest.raises(BlobUnavailableError, match="check the keys and the policy"):
        store.exists("a")


def test_tries_again_when_the_store_is_busy(moody: tuple[type[MoodyS3], S3Store]) -> None:
    """One 503 is ridden out; a store that stays so is unavailable after three tries."""
    handler, store = moody
    handler.moods = [(503, "SlowDown", {}), (200, "", {})]
    store.put("a", b"x", "text/plain")
    handler.moods = [(503, "SlowDown", {})]
    handler.asked.clear()
    with pytest.raises(BlobUnavailableError, match="SlowDown"):
        store.put("a", b"x", "text/plain")
    assert len(handler.asked) == 3


def test_settles_a_conflict(moody: tuple[type[MoodyS3], S3Store]) -> None:
    """A 409 says that another conditional write is under way: ask again until it is settled."""
    handler, store = moody
    conflict: tuple[int, str, dict[str, str]] = (409, "ConditionalRequestConflict", {})
    handler.moods = [conflict, conflict, (200, "", {})]
    assert store.put_once("a", b"x", "application/json") is True
    handler.moods = [conflict, (412, "PreconditionFailed", {}), (200, "", {})]
    assert store.put_once("a", b"x", "application/json") is False
    handler.moods = [conflict]
    with pytest.raises(BlobUnavailableError, match="never settled"):
        store.put_once("a", b"x", "application/json")


def test_knows_its_own_write_again(moody: tuple[type[MoodyS3], S3Store]) -> None:
    """When the answer to the first try is lost and the second hears 412, the write was ours."""
    handler, store = moody
    handler.moods = [
        (503, "SlowDown", {}),
        (412, "PreconditionFailed", {}),
        (200, "", {"x-amz-meta-writer": "<writer>"}),
    ]
    assert store.put_once("a", b"x", "application/json") is True
