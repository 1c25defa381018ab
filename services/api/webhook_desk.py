"""What the API knows of webhooks: endpoints, their deliveries and the keys to check them with."""

import base64
from collections.abc import Callable
from dataclasses import dataclass

from backlot.contracts.errors import RefusedInputError
from backlot.contracts.webhooks import (
    NewWebhookEndpoint,
    Replayed,
    ReplayRequest,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEndpointChange,
    WebhookKey,
    WebhookKeys,
)
from backlot.webhooks.endpoints import Endpoints, Made
from backlot.webhooks.keyring import Keyring
from backlot.webhooks.outbox import Outbox

_REFUSED = {
    "unknown": ("not-found", "There is no such delivery."),
    "pending": ("delivery-pending", "The delivery is still on its way."),
    "disabled": ("endpoint-disabled", "Enable the endpoint first."),
}


@dataclass(frozen=True)
class WebhookDesk:
    """Webhooks of all tenants. Every method blocks on Redis or the object store.

    Attributes:
        check_url: Refuses addresses that may not be called; may resolve names.
    """

    endpoints: Endpoints
    outbox: Outbox
    keyring: Keyring
    check_url: Callable[[str], None]

    def add(self, tenant: str, wish: NewWebhookEndpoint) -> Made:
        """Add an endpoint with an address that may be called."""
        self.check_url(wish.url)
        return self.endpoints.add(tenant, wish)

    def change(
        self, tenant: str, endpoint_id: str, change: WebhookEndpointChange
    ) -> WebhookEndpoint:
        """Change an endpoint."""
        if change.url is not None:
            self.check_url(change.url)
        return self.endpoints.change(tenant, endpoint_id, change)

    def replay(self, tenant: str, delivery_id: str) -> WebhookDelivery:
        """Send one delivery once more.

        Raises:
            RefusedInputError: ``not-found``, ``delivery-pending`` or ``endpoint-disabled``.
        """
        outcome = self.outbox.replay(tenant, delivery_id)
        if outcome in _REFUSED:
            raise RefusedInputError(*_REFUSED[outcome])
        return self.outbox.show(tenant, delivery_id)

    def replay_range(self, tenant: str, endpoint_id: str, wish: ReplayRequest) -> Replayed:
        """Send an endpoint's deliveries of a time once more.

        Raises:
            RefusedInputError: ``not-found`` or ``endpoint-disabled``.
        """
        if self.endpoints.get(tenant, endpoint_id).status != "active":
            raise RefusedInputError(*_REFUSED["disabled"])
        replayed, more = self.outbox.replay_range(
            tenant, endpoint_id, wish.states, wish.since, wish.until
        )
        return Replayed(replayed=replayed, more=more)

    def keys(self) -> WebhookKeys:
        """What receivers check ``v1a`` signatures with."""
        return WebhookKeys(
            keys=tuple(
                WebhookKey(
                    public_key=key.text,
                    kid=key.key_id,
                    x=base64.urlsafe_b64encode(key.raw).rstrip(b"=").decode(),
                )
                for key in self.keyring.public
            )
        )
