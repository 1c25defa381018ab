"""What is said to a Qdrant server, and how its refusals are read; no server is needed for this."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from matcher_builders import ROOM, SPACE, point_id, unit

from backlot.contracts.errors import ConfigurationError
from services.matcher.adapters.qdrant import QdrantIndex, open_url
from services.matcher.port import Ask, IndexUnavailableError, Where

Seen = list[tuple[str, str, Any]]


class Scripted(BaseHTTPRequestHandler):
    """Answers as a fresh Qdrant would, or with one status for everything."""

    seen: Seen
    status = 200

    def answer(self) -> None:
        """Note the request and send what the script has for it."""
        length = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        self.seen.append((self.command, self.path.partition("?")[0], body))
        result = {"result": result_for(self.path), "status": "ok", "time": 0.0}
        text = json.dumps(result).encode()
        self.send_response(self.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_PUT = do_POST = answer  # noqa: N815 - the names http.server asks for

    def log_message(self, *_: Any) -> None:
        """Stay quiet."""


def result_for(path: str) -> Any:
    """Return the part of an answer the client reads."""
    if path.startswith("/aliases"):
        return {"aliases": []}
    if "/exists" in path:
        return {"exists": False}
    if "/points/query/batch" in path:
        return [{"points": [{"id": point_id(7), "version": 0, "score": 0.5}]}]
    if "/index" in path:
        return {"operation_id": 1, "status": "completed"}
    return True


@pytest.fixture
def server() -> Iterator[tuple[str, type[Scripted]]]:
    """A loopback server and its script."""
    script = type("Script", (Scripted,), {"seen": []})
    listening = ThreadingHTTPServer(("127.0.0.1", 0), script)
    Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_address[1]}", script
    listening.shutdown()
    listening.server_close()


def at(url: str) -> QdrantIndex:
    """Open the index on the scripted server."""
    return QdrantIndex(open_url(url, timeout_s=5), name="sets", space=SPACE, embedded=False)


def test_a_new_collection_is_stamped_and_its_fields_are_indexed(
    server: tuple[str, type[Scripted]],
) -> None:
    """A server gets the vectors, the stamp, an index per filtered field, and the alias."""
    url, script = server
    at(url).close()
    created = next(body for how, _, body in script.seen if how == "PUT" and "vectors" in body)
    assert created["metadata"] == {"backlot_space": SPACE.stamp}
    assert {name: vector["size"] for name, vector in created["vectors"].items()} == {
        "caption": 4, "setting": 4, "look": 4, "preview": 3,
    }  # fmt: skip
    indexed = {body["field_name"] for _, path, body in script.seen if path.endswith("/index")}
    assert indexed == {"kind", "terms", "licence", "source"}
    aliased = next(body for _, path, body in script.seen if path == "/collections/aliases")
    assert aliased["actions"][-1]["create_alias"]["alias_name"] == "sets"


def test_a_search_is_one_request_that_carries_the_filters(
    server: tuple[str, type[Scripted]],
) -> None:
    """All questions travel together; the server filters, so the limit stays as asked."""
    url, script = server
    index = at(url)
    where = Where(kinds=frozenset({ROOM}), avoid=frozenset({"lighting/neon-glow"}))
    (hits,) = index.search([Ask("caption", unit(1, 0, 0, 0), where)], 5)
    index.close()
    asked = [body for _, path, body in script.seen if path.endswith("/points/query/batch")]
    assert len(asked) == 1
    (search,) = asked[0]["searches"]
    assert search["limit"] == 5
    assert search["filter"]["must"] == [{"key": "kind", "match": {"any": ["space"]}}]
    assert search["filter"]["must_not"] == [
        {"key": "terms", "match": {"any": ["lighting/neon-glow"]}}
    ]
    assert [(hit.point_id, hit.similarity) for hit in hits] == [(point_id(7), 0.5)]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_a_wrong_setting(server: tuple[str, type[Scripted]], status: int) -> None:
    """Trying again with the same key is useless; the message names the setting."""
    url, script = server
    script.status = status
    with pytest.raises(ConfigurationError, match="BACKLOT_QDRANT_API_KEY"):
        at(url)


@pytest.mark.parametrize("status", [500, 503])
def test_a_failing_server_may_be_tried_again(
    server: tuple[str, type[Scripted]], status: int
) -> None:
    """An error of the server is of the retriable kind."""
    url, script = server
    script.status = status
    with pytest.raises(IndexUnavailableError, match=str(status)):
        at(url)


def test_another_process_may_have_made_the_collection(
    server: tuple[str, type[Scripted]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two matchers that start together on an empty server both get there."""
    url, script = server
    plain = script.answer

    def conflict_on_creation(handler: Scripted) -> None:
        handler.status = 409 if handler.command == "PUT" and "/index" not in handler.path else 200
        plain(handler)

    for verb in ("do_GET", "do_PUT", "do_POST"):
        monkeypatch.setattr(script, verb, conflict_on_creation)
    at(url).close()
    assert script.seen[-1][1] == "/collections/aliases"
