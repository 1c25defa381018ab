"""Promises of `backlot webhooks`, against a real API."""

import pytest
from api_door import KEYS, Door
from test_api_webhooks import add, ended_delivery
from typer.testing import CliRunner

from backlot.cli.main import app
from backlot.contracts.errors import UnavailableError
from backlot.contracts.webhooks import DeliveryState


def run(door: Door, *words: str, code: int = 0) -> str:
    """One command with the key of vrin; returns what it says."""
    options = ["--address", door.url, "--key", KEYS["vrin"]]
    done = CliRunner().invoke(app, ["webhooks", *words, *options])
    assert done.exit_code == code, done.output
    return done.output


def test_deliveries_are_listed_and_replayed_one_by_one(keyed_door: Door) -> None:
    """What failed shows up and can be sent again by its id."""
    endpoint_id, _ = add(keyed_door)
    delivery_id = ended_delivery(keyed_door, DeliveryState.FAILED)
    assert endpoint_id in run(keyed_door, "list")
    assert delivery_id in run(keyed_door, "deliveries", endpoint_id, "--state", "failed")
    run(keyed_door, "replay", delivery_id)
    assert delivery_id in run(keyed_door, "deliveries", endpoint_id, "--state", "pending")


def test_a_range_is_replayed(keyed_door: Door) -> None:
    """By time and state."""
    endpoint_id, _ = add(keyed_door)
    for _ in range(2):
        ended_delivery(keyed_door, DeliveryState.DELIVERED)
    words = ("replay", "--endpoint", endpoint_id, "--since", "2020-01-01")
    assert run(keyed_door, *words).startswith("0 deliveries")
    assert run(keyed_door, *words, "--state", "delivered").startswith("2 deliveries")


def test_mistakes_are_told(keyed_door: Door) -> None:
    """Neither delivery nor endpoint, and an API that refuses."""
    run(keyed_door, "replay", code=2)
    words = ["webhooks", "list", "--address", keyed_door.url, "--key", "wrong"]
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, UnavailableError)
    assert "401" in str(done.exception)


@pytest.fixture(autouse=True)
def settled(keyed_door: Door) -> None:
    """Nothing waits from the test before."""
    outbox = keyed_door.parts.webhooks.outbox
    while (delivery := outbox.take(60, failing=True)) is not None:
        outbox.settle(delivery, DeliveryState.DELIVERED, status=200)
