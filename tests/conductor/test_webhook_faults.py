"""Promises of webhook deliveries while receivers misbehave, over real connections."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import SecretStr
from webhook_fixtures import bring_forward, finish_job

from backlot.blobs.memory import MemoryStore
from backlot.contracts.webhooks import (
    DeliveryState,
    NewWebhookEndpoint,
    WebhookDelivery,
    WebhookEvent,
)
from backlot.egress.addresses import parse_networks
from backlot.egress.client import GuardedClient
from backlot.egress.policy import EgressPolicy
from backlot.egress.wire import Limits
from backlot.line.record import JobRecords
from backlot.line.scripting import Scripts
from backlot.webhooks.endpoints import Endpoints
from backlot.webhooks.outbox import Outbox
from backlot.webhooks.settings import WebhookSettings
from services.conductor.adapters.receiver import Receiver
from services.conductor.webhook_senders import WebhookSenders, make_courier

TIMEOUT_S = 0.6
SETTINGS = WebhookSettings(
    secret=SecretStr("x" * 32), webhook_timeout_s=TIMEOUT_S, webhook_senders=4
)
Behaviour = Callable[[BaseHTTPRequestHandler], None]


class Server(ThreadingHTTPServer):
    """Answers every webhook in one way; remembers ids and how many it had at once."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, behaviour: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviour = behaviour
        self.got: list[tuple[str, float]] = []
        self.open, self.most_open = 0, 0
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where it listens; each server is a host of its own by its port."""
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    """One webhook."""

    server: Server

    def do_POST(self) -> None:
        """Read it whole and behave."""
        self.rfile.read(int(self.headers["content-length"]))
        with self.server.lock:
            self.server.got.append((self.headers["webhook-id"], time.time()))
            self.server.open += 1
            self.server.most_open = max(self.server.most_open, self.server.open)
        try:
            self.server.behaviour(self)
        except OSError:
            pass
        finally:
            with self.server.lock:
                self.server.open -= 1

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
        """Say nothing."""


def answer(status: int, **headers: str) -> Behaviour:
    """A proper answer."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("content-length", "0")
        handler.end_headers()

    return behave


def hang(handler: BaseHTTPRequestHandler) -> None:
    """Say nothing until the client leaves."""
    handler.connection.recv(1)


def slow(handler: BaseHTTPRequestHandler) -> None:
    """Answer just in time."""
    time.sleep(TIMEOUT_S / 2)
    answer(204)(handler)


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Leave after reading."""
    handler.close_connection = True


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Never stop sending."""
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 65_536)


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[Server]:
    """A server for the time of the block."""
    server = Server(behaviour)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Desk:
    """Senders, outbox and endpoints on one Redis."""

    def __init__(self, scripts: Scripts) -> None:
        blobs = MemoryStore()
        self.scripts = scripts
        self.outbox = Outbox(scripts)
        self.endpoints = Endpoints(scripts, blobs, SETTINGS.sealer())
        client = GuardedClient(
            EgressPolicy(allow=parse_networks("127.0.0.0/8")), limits=Limits(total_s=TIMEOUT_S)
        )
        self.courier = make_courier(
            SETTINGS, scripts, blobs, lambda job_id: job_id.encode(), Receiver(client)
        )

    def add(self, server: Server) -> str:
        """An endpoint of a server; returns its id."""
        wish = NewWebhookEndpoint(url=server.url, events=(WebhookEvent.SUCCEEDED,))
        return self.endpoints.add("local", wish).endpoint.endpoint_id

    def deliveries(self, endpoint_id: str) -> list[WebhookDelivery]:
        """All deliveries of an endpoint."""
        return self.outbox.page(endpoint_id, None, 1000)[0]

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Senders at work."""
        stop = threading.Event()
        senders = WebhookSenders(self.courier, SETTINGS, stop)
        senders.start()
        try:
            yield
        finally:
            stop.set()
            senders.join()


@pytest.fixture
def desk(scripts: Scripts) -> Desk:
    """An empty desk."""
    return Desk(scripts)


def until(true: Callable[[], bool], what: str) -> None:
    """Wait for something, or fail naming it."""
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end, f"waited for {what}"
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("behaviour", "note"),
    [
        (answer(500), "not accepted"),
        (answer(301, location="http://169.254.169.254/latest/meta-data/"), "not accepted"),
        (answer(307, location="/"), "not accepted"),
        (hang, "timeout"),
        (reset, "protocol"),
    ],
    ids=["500", "redirect-to-metadata", "redirect-loop", "hang", "reset"],
)
def test_what_a_receiver_does_wrong_is_one_failed_attempt(
    desk: Desk, records: JobRecords, behaviour: Behaviour, note: str
) -> None:
    """It is called once, nothing it says is followed, and the log says what happened."""
    with serving(behaviour) as server:
        endpoint_id = desk.add(server)
        finish_job(records)
        assert desk.courier.deliver_one(10)
        assert len(server.got) == 1
    [one] = desk.deliveries(endpoint_id)
    assert (one.state, one.last_note) == (DeliveryState.PENDING, note)


def test_a_slow_receiver_has_its_time(desk: Desk, records: JobRecords) -> None:
    """What is answered within the limit is delivered; above it, see `hang`, it is a timeout."""
    with serving(slow) as server:
        endpoint_id = desk.add(server)
        finish_job(records)
        assert desk.courier.deliver_one(10)
        assert len(server.got) == 1
    assert [one.state for one in desk.deliveries(endpoint_id)] == [DeliveryState.DELIVERED]


def test_an_endless_answer_counts_by_its_status(desk: Desk, records: JobRecords) -> None:
    """After 64 kB nothing more is read; the 200 was an answer."""
    with serving(endless) as server:
        endpoint_id = desk.add(server)
        finish_job(records)
        assert desk.courier.deliver_one(10)
    assert [one.state for one in desk.deliveries(endpoint_id)] == [DeliveryState.DELIVERED]


def test_a_receiver_that_was_down_gets_everything_once_under_the_same_ids(
    desk: Desk, records: JobRecords, scripts: Scripts
) -> None:
    """Refused while it is down, each event arrives once when it is back, never two at once."""
    with serving(answer(503, retry_after="1800")) as server:
        endpoint_id = desk.add(server)
        for _ in range(5):
            finish_job(records)
        while desk.courier.deliver_one(10):
            pass
        first = [webhook_id for webhook_id, _ in server.got]
        waits = [
            (one.next_attempt_at - one.created_at).total_seconds()
            for one in desk.deliveries(endpoint_id)
            if one.next_attempt_at
        ]
        assert len(waits) == 5
        assert all(1800 <= wait < 1860 for wait in waits)
        server.behaviour, server.got = answer(204), []
        bring_forward(scripts)
        with desk.sending():
            until(lambda: len(server.got) == 5, "the second attempts")
            until(
                lambda: (
                    {one.state for one in desk.deliveries(endpoint_id)} == {DeliveryState.DELIVERED}
                ),
                "their settling",
            )
        assert sorted(webhook_id for webhook_id, _ in server.got) == sorted(first)
        assert server.most_open == 1


def test_dead_receivers_delay_nobody(desk: Desk, records: JobRecords, scripts: Scripts) -> None:
    """Four hang, one of them with 10,000 events: the p95 of healthy deliveries is below 5 s."""
    with serving(hang) as dead, serving(answer(204)) as one, serving(answer(204)) as two:
        ids = [desk.add(dead) for _ in range(4)]
        finish_job(records)
        flood(scripts, ids[0], dead.url, 10_000)
        with desk.sending():
            until(lambda: dead.open == len(ids) or len(dead.got) >= len(ids), "the dead ones")
            desk.add(one)
            desk.add(two)
            ended: dict[str, float] = {}
            for _ in range(25):
                job_id = finish_job(records)
                record = records.get(job_id)
                assert record is not None
                ended[record.fields["final_event"]] = int(record.fields["finished"]) / 1000
            until(lambda: len(one.got) == len(two.got) == 25, "the healthy ones")
        delays = sorted(at - ended[webhook_id] for webhook_id, at in one.got + two.got)
        waiting = scripts.client.zcard(scripts.key("outbox", ids[0]))
    assert delays[int(len(delays) * 0.95)] < 5
    assert waiting > 9_000
    assert (one.most_open, two.most_open) == (1, 1)


def flood(scripts: Scripts, endpoint_id: str, url: str, count: int) -> None:
    """Put many deliveries into an endpoint's outbox at once."""
    pipeline = scripts.client.pipeline(transaction=False)
    for n in range(count):
        fields = {
            "event_id": f"evt_flood_{n}", "type": "job.succeeded", "job_id": "job_flood",
            "tenant": "local", "source": endpoint_id, "receiver": endpoint_id, "url": url,
            "state": "pending", "attempts": 0, "base": 0, "created": 1,
        }  # fmt: skip
        pipeline.hset(scripts.key("delivery", f"flood_{n}"), mapping=fields)
        pipeline.zadd(scripts.key("outbox", endpoint_id), {f"flood_{n}": n})
    pipeline.execute()
