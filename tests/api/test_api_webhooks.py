"""Promises of the API's webhook endpoints."""

import base64
from typing import Any

import httpx
import pytest
from api_door import KEYS, Door, problem_of
from api_photos import small_jpeg

from backlot.contracts.webhooks import DeliveryState, WebhookDelivery
from backlot.webhooks.verifying import Verifier

URL = "https://93.184.216.34/hook"
"""A public address, so that no name is resolved."""


def auth(tenant: str) -> dict[str, str]:
    """The header of a tenant."""
    return {"Authorization": f"Bearer {KEYS[tenant]}"}


def call(
    door: Door, tenant: str, method: str, path: str, body: object = None, **query: Any
) -> httpx.Response:
    """One request of a tenant."""
    return door.client.request(method, f"/v1/{path}", json=body, params=query, headers=auth(tenant))


def add(door: Door, tenant: str = "vrin", **wish: object) -> tuple[str, str]:
    """A new endpoint; returns id and secret."""
    answer = call(door, tenant, "POST", "webhook-endpoints", {"url": URL, **wish})
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert answer.headers["location"].endswith(body["endpoint"]["endpoint_id"])
    return body["endpoint"]["endpoint_id"], body["secret"]


def ended_delivery(door: Door, state: DeliveryState) -> str:
    """Cancel a job of vrin and settle what that sends; returns the last delivery's id."""
    files = {"photo": ("p.jpg", small_jpeg())}
    job = door.client.post("/v1/jobs", files=files, headers=auth("vrin")).json()
    call(door, "vrin", "POST", f"jobs/{job['job_id']}/cancel")
    outbox, last = door.parts.webhooks.outbox, ""
    while (delivery := outbox.take(60, failing=True)) is not None:
        outbox.settle(delivery, state, status=200 if state is DeliveryState.DELIVERED else 500)
        last = delivery.delivery_id
    return last


@pytest.fixture(autouse=True)
def tidy(keyed_door: Door) -> None:
    """No endpoints are left from the test before."""
    for tenant in KEYS:
        for one in call(keyed_door, tenant, "GET", "webhook-endpoints").json()["endpoints"]:
            call(keyed_door, tenant, "DELETE", f"webhook-endpoints/{one['endpoint_id']}")


def test_the_secret_is_shown_once(keyed_door: Door) -> None:
    """Only the answers to adding and rotating hold it, and rotating gives another one."""
    endpoint_id, secret = add(keyed_door)
    path = f"webhook-endpoints/{endpoint_id}"
    changed = call(keyed_door, "vrin", "PATCH", path, {"description": "shop"})
    assert changed.json()["description"] == "shop"
    for answer in (
        changed,
        call(keyed_door, "vrin", "GET", path),
        call(keyed_door, "vrin", "GET", "webhook-endpoints"),
    ):
        assert answer.status_code == 200
        assert "whsec_" not in answer.text
    rotated = call(keyed_door, "vrin", "POST", f"{path}/rotate-secret", {"overlap_s": 5})
    assert rotated.json()["secret"] != secret


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None), ("PATCH", "", {"enabled": False}), ("DELETE", "", None),
        ("POST", "/rotate-secret", {}), ("GET", "/deliveries", None), ("POST", "/replay", {}),
    ],
)  # fmt: skip
def test_another_tenant_finds_nothing(
    keyed_door: Door, method: str, path: str, body: object
) -> None:
    """Every address of another tenant's endpoint says that it is not there, and nothing happens."""
    endpoint_id, _ = add(keyed_door)
    answer = call(keyed_door, "studio", method, f"webhook-endpoints/{endpoint_id}{path}", body)
    assert (answer.status_code, problem_of(answer).code) == (404, "not-found")
    mine = call(keyed_door, "vrin", "GET", f"webhook-endpoints/{endpoint_id}")
    assert mine.json()["status"] == "active"
    assert call(keyed_door, "studio", "GET", "webhook-endpoints").json() == {"endpoints": []}


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"url": "http://93.184.216.34/"}, "webhook-url-refused"),
        ({"url": "https://169.254.169.254/"}, "webhook-url-refused"),
        ({"url": "https://[64:ff9b::a00:1]/"}, "webhook-url-refused"),
        ({"url": ""}, "invalid-request"),
        ({}, "invalid-request"),
        ({"url": URL, "events": []}, "invalid-request"),
        ({"url": URL, "events": ["job.stage_claimed"]}, "invalid-request"),
        ({"url": URL, "secret": "mine"}, "invalid-request"),
    ],
)
def test_a_wrong_wish_is_refused(keyed_door: Door, wish: object, code: str) -> None:
    """Addresses inside, unknown events and unknown fields do not become endpoints."""
    answer = call(keyed_door, "vrin", "POST", "webhook-endpoints", wish)
    assert problem_of(answer).code == code


def test_a_changed_address_is_judged_too(keyed_door: Door) -> None:
    """An endpoint cannot be turned inwards later."""
    endpoint_id, _ = add(keyed_door)
    path = f"webhook-endpoints/{endpoint_id}"
    answer = call(keyed_door, "vrin", "PATCH", path, {"url": "https://10.0.0.1/"})
    assert problem_of(answer).code == "webhook-url-refused"
    assert call(keyed_door, "vrin", "GET", path).json()["url"] == URL


def test_deliveries_are_logged_and_replayed(keyed_door: Door) -> None:
    """What was sent is listed with its attempts, and can be sent again, one or a range."""
    endpoint_id, _ = add(keyed_door)
    delivery_id = ended_delivery(keyed_door, DeliveryState.FAILED)
    listed = call(keyed_door, "vrin", "GET", f"webhook-endpoints/{endpoint_id}/deliveries").json()
    [one] = [WebhookDelivery.model_validate(row) for row in listed["deliveries"]]
    assert (one.delivery_id, one.state, one.last_status) == (delivery_id, "failed", 500)
    path = f"webhook-deliveries/{delivery_id}"
    assert len(call(keyed_door, "vrin", "GET", path).json()["log"]) == 1
    for method, suffix in (("GET", ""), ("POST", "/replay")):
        answer = call(keyed_door, "studio", method, path + suffix)
        assert problem_of(answer).code == "not-found"
    replayed = call(keyed_door, "vrin", "POST", f"{path}/replay")
    assert replayed.json()["state"] == "pending"
    again = call(keyed_door, "vrin", "POST", f"{path}/replay")
    assert problem_of(again).code == "delivery-pending"
    ended_delivery(keyed_door, DeliveryState.FAILED)
    replay = f"webhook-endpoints/{endpoint_id}/replay"
    answer = call(keyed_door, "vrin", "POST", replay, {"since": "2020-01-01T00:00:00Z"})
    assert answer.json() == {"replayed": 2, "more": False}


def test_a_disabled_endpoint_is_not_replayed_to(keyed_door: Door) -> None:
    """It has to be enabled first."""
    endpoint_id, _ = add(keyed_door)
    delivery_id = ended_delivery(keyed_door, DeliveryState.FAILED)
    path = f"webhook-endpoints/{endpoint_id}"
    call(keyed_door, "vrin", "PATCH", path, {"enabled": False})
    for target in (f"webhook-deliveries/{delivery_id}/replay", f"{path}/replay"):
        answer = call(keyed_door, "vrin", "POST", target, {})
        assert problem_of(answer).code == "endpoint-disabled"


def test_deliveries_of_a_job_are_listed(keyed_door: Door) -> None:
    """Those to its own address; not for another tenant."""
    files = {"photo": ("p.jpg", small_jpeg()), "request": (None, f'{{"webhook_url": "{URL}"}}')}
    job = keyed_door.client.post("/v1/jobs", files=files, headers=auth("vrin")).json()
    path = f"jobs/{job['job_id']}"
    call(keyed_door, "vrin", "POST", f"{path}/cancel")
    found = call(keyed_door, "vrin", "GET", f"{path}/deliveries").json()["deliveries"]
    assert [(one["type"], one["url"]) for one in found] == [("job.canceled", URL)]
    answer = call(keyed_door, "studio", "GET", f"{path}/deliveries")
    assert problem_of(answer).code == "not-found"


def test_the_keys_to_check_with_are_public(keyed_door: Door) -> None:
    """Anybody may read the public keys; a tenant's own secret needs its key and is its own."""
    [key] = keyed_door.client.get("/v1/webhook-keys").json()["keys"]
    assert key["public_key"].startswith("whpk_")
    raw = base64.b64decode(key["public_key"].removeprefix("whpk_"))
    assert base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == key["x"]
    Verifier([key["public_key"]])
    assert keyed_door.client.get("/v1/webhook-secret").status_code == 401
    secrets = {call(keyed_door, who, "GET", "webhook-secret").json()["secret"] for who in KEYS}
    assert len(secrets) == len(KEYS)


def test_pages_of_deliveries_end(keyed_door: Door) -> None:
    """A limit gives a cursor while there is more."""
    endpoint_id, _ = add(keyed_door)
    for _ in range(3):
        ended_delivery(keyed_door, DeliveryState.DELIVERED)
    path = f"webhook-endpoints/{endpoint_id}/deliveries"
    first = call(keyed_door, "vrin", "GET", path, limit=2).json()
    rest = call(keyed_door, "vrin", "GET", path, limit=2, cursor=first["next_cursor"]).json()
    assert (len(first["deliveries"]), len(rest["deliveries"]), rest["next_cursor"]) == (2, 1, None)
    none = call(keyed_door, "vrin", "GET", path, state="failed").json()
    assert none["deliveries"] == []


def test_outcomes_are_counted(keyed_door: Door) -> None:
    """Operations see deliveries, failures and endpoints that were given up."""
    add(keyed_door)
    ended_delivery(keyed_door, DeliveryState.FAILED)
    text = keyed_door.client.get("/metrics", headers=auth("vrin")).text
    assert 'backlot_webhooks_total{outcome="failed"}' in text
    assert 'stage="webhook"' not in text
