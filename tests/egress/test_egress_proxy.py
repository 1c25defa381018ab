"""The way out through a proxy."""

import base64
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from ipaddress import ip_address

import egress_receivers as receivers
import pytest

from backlot.contracts.errors import ConfigurationError
from backlot.egress.client import GuardedClient
from backlot.egress.errors import EgressFailedError, EgressRefusedError
from backlot.egress.policy import EgressPolicy
from backlot.egress.tunnel import EgressProxy, parse_proxy
from backlot.egress.wire import Limits

MakeReceiver = Callable[..., receivers.Receiver]
OK = receivers.reply("200 OK\r\nContent-Length: 2", b"ok")
BRIEF = Limits(total_s=0.5)


class Proxy:
    """A CONNECT proxy that carries everything to one port of this machine."""

    def __init__(self, port: int, answer: bytes = b"HTTP/1.1 200 OK\r\nVia: x\r\n\r\n") -> None:
        self.asked: list[bytes] = []
        self._port = port
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def way(self) -> EgressProxy:
        """How it is reached."""
        return EgressProxy("127.0.0.1", self._listener.getsockname()[1])

    def close(self) -> None:
        """Stop."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            with suppress(OSError), peer:
                self._carry(peer)

    def _carry(self, peer: socket.socket) -> None:
        asked = b""
        while not asked.endswith(b"\r\n\r\n"):
            asked += peer.recv(1)
        self.asked.append(asked)
        peer.sendall(self._answer)
        if not self._answer.startswith(b"HTTP/1.1 200") or not self._answer.endswith(b"\r\n\r\n"):
            return
        with socket.create_connection(("127.0.0.1", self._port)) as target:
            back = threading.Thread(target=_copy, args=(target, peer))
            back.start()
            _copy(peer, target)
            back.join()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def proxy() -> Iterator[Callable[..., Proxy]]:
    """Makes proxies and stops them after the test."""
    made: list[Proxy] = []

    def make(port: int, **how: bytes) -> Proxy:
        made.append(Proxy(port, **how))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_a_call_goes_through_the_proxy_to_the_checked_address(
    receiver: MakeReceiver, proxy: Callable[..., Proxy], certified: receivers.Certified
) -> None:
    """The proxy is asked for the address, never for the name; TLS is with the host itself."""
    hook = receiver(OK, certified.server)
    way = proxy(hook.port)
    client = GuardedClient(
        EgressPolicy(),
        resolver=lambda _host, _port: [ip_address("93.184.216.34")],
        tls=certified.client,
        proxy=way.way,
    )
    assert client.send("POST", "https://hooks.example/x").status == 200
    assert way.asked == [b"CONNECT 93.184.216.34:443 HTTP/1.1\r\nHost: 93.184.216.34:443\r\n\r\n"]
    assert b"Host: hooks.example\r\n" in hook.requests[0]


def test_behind_a_proxy_the_rules_are_the_same(proxy: Callable[..., Proxy]) -> None:
    """An address inside is refused before the proxy hears of it."""
    way = proxy(9)
    client = GuardedClient(EgressPolicy(), proxy=way.way)
    with pytest.raises(EgressRefusedError):
        client.send("POST", "https://169.254.169.254/")
    assert way.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", b"HTTP/1.1 403 200 no\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 9000,
    ],
)  # fmt: skip
def test_a_proxy_that_says_no_is_a_failure_that_may_pass(
    receiver: MakeReceiver, proxy: Callable[..., Proxy], answer: bytes, loopback: EgressPolicy
) -> None:
    """No other way is tried."""
    hook = receiver(OK)
    client = GuardedClient(loopback, limits=BRIEF, proxy=proxy(hook.port, answer=answer).way)
    with pytest.raises(EgressFailedError) as caught:
        client.send("POST", hook.url)
    assert caught.value.reason == "connect"
    assert hook.requests == []


def test_a_silent_proxy_ends_with_the_call(loopback: EgressPolicy) -> None:
    """The whole call's limit holds for the proxy as well."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        way = EgressProxy("127.0.0.1", silent.getsockname()[1])
        client = GuardedClient(loopback, limits=BRIEF, proxy=way)
        with pytest.raises(EgressFailedError) as caught:
            client.send("POST", "http://127.0.0.1:9/")
    assert caught.value.reason == "timeout"


def test_a_proxy_is_read_from_its_setting() -> None:
    """Host, port and, if wanted, name and password."""
    assert parse_proxy("") is None
    assert parse_proxy("http://smokescreen:4750") == EgressProxy("smokescreen", 4750)
    words = base64.b64encode(b"me:p@ss").decode()
    assert parse_proxy("http://me:p%40ss@[::1]:4750/") == EgressProxy("::1", 4750, f"Basic {words}")


@pytest.mark.parametrize(
    "text",
    ["smokescreen:4750", "https://s:1", "http://s", "http://:1", "http://s:x", "http://s:1/p"],
)
def test_a_wrong_proxy_setting_stops_the_start(text: str) -> None:
    """What is no proxy is refused without repeating it."""
    with pytest.raises(ConfigurationError) as caught:
        parse_proxy(text)
    assert text not in str(caught.value)
