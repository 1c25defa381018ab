"""An OpenAI-compatible chat endpoint on loopback that misbehaves on request."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from services.lm_worker.draft import LlmBrief

Behaviour = Callable[["StubHandler"], None]
_LONGEST_S = 30.0


@dataclass(frozen=True)
class Asked:
    """One request the stub got."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class StubHandler(BaseHTTPRequestHandler):
    """Answers one request as the next behaviour says."""

    protocol_version = "HTTP/1.1"
    stub: "StubLlm"

    def do_POST(self) -> None:
        """Note the request, then behave."""
        length = int(self.headers["content-length"])
        body = json.loads(self.rfile.read(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.stub.requests.append(Asked(self.path, headers, body))
        self.close_connection = True
        try:
            self.stub.next_behaviour()(self)
        except ConnectionError:
            # The client gave up on us, which is what some behaviours are for.
            return

    def reply(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Send a whole reply."""
        self.start(status, len(body), headers)
        self.wfile.write(body)

    def start(self, status: int, length: int, headers: Mapping[str, str] | None = None) -> None:
        """Send the head of a reply."""
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(length))
        self.send_header("connection", "close")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base names it so
        """Say nothing."""


@dataclass
class StubLlm:
    """The endpoint: give it behaviours, look at what it was asked.

    The last behaviour repeats.
    """

    base_url: str = ""
    requests: list[Asked] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    _behaviours: deque[Behaviour] = field(default_factory=deque)

    def behave(self, *behaviours: Behaviour) -> None:
        """Behave like this from now on, one behaviour per request."""
        self._behaviours = deque(behaviours)

    def next_behaviour(self) -> Behaviour:
        """Take the next behaviour; the last one stays."""
        if len(self._behaviours) > 1:
            return self._behaviours.popleft()
        return self._behaviours[0]


def completion(
    content: str | None,
    *,
    finish: str = "stop",
    refusal: str | None = None,
    cached: int = 0,
) -> bytes:
    """A chat completion around a text."""
    return json.dumps(
        {
            "id": "chatcmpl-stub",
            "object": "chat.completion",
            "created": 1,
            "model": "stub",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": finish,
                    "message": {"role": "assistant", "content": content, "refusal": refusal},
                }
            ],
            "usage": {
                "prompt_tokens": 1000,
                "completion_tokens": 200,
                "total_tokens": 1200,
                "prompt_tokens_details": {"cached_tokens": cached},
            },
        }
    ).encode()


def answering(drafts: Sequence[LlmBrief], cached: int = 0) -> Behaviour:
    """A good answer."""
    content = json.dumps({"briefs": [draft.model_dump(mode="json") for draft in drafts]})
    return saying(content, cached=cached)


def saying(content: str | None, **about: Any) -> Behaviour:
    """Any answer, well-formed on the outside."""
    return lambda handler: handler.reply(200, completion(content, **about))


def raw(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Behaviour:
    """Any bytes."""
    return lambda handler: handler.reply(status, body, headers)


def failing(
    status: int, headers: Mapping[str, str] | None = None, code: str | None = None
) -> Behaviour:
    """An error reply in the shape OpenAI uses."""
    body = json.dumps({"error": {"message": "stub", "type": "stub", "code": code}}).encode()
    return raw(body, status, headers)


def hanging(handler: StubHandler) -> None:
    """Take the request and say nothing."""
    handler.stub.released.wait(_LONGEST_S)


def trickling(handler: StubHandler) -> None:
    """Send a byte now and then, so that no single read takes long."""
    handler.start(200, 100_000)
    ends = time.monotonic() + _LONGEST_S
    while time.monotonic() < ends and not handler.stub.released.wait(0.02):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def cutting(handler: StubHandler) -> None:
    """Promise more bytes than come."""
    body = completion("{}")
    handler.start(200, len(body) + 1000)
    handler.wfile.write(body)


@pytest.fixture
def stub_llm() -> Iterator[StubLlm]:
    """A running stub; everything it still holds up is let go at the end."""
    stub = StubLlm()
    handler = type("BoundHandler", (StubHandler,), {"stub": stub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    stub.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield stub
    stub.released.set()
    server.shutdown()
    server.server_close()
    thread.join()
