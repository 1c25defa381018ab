"""Webhooks as clients manage them: endpoints, their deliveries and the keys to check them with."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from backlot.contracts.frozen import Frozen

EndpointId = Annotated[str, StringConstraints(pattern=r"^whe_[0-9a-f]{32}$")]


class WebhookEvent(StrEnum):
    """What an endpoint can ask for."""

    CREATED = "job.created"
    STAGE_DONE = "job.stage_done"
    SUCCEEDED = "job.succeeded"
    FAILED = "job.failed"
    CANCELED = "job.canceled"
    EXPIRED = "job.expired"
    ENDPOINT_DISABLED = "webhook_endpoint.disabled"


DEFAULT_EVENTS = (
    WebhookEvent.SUCCEEDED,
    WebhookEvent.FAILED,
    WebhookEvent.CANCELED,
    WebhookEvent.EXPIRED,
    WebhookEvent.ENDPOINT_DISABLED,
)
"""How jobs end, and that another endpoint of the same tenant was given up."""

Url = Annotated[
    str, Field(min_length=1, max_length=2000, examples=["https://vrin.example/hooks/backlot"])
]
Events = Annotated[tuple[WebhookEvent, ...], Field(min_length=1, max_length=len(WebhookEvent))]


class NewWebhookEndpoint(Frozen):
    """What a client asks for when it adds an endpoint."""

    url: Url
    events: Events = DEFAULT_EVENTS
    description: str = Field(default="", max_length=200)


class WebhookEndpointChange(Frozen):
    """What a client changes; absent fields stay."""

    url: Url | None = None
    events: Events | None = None
    description: str | None = Field(default=None, max_length=200)
    enabled: bool | None = Field(
        default=None, description="False stops deliveries; true starts them anew."
    )


class WebhookEndpoint(Frozen):
    """An address that hears of every job of a tenant."""

    endpoint_id: EndpointId
    url: Url
    events: Events
    description: str
    status: Literal["active", "disabled"]
    disabled_reason: Literal["gone", "failing", "request"] | None = Field(
        description="It answered 410, it failed for days, or a client asked for it."
    )
    disabled_at: datetime | None
    created_at: datetime
    failing_since: datetime | None = Field(description="First failure since the last success.")
    last_delivered_at: datetime | None


class WebhookEndpointSecret(Frozen):
    """An endpoint with its secret, which is shown this once."""

    endpoint: WebhookEndpoint
    secret: str = Field(description="whsec_ and base64; checks `v1` signatures.")


class WebhookEndpoints(Frozen):
    """All endpoints of a tenant."""

    endpoints: tuple[WebhookEndpoint, ...]


class SecretRotation(Frozen):
    """How an endpoint's secret is changed."""

    overlap_s: int = Field(
        default=86_400, ge=0, le=604_800, description="The old one signs too for so long."
    )


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    DISABLED = "disabled"


class DeliveryAttempt(Frozen):
    """One attempt."""

    at: datetime
    status: int | None = Field(description="What the receiver answered; null without an answer.")
    note: str


class WebhookDelivery(Frozen):
    """One event on its way to one receiver."""

    delivery_id: str
    event_id: str = Field(description="The webhook-id header, the same for all attempts.")
    type: WebhookEvent
    job_id: str | None
    url: str
    state: DeliveryState
    attempts: int
    replays: int
    created_at: datetime
    next_attempt_at: datetime | None
    last_status: int | None
    last_note: str | None
    log: tuple[DeliveryAttempt, ...] = Field(default=(), description="The newest 50 attempts.")


class WebhookDeliveries(Frozen):
    """A page of deliveries, the newest first."""

    deliveries: tuple[WebhookDelivery, ...]
    next_cursor: str | None = Field(description="Ask for the next page with it; null at the end.")


class ReplayRequest(Frozen):
    """Which deliveries of an endpoint are sent once more."""

    since: datetime | None = Field(default=None, description="Of events from then on.")
    until: datetime | None = Field(default=None, description="Of events up to then.")
    states: tuple[DeliveryState, ...] = Field(
        default=(DeliveryState.FAILED, DeliveryState.DISABLED), min_length=1, max_length=3
    )


class Replayed(Frozen):
    """How many deliveries were put back on their way."""

    replayed: int
    more: bool = Field(description="There were more than one request may replay; ask again.")


class WebhookKey(Frozen):
    """A public key that checks `v1a` signatures, as text and as a JSON Web Key."""

    public_key: str = Field(examples=["whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="])
    kid: str
    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    alg: Literal["EdDSA"] = "EdDSA"
    use: Literal["sig"] = "sig"
    x: str


class WebhookKeys(Frozen):
    """All keys that sign now, the newest first; also a JSON Web Key Set."""

    keys: tuple[WebhookKey, ...]


class TenantSecret(Frozen):
    """The secret for the addresses that a tenant's jobs name."""

    secret: str
