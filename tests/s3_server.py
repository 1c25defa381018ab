"""An object store of the S3 protocol on loopback that can be told to misbehave."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

Fault = Callable[[str, str], str | None]
"""Method and path to a status line, or None to answer properly."""


class S3Server:
    """A moto server; a conditional write is one step in S3 and two in moto, hence the lock."""

    def __init__(self) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._lock = threading.Lock()
        self._server = make_server("127.0.0.1", 0, self._serve, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.fault: Fault = well
        self.asked: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _serve(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        self.asked.append((method, path))
        status = self.fault(method, path)
        if status is None:
            with self._lock:
                return list(self._moto(environ, start_response))
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        body = f"<Error><Code>{status.partition(' ')[2]}</Code></Error>".encode()
        head = [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))]
        start_response(status, head)
        return [] if method == "HEAD" else [body]


def well(_method: str, _path: str) -> str | None:
    """Answer properly."""
    return None


def always(status: str) -> Fault:
    """Never answer properly."""
    return lambda _method, _path: status


def on(method: str, word: str, status: str) -> Fault:
    """Refuse one method on paths with a word in them."""
    return lambda asked, path: status if asked == method and word in path else None


def every(nth: int, status: str) -> Fault:
    """Refuse one request of so many."""
    seen = iter(range(1, 1_000_000))
    lock = threading.Lock()

    def fault(_method: str, _path: str) -> str | None:
        with lock:
            return status if next(seen) % nth == 0 else None

    return fault


def slow(seconds: float) -> Fault:
    """Answer late."""

    def fault(_method: str, _path: str) -> str | None:
        time.sleep(seconds)
        return None

    return fault
