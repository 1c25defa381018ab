"""The shop window's cheap promises; the rest is tried in a browser by ``make test-window``."""

import gzip
import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from redis_server import RedisServer
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from backlot.blobs.settings import BlobSettings
from backlot.line.settings import LineSettings
from services.api.app import build, wire
from services.api.settings import ApiSettings
from services.api.window.files import SHELL, STATIC, window_files
from services.api.window.policy import content_security_policy, origin_of
from services.api.window.samples import shipped_samples
from services.api.window.session import COOKIE, authorization_of, cookie_for

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "window"
FIRST_VIEW_BYTES = 150 * 1024
SECRET = SecretStr("a secret for tests, long enough")
KEY = "a-key-for-tests"


def app_of(folder: Path, redis_server: RedisServer, **settings: object) -> FastAPI:
    """The API around real parts."""
    line = LineSettings(redis_url=SecretStr(redis_server.url), prefix=f"w{uuid.uuid4().hex[:8]}")
    blobs = BlobSettings(blobs_folder=folder, secret=SECRET, blobs_fsync=False)
    api = ApiSettings.model_validate({"secret": SECRET, "decode_workers": 1, **settings})
    return build(wire(api, line, blobs))


@pytest.fixture
def browser(tmp_path: Path, redis_server: RedisServer) -> Iterator[httpx.Client]:
    """Somebody on this machine."""
    app = app_of(tmp_path, redis_server)
    with TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 1)) as client:
        yield client


@pytest.fixture
def keyed(tmp_path: Path, redis_server: RedisServer) -> Iterator[httpx.Client]:
    """A browser before an installation that asks for keys."""
    keys = f"vrin:{hashlib.sha256(KEY.encode()).hexdigest()}"
    app = app_of(tmp_path, redis_server, api_keys=SecretStr(keys))
    with TestClient(app, base_url="http://studio.example") as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/jobs", "/jobs/job_0", "/library", "/library/any"])
def test_every_page_is_the_one_page_with_a_strict_policy(browser: httpx.Client, path: str) -> None:
    """Scripts, styles and fonts come from here alone, nothing is inline, nobody frames it."""
    answer = browser.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    policy = dict(
        rule.split(" ", 1) for rule in answer.headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["font-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert not re.search(r"<style|style=|<script(?![^>]*src=)|\son\w+=", answer.text)


def test_everything_the_page_names_is_served_and_kept(browser: httpx.Client) -> None:
    """Each file is there under a name that changes with its content, and browsers may keep it."""
    named = re.findall(r'"(/window/[^"]+)"', browser.get("/").text)
    assert len(named) >= 5
    for path in named:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert "immutable" in answer.headers["cache-control"], path
    assert browser.get("/window/nothing.js").status_code == 404
    assert browser.get("/window/sources.txt").status_code == 404


def test_an_unchanged_page_is_not_sent_again(browser: httpx.Client) -> None:
    """The page itself is asked for every time, and answered with 304 while it is the same."""
    first = browser.get("/")
    again = browser.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert not again.content


def test_the_first_view_is_small() -> None:
    """Page, scripts, styles and font together stay within 150 KB as they travel."""
    files = window_files()
    named = re.findall(r"/window/([^\"]+)", files[SHELL].content.decode())
    sent = sum(len(files[name].squeezed or files[name].content) for name in {SHELL, *named})
    assert 0 < sent <= FIRST_VIEW_BYTES


def test_squeezed_files_hold_the_same() -> None:
    """What a browser unpacks is what lies on disk."""
    for name, file in window_files().items():
        assert file.content == (STATIC / name).read_bytes()
        assert file.squeezed is None or gzip.decompress(file.squeezed) == file.content


def test_the_built_files_come_from_these_sources() -> None:
    """Whoever changes the sources builds them anew: ``make window``."""
    paths = [
        *(
            p
            for folder in ("src", "pictures")
            for p in (SOURCES / folder).rglob("*")
            if p.is_file()
        ),
        SOURCES / "build.mjs",
        SOURCES / "package-lock.json",
    ]
    total = hashlib.sha256()
    for path in sorted(paths, key=lambda one: one.relative_to(SOURCES).as_posix()):
        total.update(path.relative_to(SOURCES).as_posix().encode() + b"\0")
        total.update(path.read_bytes() + b"\0")
    assert (STATIC / "sources.txt").read_text().strip() == total.hexdigest()


def test_the_lock_file_names_no_registry() -> None:
    """Where packages come from is a matter of each machine."""
    lock = json.loads((SOURCES / "package-lock.json").read_text())
    assert not [name for name, one in lock["packages"].items() if "resolved" in one]
    assert all("integrity" in one for name, one in lock["packages"].items() if name)


def test_both_languages_say_the_same_things() -> None:
    """Every text has an English and a Korean form."""
    key = re.compile(r"^  (\w+):", re.MULTILINE)
    english, korean = (
        key.findall((SOURCES / "src" / "words" / f"{name}.ts").read_text()) for name in ("en", "ko")
    )
    assert len(english) > 100
    assert sorted(english) == sorted(korean)


def test_samples_are_listed_and_served(browser: httpx.Client) -> None:
    """Each sample has a title in both languages and a photo; nothing else is given."""
    samples = browser.get("/window/samples").json()["samples"]
    assert len(samples) >= 6
    for one in samples:
        assert one["title"]["en"]
        assert one["title"]["ko"]
        assert browser.get(f"/window/samples/{one['file']}").headers["content-type"] == "image/jpeg"
    assert browser.get("/window/samples/samples.yaml").status_code == 404


def test_without_the_folder_there_are_no_samples(tmp_path: Path) -> None:
    """An image without the sample photos serves the window all the same."""
    assert shipped_samples(tmp_path).samples == ()


def test_the_vocabulary_names_every_term_in_both_languages(browser: httpx.Client) -> None:
    """A client can name any term id it is given, and is not sent the same words twice."""
    answer = browser.get("/v1/vocabulary")
    facets = answer.json()["facets"]
    assert {"product_category", "setting_studio", "lighting", "mood"} <= set(facets)
    assert all(
        one["label"]["en"] and one["label"]["ko"] for terms in facets.values() for one in terms
    )
    assert facets["colour_name"][0]["hex"].startswith("#")
    again = browser.get("/v1/vocabulary", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_pictures_may_come_from_where_the_store_signs_them() -> None:
    """The policy names the origin of the object store and no more of its address."""
    origin = origin_of("https://store.example:9000/bucket/a.webp?signature=x")
    policy = content_security_policy(("http://127.0.0.1:8000", origin))
    assert "img-src 'self' blob: data: http://127.0.0.1:8000 https://store.example:9000;" in policy
    assert "signature" not in policy


def test_a_key_is_asked_for_once_and_kept_from_scripts(keyed: httpx.Client) -> None:
    """A right key comes back as a cookie that no script and no other site can use."""
    assert keyed.get("/").status_code == 200
    assert keyed.get("/v1/line").status_code == 401
    assert keyed.post("/window/session", json={"key": "wrong"}).status_code == 401
    answer = keyed.post("/window/session", json={"key": KEY})
    assert answer.status_code == 204
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert keyed.get("/v1/line").status_code == 200


def test_a_cookie_counts_for_the_windows_own_requests_only() -> None:
    """Another origin's request carries no key, even if a browser were to send the cookie along."""
    cookie = cookie_for(KEY, secure=True)
    assert "Secure" in cookie
    own = {"cookie": f"{COOKIE}={KEY}", "host": "studio.example"}
    assert authorization_of(Headers(own)) == f"Bearer {KEY}"
    assert authorization_of(Headers({**own, "origin": "https://studio.example"})) is not None
    assert authorization_of(Headers({**own, "origin": "https://shop.example"})) is None
    assert authorization_of(Headers({**own, "sec-fetch-site": "same-site"})) is None
    assert authorization_of(Headers({**own, "authorization": "Bearer b"})) == "Bearer b"
