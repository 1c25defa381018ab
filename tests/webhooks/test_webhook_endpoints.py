"""Promises of webhook endpoints."""

import pytest

from backlot.blobs.memory import MemoryStore
from backlot.contracts.errors import RefusedInputError
from backlot.contracts.webhooks import (
    DEFAULT_EVENTS,
    NewWebhookEndpoint,
    WebhookEndpointChange,
    WebhookEvent,
)
from backlot.line.scripting import Scripts
from backlot.webhooks.endpoints import MAX_ENDPOINTS, Endpoints
from backlot.webhooks.sealing import Sealer

WISH = NewWebhookEndpoint(url="https://vrin.example/hooks")


def fields_of(scripts: Scripts, endpoint_id: str) -> dict[str, str]:
    """An endpoint's record."""
    fields: dict[str, str] = scripts.client.hgetall(scripts.key("endpoint", endpoint_id))
    return fields


def test_an_endpoint_is_shown_as_it_was_asked_for(endpoints: Endpoints) -> None:
    """Address and events come back; without a choice it hears how jobs end."""
    made = endpoints.add("vrin", WISH)
    assert endpoints.get("vrin", made.endpoint.endpoint_id) == made.endpoint
    assert made.endpoint.events == DEFAULT_EVENTS
    assert (made.endpoint.status, made.endpoint.failing_since) == ("active", None)


def test_the_secret_is_readable_nowhere(
    endpoints: Endpoints, scripts: Scripts, blobs: MemoryStore
) -> None:
    """Neither Redis nor the object store holds it in plain, and no view shows it."""
    made = endpoints.add("vrin", WISH)
    text = made.secret.removeprefix("whsec_")
    stored = [blobs.get(key).decode() for key in blobs.keys("")]
    assert stored
    kept = str(fields_of(scripts, made.endpoint.endpoint_id))
    for place in (*stored, kept, made.endpoint.model_dump_json()):
        assert text not in place


def test_a_tenant_never_meets_another_ones_endpoint(endpoints: Endpoints) -> None:
    """Reading, changing, rotating and removing it all say that it is not there."""
    made = endpoints.add("vrin", WISH)
    endpoint_id = made.endpoint.endpoint_id
    for forbidden in (
        lambda: endpoints.get("studio", endpoint_id),
        lambda: endpoints.change("studio", endpoint_id, WebhookEndpointChange(enabled=False)),
        lambda: endpoints.rotate("studio", endpoint_id, 0),
        lambda: endpoints.remove("studio", endpoint_id),
    ):
        with pytest.raises(RefusedInputError) as caught:
            forbidden()
        assert caught.value.problem_code == "not-found"
    assert endpoints.all("studio") == ()
    assert endpoints.all("vrin") == (made.endpoint,)


def test_changes_keep_what_they_do_not_name(endpoints: Endpoints) -> None:
    """Each field can be changed alone."""
    made = endpoints.add("vrin", WISH)
    endpoint_id = made.endpoint.endpoint_id
    changed = endpoints.change(
        "vrin", endpoint_id, WebhookEndpointChange(events=(WebhookEvent.FAILED,))
    )
    assert (changed.url, changed.events) == (WISH.url, (WebhookEvent.FAILED,))
    off = endpoints.change("vrin", endpoint_id, WebhookEndpointChange(enabled=False))
    assert (off.status, off.disabled_reason) == ("disabled", "request")
    on = endpoints.change("vrin", endpoint_id, WebhookEndpointChange(enabled=True))
    assert (on.status, on.disabled_reason, on.disabled_at) == ("active", None, None)


def test_a_rotated_secret_overlaps_with_the_old_one(scripts: Scripts, blobs: MemoryStore) -> None:
    """Both sign until the overlap is over, then the new one alone."""
    now = [1_000_000.0]
    endpoints = Endpoints(scripts, blobs, Sealer(b"x" * 32), lambda: now[0])
    made = endpoints.add("vrin", WISH)
    endpoint_id = made.endpoint.endpoint_id
    rotated = endpoints.rotate("vrin", endpoint_id, 60)
    assert rotated.secret != made.secret
    fields = fields_of(scripts, endpoint_id)
    assert endpoints.secrets(endpoint_id, fields) == (rotated.secret, made.secret)
    now[0] += 61
    assert endpoints.secrets(endpoint_id, fields) == (rotated.secret,)
    last = endpoints.rotate("vrin", endpoint_id, 0)
    assert endpoints.secrets(endpoint_id, fields_of(scripts, endpoint_id)) == (last.secret,)


def test_there_is_a_limit(endpoints: Endpoints) -> None:
    """A tenant cannot make every event slow."""
    for _ in range(MAX_ENDPOINTS):
        endpoints.add("vrin", WISH)
    with pytest.raises(RefusedInputError) as caught:
        endpoints.add("vrin", WISH)
    assert caught.value.problem_code == "too-many-endpoints"
    endpoints.add("studio", WISH)


def test_endpoints_outlive_redis(endpoints: Endpoints, scripts: Scripts) -> None:
    """After a total loss of Redis they come back with their secrets, once; removed ones do not."""
    kept, gone = endpoints.add("vrin", WISH), endpoints.add("vrin", WISH)
    endpoints.remove("vrin", gone.endpoint.endpoint_id)
    for key in scripts.client.scan_iter(f"{scripts.prefix}:*"):
        scripts.client.delete(key)
    assert endpoints.all("vrin") == ()
    assert (endpoints.restore(), endpoints.restore()) == (1, 0)
    assert endpoints.all("vrin") == (kept.endpoint,)
    fields = fields_of(scripts, kept.endpoint.endpoint_id)
    assert endpoints.secrets(kept.endpoint.endpoint_id, fields) == (kept.secret,)
