"""The endpoints of all tenants: who hears of what, and with which secret."""

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from backlot.blobs.port import BlobStore
from backlot.contracts.errors import RefusedInputError
from backlot.contracts.webhooks import (
    NewWebhookEndpoint,
    WebhookEndpoint,
    WebhookEndpointChange,
    WebhookEvent,
)
from backlot.ledger import Ledger
from backlot.line.scripting import Scripts
from backlot.webhooks.sealing import Sealer
from backlot.webhooks.signing import new_secret

MAX_ENDPOINTS = 20
"""Of one tenant; every event looks at each of them."""

_KEPT = ("tenant", "url", "events", "description", "status", "reason", "disabled", "created",
         "secret", "old_secret", "old_until")  # fmt: skip
"""Fields that are written to the object store."""


class Made(NamedTuple):
    """An endpoint with a secret nobody will be shown again."""

    endpoint: WebhookEndpoint
    secret: str


class Endpoints:
    """Adds, shows, changes and removes endpoints; a tenant never meets another one's.

    Args:
        scripts: Redis.
        blobs: Where endpoints are kept for good.
        sealer: Seals their secrets.
        clock: Unix seconds.
    """

    def __init__(
        self,
        scripts: Scripts,
        blobs: BlobStore,
        sealer: Sealer,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._scripts = scripts
        self._sealer = sealer
        self._clock = clock
        self._ledger = Ledger(
            scripts, blobs, kind="endpoint", folder="webhook-endpoints", group="tenant"
        )

    def add(self, tenant: str, wish: NewWebhookEndpoint) -> Made:
        """Add an endpoint; its address has been judged before.

        Raises:
            RefusedInputError: ``too-many-endpoints``.
        """
        if len(self._ledger.names(tenant)) >= MAX_ENDPOINTS:
            raise RefusedInputError(
                "too-many-endpoints", f"A client may have {MAX_ENDPOINTS} endpoints at most."
            )
        endpoint_id, secret = f"whe_{secrets.token_hex(16)}", new_secret()
        self._write(
            endpoint_id,
            {
                "tenant": tenant,
                "url": wish.url,
                "events": _packed(wish.events),
                "description": wish.description,
                "status": "active",
                "created": self._now_ms(),
                "secret": self._sealer.seal(secret, endpoint_id),
            },
        )
        return Made(self.get(tenant, endpoint_id), secret)

    def get(self, tenant: str, endpoint_id: str) -> WebhookEndpoint:
        """Show one; raises `RefusedInputError` ``not-found``, also when it is another tenant's."""
        return self._view(endpoint_id, self._fields(tenant, endpoint_id))

    def all(self, tenant: str) -> tuple[WebhookEndpoint, ...]:
        """Show all, the oldest first."""
        found = []
        for endpoint_id in self._ledger.names(tenant):
            fields = self._ledger.read(endpoint_id)
            if fields is not None:
                found.append(self._view(endpoint_id, fields))
        return tuple(sorted(found, key=lambda one: (one.created_at, one.endpoint_id)))

    def change(
        self, tenant: str, endpoint_id: str, change: WebhookEndpointChange
    ) -> WebhookEndpoint:
        """Change what the change names."""
        fields = self._fields(tenant, endpoint_id)
        if change.url is not None:
            fields["url"] = change.url
        if change.events is not None:
            fields["events"] = _packed(change.events)
        if change.description is not None:
            fields["description"] = change.description
        if change.enabled is True and fields["status"] != "active":
            fields |= {"status": "active", "reason": "", "disabled": ""}
            self._forget_failures(endpoint_id)
        elif change.enabled is False and fields["status"] == "active":
            fields |= {"status": "disabled", "reason": "request", "disabled": self._now_ms()}
        self._write(endpoint_id, fields)
        return self.get(tenant, endpoint_id)

    def rotate(self, tenant: str, endpoint_id: str, overlap_s: int) -> Made:
        """Give an endpoint a new secret; for the overlap the old one signs as well."""
        fields, secret = self._fields(tenant, endpoint_id), new_secret()
        fields["old_secret"] = fields["secret"] if overlap_s else ""
        fields["old_until"] = str(int((self._clock() + overlap_s) * 1000))
        fields["secret"] = self._sealer.seal(secret, endpoint_id)
        self._write(endpoint_id, fields)
        return Made(self.get(tenant, endpoint_id), secret)

    def remove(self, tenant: str, endpoint_id: str) -> None:
        """Remove an endpoint; what waits for it is not sent any more."""
        self._fields(tenant, endpoint_id)
        self._ledger.remove(endpoint_id)
        gone = [self._scripts.key(kind, endpoint_id) for kind in ("receiver", "deliveries")]
        self._scripts.ask(lambda client: client.delete(*gone))

    def keep(self, endpoint_id: str) -> None:
        """Write down for good what the line itself has changed: that it disabled the endpoint."""
        fields = self._ledger.read(endpoint_id)
        if fields is not None:
            self._write(endpoint_id, fields)

    def restore(self) -> int:
        """Bring endpoints back after Redis was lost; returns how many."""
        return self._ledger.restore()

    def find(self, endpoint_id: str) -> WebhookEndpoint | None:
        """Show an endpoint whose tenant has been checked already."""
        fields = self._ledger.read(endpoint_id)
        return self._view(endpoint_id, fields) if fields else None

    def secrets(self, endpoint_id: str, fields: dict[str, str]) -> tuple[str, ...]:
        """The secrets that sign for an endpoint now, the newest first."""
        sealed = [fields["secret"]]
        if fields.get("old_secret") and int(fields["old_until"]) > self._clock() * 1000:
            sealed.append(fields["old_secret"])
        return tuple(self._sealer.open(one, endpoint_id) for one in sealed)

    def _fields(self, tenant: str, endpoint_id: str) -> dict[str, str]:
        fields = self._ledger.read(endpoint_id)
        if fields is None or fields["tenant"] != tenant:
            raise RefusedInputError("not-found", "There is no such webhook endpoint.")
        return fields

    def _write(self, endpoint_id: str, fields: dict[str, str]) -> None:
        self._ledger.write(endpoint_id, {name: fields.get(name, "") for name in _KEPT})

    def _health(self, endpoint_id: str) -> dict[str, str]:
        key = self._scripts.key("receiver", endpoint_id)
        health: dict[str, str] = self._scripts.ask(lambda client: client.hgetall(key))
        return health

    def _forget_failures(self, endpoint_id: str) -> None:
        key = self._scripts.key("receiver", endpoint_id)
        self._scripts.ask(lambda client: client.hdel(key, "failing_since"))

    def _now_ms(self) -> str:
        return str(int(self._clock() * 1000))

    def _view(self, endpoint_id: str, fields: dict[str, str]) -> WebhookEndpoint:
        health = self._health(endpoint_id)
        found: dict[str, Any] = {
            "endpoint_id": endpoint_id,
            "url": fields["url"],
            "events": tuple(WebhookEvent(word) for word in fields["events"].strip(",").split(",")),
            "description": fields["description"],
            "status": fields["status"],
            "disabled_reason": fields.get("reason") or None,
            "disabled_at": _at(fields.get("disabled")),
            "created_at": _at(fields["created"]),
            "failing_since": _at(health.get("failing_since")),
            "last_delivered_at": _at(health.get("delivered_at")),
        }
        return WebhookEndpoint.model_validate(found)


def _packed(events: tuple[WebhookEvent, ...]) -> str:
    """Commas around each, so that the record's scripts find whole names only."""
    return f",{','.join(dict.fromkeys(events))},"


def _at(text: str | None) -> datetime | None:
    return datetime.fromtimestamp(int(text) / 1000, UTC) if text else None
