"""/v1/webhook-endpoints and what belongs to them: deliveries, replay, secrets, public keys."""

from functools import partial
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Query, Response

from backlot.contracts.webhooks import (
    DeliveryState,
    NewWebhookEndpoint,
    Replayed,
    ReplayRequest,
    SecretRotation,
    TenantSecret,
    WebhookDeliveries,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEndpointChange,
    WebhookEndpoints,
    WebhookEndpointSecret,
    WebhookKeys,
)
from services.api.following import current
from services.api.parts import PartsOf, TenantOf
from services.api.problem_responses import declared

router = APIRouter(prefix="/v1", tags=["webhooks"])

Cursor = Annotated[str | None, Query(max_length=200, description="`next_cursor` of a page.")]
Limit = Annotated[int, Query(ge=1, le=100)]
_SEEN = ("unauthorized", "not-found", "unavailable")
_WRITTEN = (*_SEEN, "malformed-request", "invalid-request")


@router.post(
    "/webhook-endpoints",
    operation_id="createWebhookEndpoint",
    summary="Add a webhook endpoint",
    status_code=201,
    responses=declared(
        "unauthorized", "malformed-request", "invalid-request", "webhook-url-refused",
        "too-many-endpoints", "unavailable",
    ),
)  # fmt: skip
async def add(
    wish: NewWebhookEndpoint, response: Response, parts: PartsOf, tenant: TenantOf
) -> WebhookEndpointSecret:
    """Add an address that hears of every job; its secret is shown this once."""
    made = await to_thread.run_sync(parts.webhooks.add, tenant, wish)
    response.headers["Location"] = f"/v1/webhook-endpoints/{made.endpoint.endpoint_id}"
    return WebhookEndpointSecret(endpoint=made.endpoint, secret=made.secret)


@router.get(
    "/webhook-endpoints",
    operation_id="listWebhookEndpoints",
    summary="List webhook endpoints",
    responses=declared("unauthorized", "unavailable"),
)
async def list_all(parts: PartsOf, tenant: TenantOf) -> WebhookEndpoints:
    """List all endpoints, the oldest first."""
    found = await to_thread.run_sync(parts.webhooks.endpoints.all, tenant)
    return WebhookEndpoints(endpoints=found)


@router.get(
    "/webhook-endpoints/{endpoint_id}",
    operation_id="getWebhookEndpoint",
    summary="Show a webhook endpoint",
    responses=declared(*_SEEN),
)
async def show(endpoint_id: str, parts: PartsOf, tenant: TenantOf) -> WebhookEndpoint:
    """Show an endpoint, and since when it has been failing."""
    return await to_thread.run_sync(parts.webhooks.endpoints.get, tenant, endpoint_id)


@router.patch(
    "/webhook-endpoints/{endpoint_id}",
    operation_id="updateWebhookEndpoint",
    summary="Change a webhook endpoint",
    responses=declared(*_WRITTEN, "webhook-url-refused"),
)
async def change(
    endpoint_id: str, wish: WebhookEndpointChange, parts: PartsOf, tenant: TenantOf
) -> WebhookEndpoint:
    """Change address, events or description; disable, or enable again."""
    return await to_thread.run_sync(parts.webhooks.change, tenant, endpoint_id, wish)


@router.delete(
    "/webhook-endpoints/{endpoint_id}",
    operation_id="deleteWebhookEndpoint",
    summary="Remove a webhook endpoint",
    status_code=204,
    responses=declared(*_SEEN),
)
async def remove(endpoint_id: str, parts: PartsOf, tenant: TenantOf) -> None:
    """Remove an endpoint; what waits for it is not sent any more."""
    await to_thread.run_sync(parts.webhooks.endpoints.remove, tenant, endpoint_id)


@router.post(
    "/webhook-endpoints/{endpoint_id}/rotate-secret",
    operation_id="rotateWebhookSecret",
    summary="Get a new secret for an endpoint",
    responses=declared(*_WRITTEN),
)
async def rotate_secret(
    endpoint_id: str, wish: SecretRotation, parts: PartsOf, tenant: TenantOf
) -> WebhookEndpointSecret:
    """Get a new secret; the old one signs as well until the overlap is over."""
    made = await to_thread.run_sync(
        parts.webhooks.endpoints.rotate, tenant, endpoint_id, wish.overlap_s
    )
    return WebhookEndpointSecret(endpoint=made.endpoint, secret=made.secret)


@router.get(
    "/webhook-endpoints/{endpoint_id}/deliveries",
    operation_id="listWebhookDeliveries",
    summary="List what was sent to an endpoint",
    responses=declared(*_SEEN, "invalid-request"),
)
async def deliveries(
    endpoint_id: str,
    parts: PartsOf,
    tenant: TenantOf,
    state: DeliveryState | None = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> WebhookDeliveries:
    """List what was sent to an endpoint in the last 30 days, the newest first."""
    await to_thread.run_sync(parts.webhooks.endpoints.get, tenant, endpoint_id)
    page = partial(parts.webhooks.outbox.page, endpoint_id, cursor, limit, state)
    found, following = await to_thread.run_sync(page)
    return WebhookDeliveries(deliveries=tuple(found), next_cursor=following)


@router.post(
    "/webhook-endpoints/{endpoint_id}/replay",
    operation_id="replayWebhookDeliveries",
    summary="Send deliveries of a time once more",
    responses=declared(*_WRITTEN, "endpoint-disabled"),
)
async def replay_range(
    endpoint_id: str, wish: ReplayRequest, parts: PartsOf, tenant: TenantOf
) -> Replayed:
    """Send deliveries of a time once more, a thousand at most, under their old event ids."""
    return await to_thread.run_sync(parts.webhooks.replay_range, tenant, endpoint_id, wish)


@router.get(
    "/jobs/{job_id}/deliveries",
    operation_id="listJobDeliveries",
    summary="List what was sent to a job's webhook_url",
    responses=declared(*_SEEN, "invalid-request"),
    tags=["jobs"],
)
async def of_job(
    job_id: str, parts: PartsOf, tenant: TenantOf, cursor: Cursor = None, limit: Limit = 20
) -> WebhookDeliveries:
    """List what was sent to the `webhook_url` of a job, the newest first."""
    await current(parts.reader, parts.changes, tenant, job_id, 0)
    page = partial(parts.webhooks.outbox.page, job_id, cursor, limit)
    found, following = await to_thread.run_sync(page)
    return WebhookDeliveries(deliveries=tuple(found), next_cursor=following)


@router.get(
    "/webhook-deliveries/{delivery_id}",
    operation_id="getWebhookDelivery",
    summary="Show a delivery with its attempts",
    responses=declared(*_SEEN),
)
async def show_delivery(delivery_id: str, parts: PartsOf, tenant: TenantOf) -> WebhookDelivery:
    """Show a delivery with its attempts."""
    return await to_thread.run_sync(parts.webhooks.outbox.show, tenant, delivery_id)


@router.post(
    "/webhook-deliveries/{delivery_id}/replay",
    operation_id="replayWebhookDelivery",
    summary="Send a delivery once more",
    responses=declared(*_SEEN, "delivery-pending", "endpoint-disabled"),
)
async def replay(delivery_id: str, parts: PartsOf, tenant: TenantOf) -> WebhookDelivery:
    """Send a delivery once more, under its old event id."""
    return await to_thread.run_sync(parts.webhooks.replay, tenant, delivery_id)


@router.get(
    "/webhook-secret",
    operation_id="getWebhookSecret",
    summary="Show the secret of jobs' webhooks",
    responses=declared("unauthorized"),
)
async def tenant_secret(parts: PartsOf, tenant: TenantOf) -> TenantSecret:
    """Show the secret that signs webhooks to the `webhook_url` of jobs."""
    return TenantSecret(secret=parts.webhooks.keyring.tenant_secret(tenant))


@router.get(
    "/webhook-keys", operation_id="listWebhookKeys", summary="List the public keys of webhooks"
)
async def keys(parts: PartsOf) -> WebhookKeys:
    """List the public keys that check `v1a` signatures; also a JSON Web Key Set."""
    return parts.webhooks.keys()
