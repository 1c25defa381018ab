"""Receivers that misbehave, each in its own way, on loopback."""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket], object]

_MAX_BODY = 10_000


def reply(head: str, body: bytes = b"") -> Behaviour:
    """Answers properly."""
    return lambda peer: peer.sendall(f"HTTP/1.1 {head}\r\n\r\n".encode() + body)


def endless(peer: socket.socket) -> None:
    """Never stops sending."""
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    while True:
        peer.sendall(b"x" * 65_536)


def trickle_head(peer: socket.socket) -> None:
    """Sends its status line for ever, a byte at a time, so that no single read times out."""
    peer.sendall(b"HTTP/1.1 200 ")
    while True:
        peer.sendall(b"O")
        time.sleep(0.02)


def trickle_body(peer: socket.socket) -> None:
    """Answers at once, then sends its body a byte at a time."""
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        peer.sendall(b"x")
        time.sleep(0.02)


def bomb(peer: socket.socket) -> None:
    """Sends 40 kB that would unpack to 40 MB."""
    body = gzip.compress(b"\0" * 40_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
    peer.sendall(head.encode() + body)


def many_headers(peer: socket.socket) -> None:
    """Never stops sending headers."""
    peer.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        peer.sendall(b"X-Filler: " + b"x" * 8_000 + b"\r\n")


def many_hints(peer: socket.socket) -> None:
    """Never gets beyond interim replies."""
    while True:
        peer.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")


def hang(peer: socket.socket) -> None:
    """Takes the request and says nothing until the client leaves."""
    peer.recv(1)


def nonsense(peer: socket.socket) -> None:
    """Speaks another protocol."""
    peer.sendall(b"220 mail.example ESMTP\r\n")


def cut(peer: socket.socket) -> None:
    """Leaves in the middle of its reply."""
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")


@dataclass(frozen=True)
class Certified:
    """Both ends of TLS for the host `hooks.example` and no other."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@dataclass
class Receiver:
    """A server that meets each request with one behaviour; over TLS when it has a context."""

    behaviour: Behaviour
    tls: ssl.SSLContext | None = None
    requests: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._peers: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook?a=b"

    def close(self) -> None:
        """Stop, and throw everybody out."""
        # Shutting down wakes the thread in accept(); closing alone would not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for peer in self._peers:
            with suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            self._peers.append(peer)
            with suppress(OSError), peer:
                self._meet(peer)

    def _meet(self, peer: socket.socket) -> None:
        if self.tls is None:
            self._answer(peer)
            return
        with self.tls.wrap_socket(peer, server_side=True) as secured:
            self._answer(secured)

    def _answer(self, peer: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            received = peer.recv(65_536)
            if not received:
                return
            request += received
        head, _, body = request.partition(b"\r\n\r\n")
        left = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]) - len(body)
        if left <= _MAX_BODY:  # a larger one is for behaviours that do not read it
            while left > 0 and (received := peer.recv(left)):
                request, left = request + received, left - len(received)
        self.requests.append(request)
        self.behaviour(peer)
