"""Promises of webhook deliveries."""

import base64
import json
import time
from collections.abc import Callable

import pytest
from record_fixtures import make_manifest
from standardwebhooks import Webhook

from backlot.contracts.errors import ConfigurationError, UnavailableError
from backlot.contracts.hints import Hint
from backlot.contracts.stages import Stage
from backlot.line.record import Claim, JobRecords
from backlot.line.scripting import Scripts
from backlot.line.upkeep import Upkeep
from services.conductor.adapters.receiver import retry_after_s
from services.conductor.webhooks import Answer, Courier, Signer, derived_secret

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


class Receiver:
    """Answers as told and remembers what it was sent."""

    def __init__(self, *answers: Answer | UnavailableError) -> None:
        self.answers = list(answers)
        self.got: list[tuple[str, bytes, dict[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Take one webhook."""
        self.got.append((url, body, headers))
        answer = self.answers.pop(0)
        if isinstance(answer, UnavailableError):
            raise answer
        return answer


MakeCourier = Callable[[Receiver], Courier]


@pytest.fixture
def courier_to(records: JobRecords, upkeep: Upkeep) -> MakeCourier:
    """A courier with one finished job in its outbox."""
    manifest = make_manifest(webhook_url="https://example.com/hook")
    records.create(manifest)
    line = (Stage.CAPTION, Stage.REFINE, Stage.MATCH)
    for stage, after in zip(line, (*line[1:], None), strict=True):
        hint = Hint(job_id=manifest.job_id, stage=stage, generation=1)
        held = records.claim(hint, "w")
        assert isinstance(held, Claim)
        records.commit(held, "{}", "{}", line, after)

    def make(receiver: Receiver) -> Courier:
        return Courier(
            upkeep,
            lambda job_id: json.dumps({"job_id": job_id}).encode(),
            receiver,
            Signer(SECRET),
            (60.0, 600.0),
            lambda: 1_800_000_000.0,
        )

    return make


def make_due(scripts: Scripts) -> str:
    """Bring every delivery forward; returns the state of the one there is."""
    outbox = scripts.key("outbox")
    for event_id in scripts.client.zrange(outbox, 0, -1):
        scripts.client.zadd(outbox, {event_id: 0})
    [key] = [
        k for k in scripts.client.scan_iter(scripts.key("delivery", "*")) if not k.endswith(":log")
    ]
    return str(scripts.client.hget(key, "state"))


def test_the_peer_library_verifies_our_signature() -> None:
    """The `standardwebhooks` package accepts what we sign and refuses a changed body."""
    body = b'{"job_id":"job_1"}'
    headers = Signer(SECRET).headers("evt_1", int(time.time()), body)
    assert Webhook(SECRET).verify(body, headers) == {"job_id": "job_1"}
    with pytest.raises(Exception, match="signature"):
        Webhook(SECRET).verify(b'{"job_id":"job_2"}', headers)


def test_the_specification_vector_is_met() -> None:
    """The published example of Standard Webhooks gives its published signature."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = Signer(secret).headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["plain", "whsec_c2hvcnQ="])
def test_a_weak_secret_is_refused(secret: str) -> None:
    """A secret without prefix or with too few bytes never signs."""
    with pytest.raises(ConfigurationError):
        Signer(secret)


def test_a_derived_secret_is_a_good_one() -> None:
    """What is derived from the installation's secret can sign; from nothing, nothing is derived."""
    with pytest.raises(ConfigurationError):
        derived_secret(b"")
    assert Signer(derived_secret(b"x" * 32)).headers("evt", 1, b"")["webhook-id"] == "evt"


def test_a_delivered_webhook_is_not_sent_again(courier_to: MakeCourier, scripts: Scripts) -> None:
    """After a 2xx nothing is left in the outbox."""
    receiver = Receiver(Answer(204, None))
    courier = courier_to(receiver)
    assert courier.deliver_one(10)
    assert make_due(scripts) == "delivered"
    assert not courier.deliver_one(10)
    assert len(receiver.got) == 1


def test_failures_are_retried_under_one_id_until_the_schedule_ends(
    courier_to: MakeCourier, scripts: Scripts
) -> None:
    """500, no answer, 500: three attempts with the same id, then the delivery has failed."""
    receiver = Receiver(Answer(500, None), UnavailableError("reset"), Answer(302, None))
    courier = courier_to(receiver)
    states = []
    for _ in range(3):
        assert courier.deliver_one(10)
        states.append(make_due(scripts))
    assert states == ["pending", "pending", "failed"]
    assert len({headers["webhook-id"] for _, _, headers in receiver.got}) == 1
    assert not courier.deliver_one(10)


def test_gone_ends_the_delivery(courier_to: MakeCourier, scripts: Scripts) -> None:
    """410 means that the receiver wants no more."""
    courier = courier_to(Receiver(Answer(410, None)))
    courier.deliver_one(10)
    assert make_due(scripts) == "disabled"


@pytest.mark.parametrize(
    ("retry_after", "low", "high"), [(None, 48, 72), (100.0, 100, 100), (9999.0, 120, 120)]
)
def test_retry_after_is_respected_within_reason(
    courier_to: MakeCourier,
    scripts: Scripts,
    retry_after: float | None,
    low: float,
    high: float,
) -> None:
    """The next attempt waits as planned with jitter, or as asked for, at most double."""
    courier_to(Receiver(Answer(429, retry_after))).deliver_one(10)
    seconds, micros = scripts.client.time()
    [(_, at_ms)] = scripts.client.zrange(scripts.key("outbox"), 0, -1, withscores=True)
    wait_s = at_ms / 1000 - (seconds + micros / 1e6)
    assert low - 1 <= wait_s <= high + 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [("120", 120.0), (None, None), ("soon", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None)],
)
def test_only_plain_seconds_count_as_retry_after(value: str | None, expected: float | None) -> None:
    """A header we cannot use counts as absent."""
    assert retry_after_s(value) == expected
