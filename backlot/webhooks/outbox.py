"""The outbox: every delivery of every receiver, taken one attempt at a time."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

import redis

from backlot.contracts.errors import RefusedInputError
from backlot.contracts.webhooks import (
    DeliveryAttempt,
    DeliveryState,
    WebhookDelivery,
    WebhookEvent,
)
from backlot.line.scripting import Scripts

REPLAY_AT_ONCE = 1000


class Delivery(NamedTuple):
    """A delivery taken for one attempt.

    Attributes:
        job_id: Empty when the event is about an endpoint.
        endpoint_id: Where it goes, empty for an address that a job named.
        endpoint: The record of that endpoint.
        about: The endpoint that the event is about, empty for events of jobs.
        attempt: Counted over all replays; settling needs it.
        tried: Attempts before this one since the last replay.
    """

    delivery_id: str
    event_id: str
    type: WebhookEvent
    tenant: str
    url: str
    job_id: str
    about: str
    endpoint_id: str
    endpoint: dict[str, str]
    attempt: int
    tried: int


class Outbox:
    """Deliveries as conductor and API see them. Sync and thread-safe.

    Args:
        scripts: Redis.
        disable_after_s: An endpoint that only fails for so long is disabled.
    """

    def __init__(self, scripts: Scripts, disable_after_s: float = 432_000) -> None:
        self._scripts = scripts
        self._disable_after_ms = int(disable_after_s * 1000)

    def take(self, lease_s: float, *, failing: bool) -> Delivery | None:
        """Take one due delivery; it comes back after the lease unless it is settled.

        Args:
            lease_s: Longer than any attempt.
            failing: Whether receivers that failed last may be called; they come first then.
        """
        answer = self._scripts.run("take_delivery", int(lease_s * 1000), int(failing))
        if not answer:
            return None
        fields, endpoint = _pairs(answer[1]), _pairs(answer[2])
        attempt = int(fields["attempts"])
        return Delivery(
            delivery_id=answer[0],
            event_id=fields["event_id"],
            type=WebhookEvent(fields["type"]),
            tenant=fields["tenant"],
            url=fields["url"],
            job_id=fields.get("job_id", ""),
            about=fields.get("endpoint_id", ""),
            endpoint_id=fields["receiver"] if endpoint else "",
            endpoint=endpoint,
            attempt=attempt,
            tried=attempt - int(fields["base"]) - 1,
        )

    def settle(
        self,
        delivery: Delivery,
        state: DeliveryState,
        *,
        delay_s: float = 0,
        status: int | None = None,
        note: str = "",
        blame: bool = True,
    ) -> str:
        """Say how an attempt ended: settled, stale, or why its endpoint was disabled with it.

        Without blame the outcome says nothing about the receiver.
        """
        words = (
            state, int(delay_s * 1000), status or "-", note, self._disable_after_ms, int(blame),
        )  # fmt: skip
        return str(
            self._scripts.run("settle_delivery", delivery.delivery_id, delivery.attempt, *words)
        )

    def show(self, tenant: str, delivery_id: str) -> WebhookDelivery:
        """A delivery with its log; raises `RefusedInputError` ``not-found``."""
        fields = self._fields(delivery_id)
        if fields.get("tenant") != tenant:
            raise RefusedInputError("not-found", "There is no such delivery.")
        key = self._scripts.key("delivery", delivery_id, "log")
        lines = self._scripts.ask(lambda client: client.lrange(key, 0, -1))
        return _view(delivery_id, fields, tuple(_attempt(line) for line in lines))

    def page(
        self, source: str, before: str | None, limit: int, state: DeliveryState | None = None
    ) -> tuple[list[WebhookDelivery], str | None]:
        """Deliveries of an endpoint or a job, the newest first, and where the next page begins.

        Args:
            source: Id of the endpoint or the job, whose tenant has been checked.
            before: Where the page before ended.
            limit: Deliveries of one page.
            state: Only those in this state.
        """
        found: list[WebhookDelivery] = []
        cursor = before
        for delivery_id, cursor in self._newest(source, before):
            fields = self._fields(delivery_id)
            if fields and (state is None or fields["state"] == state):
                found.append(_view(delivery_id, fields))
            if len(found) == limit:
                return found, cursor
        return found, None

    def replay(self, tenant: str, delivery_id: str) -> str:
        """Send a delivery once more: replayed, pending, disabled or unknown."""
        return str(self._scripts.run("replay_delivery", delivery_id, tenant))

    def replay_range(
        self,
        tenant: str,
        endpoint_id: str,
        states: tuple[DeliveryState, ...],
        since: datetime | None,
        until: datetime | None,
    ) -> tuple[int, bool]:
        """Send an endpoint's deliveries once more, the oldest first, and whether more are left."""
        key = self._scripts.key("deliveries", endpoint_id)
        low, high = _ms(since, "-inf"), _ms(until, "+inf")
        ids = self._scripts.ask(lambda client: client.zrangebyscore(key, low, high))
        count = 0
        for delivery_id in ids:
            if self._fields(delivery_id).get("state") not in states:
                continue
            if count == REPLAY_AT_ONCE:
                return count, True
            count += self.replay(tenant, delivery_id) == "replayed"
        return count, False

    def _newest(self, source: str, before: str | None) -> Iterator[tuple[str, str]]:
        """Ids with the cursor behind each; a page of the index at a time."""
        key = self._scripts.key("deliveries", source)
        start = 0
        if before is not None:
            rank = self._scripts.ask(lambda client: client.zrevrank(key, before))
            if rank is None:
                return
            start = rank + 1
        while True:
            ids = self._scripts.ask(partial(_newest_ids, key, start))
            if not ids:
                return
            for delivery_id in ids:
                yield delivery_id, delivery_id
            start += len(ids)

    def _fields(self, delivery_id: str) -> dict[str, str]:
        key = self._scripts.key("delivery", delivery_id)
        fields: dict[str, str] = self._scripts.ask(lambda client: client.hgetall(key))
        return fields


def _newest_ids(key: str, start: int, client: "redis.Redis") -> Any:
    return client.zrevrange(key, start, start + 99)


def _pairs(flat: list[Any]) -> dict[str, str]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _at(text: str | None) -> datetime | None:
    return datetime.fromtimestamp(int(text) / 1000, UTC) if text else None


def _ms(at: datetime | None, otherwise: str) -> str:
    return otherwise if at is None else str(int(at.timestamp() * 1000))


def _status(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None


def _attempt(line: str) -> DeliveryAttempt:
    at, status, note = line.split(" ", 2)
    return DeliveryAttempt(
        at=datetime.fromtimestamp(int(at) / 1000, UTC), status=_status(status), note=note
    )


def _view(
    delivery_id: str, fields: dict[str, str], log: tuple[DeliveryAttempt, ...] = ()
) -> WebhookDelivery:
    return WebhookDelivery(
        delivery_id=delivery_id,
        event_id=fields["event_id"],
        type=WebhookEvent(fields["type"]),
        job_id=fields.get("job_id") or None,
        url=fields["url"],
        state=DeliveryState(fields["state"]),
        attempts=int(fields["attempts"]),
        replays=int(fields.get("replays", 0)),
        created_at=datetime.fromtimestamp(int(fields["created"]) / 1000, UTC),
        next_attempt_at=_at(fields.get("next")),
        last_status=_status(fields.get("last_status")),
        last_note=fields.get("last_note"),
        log=log,
    )
