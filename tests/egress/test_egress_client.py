"""Calls that are made, and receivers that would like more than that."""

import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from itertools import count

import egress_receivers as receivers
import pytest

from backlot.egress.addresses import Address
from backlot.egress.client import GuardedClient
from backlot.egress.errors import EgressFailedError, EgressRefusedError
from backlot.egress.policy import EgressPolicy
from backlot.egress.wire import Limits

MakeReceiver = Callable[..., receivers.Receiver]
OK = receivers.reply("200 OK\r\nContent-Length: 2", b"ok")
BRIEF = Limits(connect_s=5, read_s=5, write_s=5, total_s=0.5)


def stands_for(*texts: str) -> Callable[[str, int], Sequence[Address]]:
    """A resolver that gives these addresses for every name."""
    return lambda _host, _port: [ip_address(text) for text in texts]


class TestReply:
    """A receiver that behaves."""

    def test_sends_and_reads(self, receiver: MakeReceiver, loopback: EgressPolicy) -> None:
        """Method, path, headers and body arrive; status, a few headers and the body come back."""
        hook = receiver(
            receivers.reply(
                "429 Slow Down\r\nRetry-After: 7\r\nSet-Cookie: a=b\r\nContent-Length: 4", b"busy"
            )
        )
        reply = GuardedClient(loopback).send(
            "POST", hook.url, headers={"Webhook-Id": "evt_1"}, content=b'{"a":1}'
        )
        assert (reply.status, reply.body, reply.truncated) == (429, b"busy", False)
        assert dict(reply.headers) == {"retry-after": "7"}
        request = hook.requests[0]
        assert request.startswith(b"POST /hook?a=b HTTP/1.1\r\n")
        assert f"Host: 127.0.0.1:{hook.port}\r\n".encode() in request
        assert b"Webhook-Id: evt_1\r\n" in request
        assert b"Content-Length: 7\r\n" in request
        assert b"Accept-Encoding: identity\r\n" in request
        assert request.endswith(b'\r\n\r\n{"a":1}')

    def test_follows_no_redirect(self, receiver: MakeReceiver, loopback: EgressPolicy) -> None:
        """A redirect is an answer like any other; the place it names is never asked."""
        inside = receiver(OK)
        hook = receiver(
            receivers.reply(f"307 Moved\r\nLocation: {inside.url}\r\nContent-Length: 0")
        )
        reply = GuardedClient(loopback).send("POST", hook.url)
        assert reply.status == 307
        assert reply.headers["location"] == inside.url
        assert inside.requests == []

    def test_ignores_the_environment(
        self, receiver: MakeReceiver, loopback: EgressPolicy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A proxy in the environment does not see the call."""
        proxy, hook = receiver(OK), receiver(OK)
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert GuardedClient(loopback).send("POST", hook.url).status == 200
        assert proxy.requests == []

    def test_is_shared_by_threads(self, receiver: MakeReceiver, loopback: EgressPolicy) -> None:
        """Many threads use one client, each gets the answer to its own call."""
        hooks = [
            receiver(receivers.reply(f"{status} S\r\nContent-Length: 0")) for status in (201, 410)
        ]
        client = GuardedClient(loopback)
        with ThreadPoolExecutor(8) as pool:
            replies = pool.map(lambda n: client.send("POST", hooks[n % 2].url).status, range(40))
            assert list(replies) == [201, 410] * 20

    @pytest.mark.parametrize(
        "headers",
        [
            {"Host": "other.example"},
            {"Content-Length": "0"},
            {"transfer-encoding": "chunked"},
            {"X": "a\r\nHost: other.example"},
            {"X\r\nY": "a"},
            {"X": "ключ"},
        ],
    )
    def test_refuses_dangerous_headers(
        self, loopback: EgressPolicy, headers: dict[str, str]
    ) -> None:
        """Nothing that a caller puts into headers can change where or how a request goes."""
        with pytest.raises(ValueError, match=r"header|value"):
            GuardedClient(loopback).send("POST", "http://127.0.0.1:9/", headers=headers)


class TestAddresses:
    """Where the packets go."""

    @pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "https://127.0.0.1:8443/"])
    def test_production_never_calls_inside(self, receiver: MakeReceiver, url: str) -> None:
        """With the policy of production this machine cannot be called."""
        hook = receiver(OK)
        with pytest.raises(EgressRefusedError):
            GuardedClient(EgressPolicy()).send("POST", url.format(port=hook.port))
        assert hook.requests == []

    @pytest.mark.parametrize(
        "addresses",
        [
            ["127.0.0.1"],
            ["8.8.8.8", "127.0.0.1"],
            ["127.0.0.1", "8.8.8.8"],
            ["2606:4700::1111", "::ffff:127.0.0.1"],
            ["8.8.8.8", "8.8.4.4", "169.254.169.254"],
            ["64:ff9b::7f00:1"],
        ],
    )
    def test_one_inner_address_refuses_the_name(self, addresses: list[str]) -> None:
        """A name that stands for public and inner addresses alike is not called at all."""
        client = GuardedClient(EgressPolicy(), resolver=stands_for(*addresses))
        with pytest.raises(EgressRefusedError) as caught:
            client.send("POST", "https://hooks.example/")
        assert caught.value.reason == "address-inside"

    def test_rebinding_finds_no_second_lookup(
        self, receiver: MakeReceiver, loopback: EgressPolicy
    ) -> None:
        """A name whose answer changes after the check is called at the address that was checked."""
        checked, later = receiver(OK), receiver(OK)
        lookups = count()

        def rebinding(host: str, port: int) -> Sequence[Address]:
            assert (host, port) == ("hooks.example", checked.port)
            return [ip_address("127.0.0.1" if next(lookups) == 0 else "10.0.0.1")]

        client = GuardedClient(loopback, resolver=rebinding)
        url = f"http://hooks.example:{checked.port}/"
        assert client.send("POST", url).status == 200
        assert f"Host: hooks.example:{checked.port}\r\n".encode() in checked.requests[0]
        assert next(lookups) == 1
        assert later.requests == []
        # The next call asks again, and this time the answer is refused.
        with pytest.raises(EgressRefusedError):
            client.send("POST", url)

    def test_tries_the_next_address(self, receiver: MakeReceiver, loopback: EgressPolicy) -> None:
        """When the first checked address takes no connection the next checked one is called."""
        hook = receiver(OK)
        client = GuardedClient(loopback, resolver=stands_for("127.0.0.9", "127.0.0.1"))
        assert client.send("POST", f"http://hooks.example:{hook.port}/").status == 200

    def test_nobody_listens(self, loopback: EgressPolicy) -> None:
        """A closed port is a failure that may pass, not a refusal."""
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))
            with pytest.raises(EgressFailedError) as caught:
                GuardedClient(loopback).send(
                    "POST", f"http://127.0.0.1:{reserved.getsockname()[1]}/"
                )
        assert caught.value.reason == "connect"

    def test_no_address(self, loopback: EgressPolicy) -> None:
        """A name without addresses fails."""
        with pytest.raises(EgressFailedError) as caught:
            GuardedClient(loopback, resolver=stands_for()).send("POST", "http://hooks.example/")
        assert caught.value.reason == "dns"


class TestTls:
    """The certificate is the host's, although the connection goes to an address."""

    def test_asks_for_the_host(
        self, receiver: MakeReceiver, loopback: EgressPolicy, certified: receivers.Certified
    ) -> None:
        """The server is told the host's name and its certificate is checked against it."""
        names: list[str | None] = []
        certified.server.sni_callback = lambda _socket, name, _context: names.append(name)
        hook = receiver(OK, certified.server)
        client = GuardedClient(loopback, resolver=stands_for("127.0.0.1"), tls=certified.client)
        assert client.send("POST", f"https://hooks.example:{hook.port}/x").body == b"ok"
        assert names == ["hooks.example"]

    @pytest.mark.parametrize("host", ["other.example", "127.0.0.1"])
    def test_refuses_the_certificate_of_another(
        self,
        receiver: MakeReceiver,
        loopback: EgressPolicy,
        certified: receivers.Certified,
        host: str,
    ) -> None:
        """A certificate that does not name the host ends the call before anything is sent."""
        hook = receiver(OK, certified.server)
        client = GuardedClient(loopback, resolver=stands_for("127.0.0.1"), tls=certified.client)
        with pytest.raises(EgressFailedError) as caught:
            client.send("POST", f"https://{host}:{hook.port}/")
        assert caught.value.reason == "tls"
        assert hook.requests == []

    def test_refuses_strangers(
        self, receiver: MakeReceiver, loopback: EgressPolicy, certified: receivers.Certified
    ) -> None:
        """A certificate of no known authority is refused by default."""
        hook = receiver(OK, certified.server)
        client = GuardedClient(loopback, resolver=stands_for("127.0.0.1"))
        with pytest.raises(EgressFailedError) as caught:
            client.send("POST", f"https://hooks.example:{hook.port}/")
        assert caught.value.reason == "tls"

    def test_plain_text_is_no_handshake(
        self, receiver: MakeReceiver, loopback: EgressPolicy
    ) -> None:
        """A receiver that does not speak TLS fails."""
        hook = receiver(receivers.nonsense)
        with pytest.raises(EgressFailedError):
            GuardedClient(loopback, limits=BRIEF).send("POST", f"https://127.0.0.1:{hook.port}/")
