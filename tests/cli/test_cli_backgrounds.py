"""Importing a folder of sets."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
from typer.testing import CliRunner

from backlot.cli.backgrounds import items_of, slug_of
from backlot.cli.main import app
from backlot.contracts.ingest import NewBackground

SAID = {"kind": "studio", "licence": {"id": "CC0-1.0", "evidence": "made for this test"}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three sets, one of them with a preview and words of its own."""
    for name in ("Oak_Table.glb", "sky.hdr", "broken.glb"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "Oak_Table-preview.webp").write_bytes(b"picture")
    own = {"id": "the-oak", "name": {"en": "Oak", "ko": "참나무"}}
    (tmp_path / "Oak_Table.json").write_text(json.dumps(own), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a set")
    return tmp_path


class TestFolder:
    """What a folder holds."""

    def test_every_set_is_found_once_with_what_belongs_to_it(self, folder: Path) -> None:
        """Previews and metadata are no sets of their own."""
        items = {item.metadata["id"]: item for item in items_of(folder, SAID)}
        assert set(items) == {"the-oak", "sky", "broken"}
        preview = items["the-oak"].preview
        assert preview is not None
        assert preview.name == "Oak_Table-preview.webp"
        for item in items.values():
            NewBackground.model_validate(item.metadata)

    def test_the_key_follows_the_content(self, folder: Path) -> None:
        """The same folder gives the same keys; a changed file, preview or word another one."""
        before = [item.key for item in items_of(folder, SAID)]
        assert [item.key for item in items_of(folder, SAID)] == before
        (folder / "sky.hdr").write_bytes(b"another sky")
        (folder / "Oak_Table-preview.webp").write_bytes(b"another picture")
        after = [item.key for item in items_of(folder, SAID)]
        assert [a == b for a, b in zip(before, after, strict=True)] == [False, True, False]

    @pytest.mark.parametrize("name", ["A", "a/b c", "ÅÄ", "x" * 90, "--", "Oak_Table (2)"])
    def test_names_become_ids(self, name: str) -> None:
        """Whatever a file is called."""
        NewBackground.model_validate({**SAID, "id": slug_of(name), "name": {"en": "a", "ko": "a"}})


class FakeApi(BaseHTTPRequestHandler):
    """Takes every background but the broken one; the second time it knows them."""

    known: ClassVar[set[str]] = set()

    def do_POST(self) -> None:
        """Take or refuse one."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if b"broken.glb" in body:
            problem = {
                "type": "https://backlot.dev/problems/background-broken", "title": "Broken",
                "status": 422, "detail": "its header promises more", "code": "background-broken",
            }  # fmt: skip
            self._answer(422, problem)
            return
        key = self.headers["Idempotency-Key"]
        headers = {"Idempotency-Replayed": "true"} if key in self.known else {}
        self.known.add(key)
        self._answer(202, _job("queued"), headers)

    def do_GET(self) -> None:
        """Say that the job is done."""
        self._answer(200, _job("succeeded"))

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(text))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)


@pytest.fixture
def address() -> Iterator[str]:
    """A fake line."""
    FakeApi.known = set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeApi)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_import_tells_of_each_and_goes_on_where_it_was(
    folder: Path, address: str, tmp_path: Path
) -> None:
    """One broken file stops no other; run again, nothing is new."""
    report = tmp_path / "out" / "report.jsonl"
    report.parent.mkdir()
    command = [
        "backgrounds", "import", str(folder), "--licence", "CC0-1.0", "--evidence", "a test",
        "--address", address, "--report", str(report),
    ]  # fmt: skip
    first = CliRunner().invoke(app, command)
    assert first.exit_code == 1
    assert "files=3 imported=2 new=2 failed=1" in first.output
    assert "its header promises more" in first.output
    verdicts = {row["name"]: row for row in map(json.loads, report.read_text().splitlines())}
    assert verdicts["broken.glb"]["done"] is False
    again = CliRunner().invoke(app, command)
    assert "files=3 imported=2 new=0 failed=1" in again.output


def _job(status: str) -> dict[str, object]:
    done = status == "succeeded"
    at = "2026-01-01T00:00:00Z"
    return {
        "job_id": f"job_{'0' * 32}", "kind": "ingest", "status": status, "stage": None,
        "generation": 1, "created_at": at, "updated_at": at, "finished_at": at if done else None,
        "links": {"self": "", "events": "", "cancel": "", "retry": "", "feedback": ""},
        "stages": {}, "warnings": [], "metadata": {}, "error": None,
        "result": {"indexed": {"background_id": "x", "version": 1}} if done else {},
    }  # fmt: skip
