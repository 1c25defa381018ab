"""Promises of webhook deliveries."""

import json

import pytest
from webhook_fixtures import HOOK, bring_forward, finish_job

from backlot.blobs.memory import MemoryStore
from backlot.contracts.errors import BacklotError, UnavailableError
from backlot.contracts.webhooks import (
    DeliveryState,
    NewWebhookEndpoint,
    WebhookDelivery,
    WebhookEvent,
)
from backlot.egress.errors import EgressFailedError, EgressRefusedError
from backlot.line.record import JobRecords
from backlot.line.scripting import Scripts
from backlot.webhooks.endpoints import Endpoints, Made
from backlot.webhooks.keyring import Keyring
from backlot.webhooks.outbox import Delivery, Outbox
from backlot.webhooks.sealing import Sealer
from backlot.webhooks.verifying import Verifier
from services.conductor.adapters.receiver import retry_after_s
from services.conductor.webhooks import Answer, Courier, Schedule

NOW = 1_800_000_000.0
KEYRING = Keyring(b"x" * 32)
SCHEDULE = Schedule((60.0, 600.0), 0.2)


class Receiver:
    """Answers as told and remembers what it was sent."""

    def __init__(self, *answers: Answer | BacklotError) -> None:
        self.answers = list(answers)
        self.got: list[tuple[str, bytes, dict[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Take one webhook."""
        self.got.append((url, body, headers))
        answer = self.answers.pop(0) if self.answers else Answer(204, None)
        if isinstance(answer, BacklotError):
            raise answer
        return answer


class Desk:
    """A courier and everything around it."""

    def __init__(self, scripts: Scripts, records: JobRecords) -> None:
        self.scripts = scripts
        self.records = records
        self.blobs = MemoryStore()
        self.endpoints = Endpoints(scripts, self.blobs, Sealer(b"x" * 32), lambda: NOW)
        self.outbox = Outbox(scripts)

    def courier(self, receiver: Receiver, secret: bytes = b"x" * 32) -> Courier:
        """A courier that sends to this receiver."""

        def bodies(delivery: Delivery) -> bytes | None:
            about = delivery.job_id or delivery.about
            return None if self.records.get(about) is None else json.dumps({"of": about}).encode()

        return Courier(
            outbox=self.outbox,
            endpoints=Endpoints(self.scripts, self.blobs, Sealer(secret), lambda: NOW),
            keyring=KEYRING,
            bodies=bodies,
            post=receiver,
            schedule=SCHEDULE,
            clock=lambda: NOW,
        )

    def add(self, *events: WebhookEvent) -> Made:
        """An endpoint."""
        return self.endpoints.add(
            "local", NewWebhookEndpoint(url=HOOK, events=events or (WebhookEvent.SUCCEEDED,))
        )

    def only(self, job_id: str) -> WebhookDelivery:
        """The one delivery to the address a job named, with its log."""
        [one] = self.outbox.page(job_id, None, 5)[0]
        return self.outbox.show("local", one.delivery_id)

    def deliver(self, receiver: Receiver) -> None:
        """One attempt, which must be due."""
        bring_forward(self.scripts)
        assert self.courier(receiver).deliver_one(10)


@pytest.fixture
def desk(scripts: Scripts, records: JobRecords) -> Desk:
    """An empty desk."""
    return Desk(scripts, records)


def test_a_delivered_webhook_is_not_sent_again(desk: Desk) -> None:
    """After a 2xx nothing is left in the outbox."""
    receiver, job_id = Receiver(), finish_job(desk.records, hook=HOOK)
    desk.deliver(receiver)
    bring_forward(desk.scripts)
    assert not desk.courier(receiver).deliver_one(10)
    assert desk.only(job_id).state is DeliveryState.DELIVERED
    assert [url for url, _, _ in receiver.got] == [HOOK]


def test_a_jobs_own_address_gets_the_tenants_signature(desk: Desk) -> None:
    """Signed with the tenant's secret and with the installation's public key, as of now."""
    receiver, _ = Receiver(), finish_job(desk.records, hook=HOOK)
    desk.deliver(receiver)
    [(_, body, headers)] = receiver.got
    assert headers["backlot-event"] == "job.succeeded"
    for key in (KEYRING.tenant_secret("local"), KEYRING.public[0].text):
        assert Verifier([key], clock=lambda: NOW).verify(body, headers) == headers["webhook-id"]


def test_an_endpoint_gets_its_own_signature_also_while_it_changes(desk: Desk) -> None:
    """Its secret signs, and during a rotation both do; another endpoint's does not."""
    receiver, made, other = Receiver(), desk.add(), desk.add(WebhookEvent.FAILED)
    rotated = desk.endpoints.rotate("local", made.endpoint.endpoint_id, 60)
    finish_job(desk.records)
    desk.deliver(receiver)
    [(_, body, headers)] = receiver.got
    for key in (made.secret, rotated.secret, KEYRING.public[0].text):
        Verifier([key], clock=lambda: NOW).verify(body, headers)
    for key in (other.secret, KEYRING.tenant_secret("local")):
        with pytest.raises(BacklotError):
            Verifier([key], clock=lambda: NOW).verify(body, headers)


def test_failures_are_retried_under_one_id_until_the_schedule_ends(desk: Desk) -> None:
    """No answer, a redirect, refused: three attempts with one id, then the delivery has failed."""
    receiver = Receiver(
        UnavailableError("reset"), Answer(302, None), EgressRefusedError("address-inside", "")
    )
    job_id, states = finish_job(desk.records, hook=HOOK), []
    for _ in range(3):
        desk.deliver(receiver)
        states.append(desk.only(job_id).state.value)
    assert states == ["pending", "pending", "failed"]
    assert len({headers["webhook-id"] for _, _, headers in receiver.got}) == 1
    assert [(one.status, one.note) for one in desk.only(job_id).log] == [
        (None, "UnavailableError"), (302, "not accepted"), (None, "address-inside"),
    ]  # fmt: skip
    bring_forward(desk.scripts)
    assert not desk.courier(receiver).deliver_one(10)


def test_gone_ends_an_address_and_disables_an_endpoint(desk: Desk) -> None:
    """410 means that the receiver wants no more, of this job or of all."""
    job_id = finish_job(desk.records, hook=HOOK)
    desk.deliver(Receiver(Answer(410, None)))
    assert desk.only(job_id).state is DeliveryState.DISABLED
    made = desk.add()
    finish_job(desk.records)
    desk.deliver(Receiver(Answer(410, None)))
    assert desk.endpoints.get("local", made.endpoint.endpoint_id).disabled_reason == "gone"
    [kept] = [desk.blobs.get(key) for key in desk.blobs.keys("webhook-endpoints/")]
    assert json.loads(kept)["status"] == "disabled"


def test_what_is_gone_is_not_sent_and_nobody_is_blamed(desk: Desk) -> None:
    """A deleted job's webhook ends, and its receiver does not count as failing."""
    receiver, made, job_id = Receiver(), desk.add(), finish_job(desk.records)
    desk.scripts.client.delete(desk.scripts.key("job", job_id))
    desk.deliver(receiver)
    assert receiver.got == []
    assert desk.endpoints.get("local", made.endpoint.endpoint_id).failing_since is None


def test_a_secret_that_cannot_be_opened_blames_nobody(desk: Desk) -> None:
    """After BACKLOT_SECRET was changed nothing is sent unsigned; it is tried again later."""
    receiver, made = Receiver(), desk.add()
    finish_job(desk.records)
    assert desk.courier(receiver, secret=b"y" * 32).deliver_one(10)
    assert receiver.got == []
    [one] = desk.outbox.page(made.endpoint.endpoint_id, None, 5)[0]
    assert one.state is DeliveryState.PENDING
    assert desk.endpoints.get("local", made.endpoint.endpoint_id).failing_since is None


@pytest.mark.parametrize(
    ("answer", "low", "high"),
    [
        (Answer(500, None), 48, 72), (Answer(429, 100.0), 100, 100), (Answer(503, 9.0), 48, 72),
        (Answer(429, 99_999.0), 600, 600), (EgressFailedError("timeout", ""), 48, 72),
    ],
)  # fmt: skip
def test_the_next_attempt_waits_as_planned_or_as_asked(
    desk: Desk, answer: Answer | BacklotError, low: float, high: float
) -> None:
    """A fifth more or less than planned; Retry-After is honoured up to the longest delay."""
    job_id = finish_job(desk.records, hook=HOOK)
    desk.deliver(Receiver(answer))
    one = desk.only(job_id)
    assert one.next_attempt_at is not None
    waits_s = (one.next_attempt_at - one.log[-1].at).total_seconds()
    assert low - 0.01 <= waits_s <= high + 0.01


def test_the_default_schedule_is_ten_attempts_over_three_days() -> None:
    """Ten attempts, the last about 75 hours after the first."""
    from backlot.webhooks.settings import WebhookSettings

    delays = WebhookSettings().webhook_schedule_s
    assert len(delays) + 1 == 10
    assert 3 * 86_400 <= sum(delays) <= 3.2 * 86_400


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120.0), (" 7 ", 7.0), (None, None), ("", None), ("soon", None), ("-5", None),
        ("Fri, 15 Jan 2027 08:00:30 GMT", 30.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0.0),
        ("1e9", None), ("²", None),
    ],
)  # fmt: skip
def test_retry_after_is_read_in_both_its_forms(value: str | None, expected: float | None) -> None:
    """Seconds or a date; what cannot be used counts as absent."""
    assert retry_after_s(value, NOW) == expected
