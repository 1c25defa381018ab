"""Webhooks: signed as Standard Webhooks v1, retried on a schedule, one id for all attempts."""

import base64
import hashlib
import hmac
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import structlog

from backlot.contracts.errors import BacklotError, ConfigurationError, UnavailableError
from backlot.line.upkeep import Delivery, Upkeep

log = structlog.get_logger()
JITTER = 0.2
MIN_SECRET_BYTES = 16
MAX_RETRY_AFTER_FACTOR = 2.0


class Answer(NamedTuple):
    """What a receiver said."""

    status: int
    retry_after_s: float | None


class Post(Protocol):
    """Sends one request to a receiver; raises `BacklotError` when there was no answer."""

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send and wait for the answer."""
        ...


class Signer:
    """Standard Webhooks ``v1``: HMAC-SHA256 over id, timestamp and body, joined by full stops.

    Args:
        secret: ``whsec_`` and 24 to 64 bytes in base64.
    """

    def __init__(self, secret: str) -> None:
        if not secret.startswith("whsec_"):
            raise ConfigurationError("a webhook secret starts with whsec_")
        self._key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        if not 24 <= len(self._key) <= 64:  # noqa: PLR2004  # the specification's limits
            raise ConfigurationError("a webhook secret has 24 to 64 bytes")

    def headers(self, event_id: str, timestamp: int, body: bytes) -> dict[str, str]:
        """The three headers that let a receiver check where a body comes from."""
        signed = b".".join((event_id.encode(), str(timestamp).encode(), body))
        digest = hmac.new(self._key, signed, hashlib.sha256).digest()
        return {
            "webhook-id": event_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": "v1," + base64.b64encode(digest).decode(),
        }


def derived_secret(secret: bytes) -> str:
    """A webhook secret made from the installation's secret, when none is set."""
    if len(secret) < MIN_SECRET_BYTES:
        raise ConfigurationError("set BACKLOT_WEBHOOK_SECRET, or BACKLOT_SECRET with 16 bytes")
    key = hmac.new(secret, b"backlot webhooks", hashlib.sha256).digest()
    return "whsec_" + base64.b64encode(key).decode()


class Courier:
    """Delivers what is in the outbox, one attempt at a time.

    Args:
        upkeep: Holds the outbox.
        body_of: The body of a job, as GET shows it.
        post: Sends.
        signer: Signs.
        schedule_s: Delay after each failed attempt; after the last the delivery has failed.
        clock: Unix time, seconds.
    """

    def __init__(
        self,
        upkeep: Upkeep,
        body_of: Callable[[str], bytes | None],
        post: Post,
        signer: Signer,
        schedule_s: Sequence[float],
        clock: Callable[[], float],
    ) -> None:
        self._upkeep = upkeep
        self._body_of = body_of
        self._post = post
        self._signer = signer
        self._schedule_s = schedule_s
        self._clock = clock

    def deliver_one(self, lease_s: float) -> bool:
        """Take a due delivery and try it; False when none is due."""
        delivery = self._upkeep.take_delivery(lease_s)
        if delivery is None:
            return False
        body = self._body_of(delivery.job_id)
        if body is None:
            self._upkeep.settle_delivery(delivery, "failed", status="-", note="job is gone")
            return True
        headers = {
            "content-type": "application/json",
            "user-agent": "Backlot-Webhooks/1",
            **self._signer.headers(delivery.event_id, int(self._clock()), body),
        }
        try:
            answer = self._post(delivery.url, body, headers)
        except UnavailableError as error:
            self._retry(delivery, "-", type(error).__name__, None)
        except BacklotError as error:
            self._retry(delivery, "-", error.code, None)
        else:
            self._judge(delivery, answer)
        return True

    def _judge(self, delivery: Delivery, answer: Answer) -> None:
        status = str(answer.status)
        if 200 <= answer.status < 300:  # noqa: PLR2004  # the success class of HTTP
            self._upkeep.settle_delivery(delivery, "delivered", status=status, note="")
            log.info("webhook_delivered", event_id=delivery.event_id, attempt=delivery.attempt)
        elif answer.status == 410:  # noqa: PLR2004  # Gone: the receiver wants no more
            self._upkeep.settle_delivery(delivery, "disabled", status=status, note="gone")
        else:
            self._retry(delivery, status, "", answer.retry_after_s)

    def _retry(
        self, delivery: Delivery, status: str, note: str, retry_after_s: float | None
    ) -> None:
        if delivery.attempt > len(self._schedule_s):
            self._upkeep.settle_delivery(delivery, "failed", status=status, note=note)
            log.warning("webhook_failed", event_id=delivery.event_id, status=status, why=note)
            return
        planned = self._schedule_s[delivery.attempt - 1]
        delay = planned * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  # jitter, no secret
        if retry_after_s is not None:
            delay = min(max(delay, retry_after_s), planned * MAX_RETRY_AFTER_FACTOR)
        self._upkeep.settle_delivery(
            delivery, "pending", delay_s=delay, status=status, note=note or "not accepted"
        )
        log.info("webhook_retried", event_id=delivery.event_id, status=status, in_s=round(delay, 1))
