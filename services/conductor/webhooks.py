"""Webhooks: every event signed, tried on a schedule, with one id for all attempts."""

import random
from collections.abc import Callable
from typing import NamedTuple, Protocol

import structlog

from backlot.contracts.errors import BacklotError, ConfigurationError, UnavailableError
from backlot.contracts.webhooks import DeliveryState
from backlot.webhooks.endpoints import Endpoints
from backlot.webhooks.keyring import Keyring
from backlot.webhooks.outbox import Delivery, Outbox
from backlot.webhooks.signing import SharedSecret, SignatureKey, signature_headers

log = structlog.get_logger()
SUCCESS = range(200, 300)
GONE = 410


class Answer(NamedTuple):
    """What a receiver said."""

    status: int
    retry_after_s: float | None


class Post(Protocol):
    """Sends one request to a receiver; raises `BacklotError` when there was no answer."""

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send and wait for the answer."""
        ...


class Schedule(NamedTuple):
    """When what failed is tried again.

    Attributes:
        delays_s: After each failed attempt; after the last of them the delivery has failed.
        jitter: Share by which a delay is shortened or lengthened.
    """

    delays_s: tuple[float, ...]
    jitter: float

    def delay_s(self, tried: int, retry_after_s: float | None) -> float | None:
        """Seconds until the next attempt, None when there is none.

        Args:
            tried: Failed attempts before the one that has just failed.
            retry_after_s: What the receiver asked for; honoured up to the longest delay.
        """
        if tried >= len(self.delays_s):
            return None
        spread = random.uniform(1 - self.jitter, 1 + self.jitter)  # noqa: S311  # no secret
        delay = self.delays_s[tried] * spread
        return max(delay, min(retry_after_s or 0, max(self.delays_s)))


class Bodies(Protocol):
    """What is sent."""

    def __call__(self, delivery: Delivery) -> bytes | None:
        """The body as GET shows it now; None when what it is about is gone."""
        ...


class Courier:
    """Delivers what is in the outbox, one attempt at a time. Threads may share one.

    Args:
        outbox: All deliveries.
        endpoints: Know their secrets.
        keyring: Signs.
        bodies: What is sent.
        post: Sends.
        schedule: When to try again.
        clock: Unix time, seconds.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        endpoints: Endpoints,
        keyring: Keyring,
        bodies: Bodies,
        post: Post,
        schedule: Schedule,
        clock: Callable[[], float],
    ) -> None:
        self._outbox = outbox
        self._endpoints = endpoints
        self._keyring = keyring
        self._bodies = bodies
        self._post = post
        self._schedule = schedule
        self._clock = clock

    def deliver_one(self, lease_s: float, *, failing: bool = True) -> bool:
        """Take a due delivery and try it; False when none is due.

        Args:
            lease_s: Longer than an attempt can take.
            failing: Whether to call receivers that failed last, too.
        """
        delivery = self._outbox.take(lease_s, failing=failing)
        if delivery is None:
            return False
        body = self._bodies(delivery)
        if body is None:
            self._outbox.settle(
                delivery, DeliveryState.FAILED, note="what it is about is gone", blame=False
            )
            return True
        try:
            answer = self._post(delivery.url, body, self._headers(delivery, body))
        except UnavailableError as error:
            self._retry(delivery, None, type(error).__name__, None)
        except ConfigurationError as error:
            log.exception("webhook_not_signed", event_id=delivery.event_id)
            self._retry(delivery, None, error.code, None, blame=False)
        except BacklotError as error:
            self._retry(delivery, None, getattr(error, "reason", error.code), None)
        else:
            self._judge(delivery, answer)
        return True

    def _headers(self, delivery: Delivery, body: bytes) -> dict[str, str]:
        if delivery.endpoint_id:
            secrets = self._endpoints.secrets(delivery.endpoint_id, delivery.endpoint)
        else:
            secrets = (self._keyring.tenant_secret(delivery.tenant),)
        keys: list[SignatureKey] = [SharedSecret(secret) for secret in secrets]
        keys += self._keyring.signing
        return {
            "content-type": "application/json",
            "user-agent": "Backlot-Webhooks/1",
            "backlot-event": delivery.type,
            **signature_headers(keys, delivery.event_id, int(self._clock()), body),
        }

    def _judge(self, delivery: Delivery, answer: Answer) -> None:
        if answer.status in SUCCESS:
            self._outbox.settle(delivery, DeliveryState.DELIVERED, status=answer.status)
            log.info("webhook_delivered", event_id=delivery.event_id, attempt=delivery.attempt)
        elif answer.status == GONE:
            outcome = self._outbox.settle(
                delivery, DeliveryState.DISABLED, status=GONE, note="gone"
            )
            self._tell_disabled(delivery, outcome)
        else:
            self._retry(delivery, answer.status, "not accepted", answer.retry_after_s)

    def _retry(
        self,
        delivery: Delivery,
        status: int | None,
        note: str,
        retry_after_s: float | None,
        *,
        blame: bool = True,
    ) -> None:
        delay_s = self._schedule.delay_s(delivery.tried, retry_after_s)
        state = DeliveryState.FAILED if delay_s is None else DeliveryState.PENDING
        outcome = self._outbox.settle(
            delivery, state, delay_s=delay_s or 0, status=status, note=note, blame=blame
        )
        log.info(
            "webhook_not_delivered",
            event_id=delivery.event_id,
            status=status,
            why=note,
            state=state.value,
            in_s=round(delay_s or 0, 1),
        )
        self._tell_disabled(delivery, outcome)

    def _tell_disabled(self, delivery: Delivery, outcome: str) -> None:
        if outcome in {"gone", "failing"}:
            log.warning("webhook_endpoint_disabled", endpoint_id=delivery.endpoint_id, why=outcome)
            self._endpoints.keep(delivery.endpoint_id)
