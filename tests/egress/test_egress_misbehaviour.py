"""Receivers that hang, flood, lie and leave."""

import threading
from collections.abc import Callable

import egress_receivers as receivers
import pytest

from backlot.egress.client import GuardedClient
from backlot.egress.errors import EgressFailedError
from backlot.egress.policy import EgressPolicy
from backlot.egress.wire import Limits

MakeReceiver = Callable[..., receivers.Receiver]
BRIEF = Limits(connect_s=5, read_s=5, write_s=5, total_s=0.5)


class TestMisbehaviour:
    """Receivers that hang, flood, lie and leave."""

    @pytest.mark.parametrize("behaviour", [receivers.endless, receivers.bomb])
    def test_reads_no_more_than_it_may(
        self, receiver: MakeReceiver, loopback: EgressPolicy, behaviour: receivers.Behaviour
    ) -> None:
        """An endless reply is cut, a packed one is not unpacked."""
        hook = receiver(behaviour)
        reply = GuardedClient(loopback, max_bytes=10_000).send("POST", hook.url)
        assert reply.status == 200
        assert len(reply.body) == 10_000
        assert reply.truncated

    def test_keeps_64_kib_by_default(self, receiver: MakeReceiver, loopback: EgressPolicy) -> None:
        """Without another word a reply is at most 64 KiB."""
        reply = GuardedClient(loopback).send("POST", receiver(receivers.endless).url)
        assert len(reply.body) == 65_536

    @pytest.mark.parametrize(
        "behaviour", [receivers.hang, receivers.trickle_head, receivers.many_hints]
    )
    def test_ends_when_its_time_is_over(
        self, receiver: MakeReceiver, loopback: EgressPolicy, behaviour: receivers.Behaviour
    ) -> None:
        """Silence and trickling end at the total limit, though no single read ever times out."""
        with pytest.raises(EgressFailedError) as caught:
            GuardedClient(loopback, limits=BRIEF).send("POST", receiver(behaviour).url)
        assert caught.value.reason == "timeout"

    @pytest.mark.parametrize("behaviour", [receivers.trickle_body, receivers.cut])
    def test_a_broken_body_does_not_undo_the_status(
        self, receiver: MakeReceiver, loopback: EgressPolicy, behaviour: receivers.Behaviour
    ) -> None:
        """The receiver has answered; that the rest did not come is said, no more."""
        reply = GuardedClient(loopback, limits=BRIEF).send("POST", receiver(behaviour).url)
        assert reply.status == 200
        assert reply.truncated

    @pytest.mark.parametrize("behaviour", [receivers.nonsense, receivers.many_headers])
    def test_what_is_not_http_fails(
        self, receiver: MakeReceiver, loopback: EgressPolicy, behaviour: receivers.Behaviour
    ) -> None:
        """Another protocol, or headers without end, is a failure, read no further."""
        with pytest.raises(EgressFailedError) as caught:
            GuardedClient(loopback).send("POST", receiver(behaviour).url)
        assert caught.value.reason == "protocol"

    def test_a_receiver_that_takes_nothing_is_left(
        self, receiver: MakeReceiver, loopback: EgressPolicy
    ) -> None:
        """A large body to a receiver that stops reading ends at the total limit too."""
        hook = receiver(lambda _peer: threading.Event().wait(1))
        with pytest.raises(EgressFailedError) as caught:
            GuardedClient(loopback, limits=BRIEF).send("POST", hook.url, content=b"x" * 50_000_000)
        assert caught.value.reason == "timeout"
