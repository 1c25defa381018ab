"""Promises of the outbox: who gets what, in which order, how often."""

from datetime import UTC, datetime, timedelta

import pytest
from webhook_fixtures import HOOK, bring_forward, finish_job

from backlot.contracts.errors import RefusedInputError
from backlot.contracts.webhooks import (
    DeliveryState,
    NewWebhookEndpoint,
    WebhookEndpointChange,
    WebhookEvent,
)
from backlot.line.record import JobRecords
from backlot.line.scripting import Scripts
from backlot.webhooks.endpoints import Endpoints
from backlot.webhooks.outbox import Delivery, Outbox


def add(endpoints: Endpoints, *events: WebhookEvent, tenant: str = "local", n: int = 0) -> str:
    """An endpoint; returns its id."""
    wish = NewWebhookEndpoint(
        url=f"https://r{n}.example/", events=events or (WebhookEvent.SUCCEEDED,)
    )
    return endpoints.add(tenant, wish).endpoint.endpoint_id


def take_all(outbox: Outbox, *, failing: bool = True) -> list[Delivery]:
    """Everything that may be sent side by side now."""
    taken = []
    while (delivery := outbox.take(60, failing=failing)) is not None:
        taken.append(delivery)
    return taken


def test_an_event_goes_to_whoever_asked_for_it(
    records: JobRecords, endpoints: Endpoints, outbox: Outbox
) -> None:
    """The job's own address and the tenant's endpoints with that event, nobody else; one id."""
    hears = add(endpoints)
    add(endpoints, WebhookEvent.FAILED)
    add(endpoints, tenant="other")
    off = add(endpoints)
    endpoints.change("local", off, WebhookEndpointChange(enabled=False))
    job_id = finish_job(records, hook=HOOK)
    taken = {one.endpoint_id or one.url: one for one in take_all(outbox)}
    assert set(taken) == {hears, HOOK}
    assert len({one.event_id for one in taken.values()}) == 1
    assert {(one.job_id, one.type) for one in taken.values()} == {(job_id, WebhookEvent.SUCCEEDED)}


def test_stages_can_be_listened_to(
    records: JobRecords, endpoints: Endpoints, outbox: Outbox
) -> None:
    """An endpoint that asks for the steps on the way gets each of them, in order."""
    add(endpoints, WebhookEvent.CREATED, WebhookEvent.STAGE_DONE, WebhookEvent.SUCCEEDED)
    finish_job(records)
    types = []
    while (delivery := outbox.take(60, failing=True)) is not None:
        types.append(delivery.type.value)
        outbox.settle(delivery, DeliveryState.DELIVERED, status=200)
    assert types == ["job.created", "job.stage_done", "job.stage_done", "job.succeeded"]


def test_a_receiver_has_one_attempt_in_flight(
    records: JobRecords, endpoints: Endpoints, outbox: Outbox
) -> None:
    """With ten events waiting for each of two receivers, two attempts run, and then two more."""
    for n in range(2):
        add(endpoints, n=n)
    for _ in range(10):
        finish_job(records)
    for _ in range(10):
        taken = take_all(outbox)
        assert len({one.endpoint_id for one in taken}) == len(taken) == 2
        for one in taken:
            assert outbox.settle(one, DeliveryState.DELIVERED, status=204) == "settled"
    assert take_all(outbox) == []


def test_addresses_on_one_host_share_a_turn(records: JobRecords, outbox: Outbox) -> None:
    """Jobs that name different paths of one host do not call it side by side."""
    for n in range(3):
        finish_job(records, hook=f"https://Hooks.example.com/{n}")
    finish_job(records, hook="https://other.example.com/")
    assert len(take_all(outbox)) == 2


def test_receivers_take_turns(records: JobRecords, endpoints: Endpoints, outbox: Outbox) -> None:
    """One sender serves a receiver with many events and one with few alternately."""
    many = add(endpoints, n=0)
    for _ in range(6):
        finish_job(records)
    few = add(endpoints, n=1)
    for _ in range(2):
        finish_job(records)
    order = []
    while (delivery := outbox.take(60, failing=True)) is not None:
        order.append(delivery.endpoint_id)
        outbox.settle(delivery, DeliveryState.DELIVERED, status=200)
    assert set(order[:4]) == {many, few}
    assert (order.count(many), order.count(few)) == (8, 2)


def test_failing_receivers_wait_apart(
    records: JobRecords, endpoints: Endpoints, outbox: Outbox, scripts: Scripts
) -> None:
    """Whoever only serves healthy receivers never meets one that failed, until it has recovered."""
    dead, well = add(endpoints, n=0), add(endpoints, n=1)
    finish_job(records)
    for one in take_all(outbox):
        state = DeliveryState.PENDING if one.endpoint_id == dead else DeliveryState.DELIVERED
        outbox.settle(one, state, status=500 if one.endpoint_id == dead else 200)
    finish_job(records)
    bring_forward(scripts)
    assert [one.endpoint_id for one in take_all(outbox, failing=False)] == [well]
    [again] = take_all(outbox)
    assert again.endpoint_id == dead
    outbox.settle(again, DeliveryState.DELIVERED, status=200)
    assert [one.endpoint_id for one in take_all(outbox, failing=False)] == [dead]


def test_an_attempt_that_outlived_its_lease_does_not_count(
    records: JobRecords, endpoints: Endpoints, outbox: Outbox, scripts: Scripts
) -> None:
    """Once another one has taken the delivery, the first may not settle it."""
    endpoint_id = add(endpoints)
    finish_job(records)
    first = outbox.take(60, failing=True)
    assert first is not None
    scripts.client.zadd(scripts.key("receivers", "busy"), {endpoint_id: 0})
    bring_forward(scripts)
    second = outbox.take(60, failing=True)
    assert second is not None
    assert (second.delivery_id, second.attempt) == (first.delivery_id, 2)
    assert outbox.settle(first, DeliveryState.DELIVERED, status=200) == "stale"
    assert outbox.settle(second, DeliveryState.DELIVERED, status=200) == "settled"
    assert outbox.settle(second, DeliveryState.DELIVERED, status=200) == "stale"


def test_gone_disables_the_endpoint_and_the_others_hear_of_it(
    records: JobRecords, endpoints: Endpoints, outbox: Outbox
) -> None:
    """410 ends the endpoint; what waited for it is not sent; a notice goes to the next one."""
    gone, other = add(endpoints, n=0), add(endpoints, WebhookEvent.ENDPOINT_DISABLED, n=1)
    for _ in range(3):
        finish_job(records)
    [one] = take_all(outbox)
    assert outbox.settle(one, DeliveryState.DISABLED, status=410, note="gone") == "gone"
    assert endpoints.get("local", gone).disabled_reason == "gone"
    [notice] = take_all(outbox)
    assert (notice.endpoint_id, notice.about) == (other, gone)
    assert notice.type is WebhookEvent.ENDPOINT_DISABLED
    states = {one.state for one in outbox.page(gone, None, 10)[0]}
    assert states == {DeliveryState.DISABLED}


def test_an_endpoint_that_fails_for_too_long_is_disabled(
    records: JobRecords, endpoints: Endpoints, outbox: Outbox, scripts: Scripts
) -> None:
    """Counted from the first failure after the last success; a success begins anew."""
    endpoint_id = add(endpoints)
    health = scripts.key("receiver", endpoint_id)

    def attempt(state: DeliveryState, failing_for_s: int) -> str:
        finish_job(records)
        bring_forward(scripts)
        delivery = outbox.take(60, failing=True)
        assert delivery is not None
        if failing_for_s:
            now_ms = scripts.client.time()[0] * 1000
            scripts.client.hset(health, "failing_since", now_ms - failing_for_s * 1000)
        return outbox.settle(delivery, state, delay_s=1, status=500)

    assert attempt(DeliveryState.PENDING, 999 - 60) == "settled"
    assert attempt(DeliveryState.DELIVERED, 0) == "settled"
    assert endpoints.get("local", endpoint_id).failing_since is None
    assert attempt(DeliveryState.FAILED, 0) == "settled"
    assert attempt(DeliveryState.FAILED, 1001) == "failing"
    found = endpoints.get("local", endpoint_id)
    assert (found.status, found.disabled_reason) == ("disabled", "failing")


def test_one_delivery_can_be_replayed(
    records: JobRecords, endpoints: Endpoints, outbox: Outbox
) -> None:
    """It comes again under its old event id with its whole schedule; others cannot replay it."""
    add(endpoints)
    finish_job(records)
    [one] = take_all(outbox)
    assert outbox.replay("local", one.delivery_id) == "pending"
    outbox.settle(one, DeliveryState.FAILED, status=500)
    assert outbox.replay("studio", one.delivery_id) == "unknown"
    assert outbox.replay("local", one.delivery_id) == "replayed"
    [again] = take_all(outbox)
    assert (again.event_id, again.attempt, again.tried) == (one.event_id, 2, 0)
    outbox.settle(again, DeliveryState.DELIVERED, status=200)
    shown = outbox.show("local", one.delivery_id)
    assert (shown.attempts, shown.replays, shown.state) == (2, 1, DeliveryState.DELIVERED)
    assert [attempt.status for attempt in shown.log] == [500, 200]
    with pytest.raises(RefusedInputError):
        outbox.show("studio", one.delivery_id)


def test_a_range_can_be_replayed(records: JobRecords, endpoints: Endpoints, outbox: Outbox) -> None:
    """All of a time and a state, and only these; not while the endpoint is disabled."""
    endpoint_id = add(endpoints)
    for n in range(6):
        finish_job(records)
        [one] = take_all(outbox)
        state = DeliveryState.FAILED if n % 2 else DeliveryState.DELIVERED
        outbox.settle(one, state, status=500 if n % 2 else 200)
    now = datetime.now(UTC)
    failed = (DeliveryState.FAILED,)
    assert outbox.replay_range("local", endpoint_id, failed, now + timedelta(1), None) == (0, False)
    assert outbox.replay_range("local", endpoint_id, failed, None, now - timedelta(1)) == (0, False)
    endpoints.change("local", endpoint_id, WebhookEndpointChange(enabled=False))
    assert outbox.replay_range("local", endpoint_id, failed, None, None) == (0, False)
    endpoints.change("local", endpoint_id, WebhookEndpointChange(enabled=True))
    assert outbox.replay_range("local", endpoint_id, failed, None, None) == (3, False)
    assert len(outbox.page(endpoint_id, None, 10, DeliveryState.PENDING)[0]) == 3


def test_deliveries_are_listed_by_pages(
    records: JobRecords, endpoints: Endpoints, outbox: Outbox
) -> None:
    """The newest first, each once, also while new ones come."""
    endpoint_id = add(endpoints)
    jobs = [finish_job(records) for _ in range(7)]
    seen, cursor = [], None
    while True:
        page, cursor = outbox.page(endpoint_id, cursor, 3)
        seen += [one.job_id for one in page]
        if cursor is None:
            break
        finish_job(records)
    assert sorted(seen) == sorted(jobs)
    assert outbox.page(endpoint_id, "nonsense", 3) == ([], None)


def test_a_removed_endpoint_gets_nothing_more(
    records: JobRecords, endpoints: Endpoints, outbox: Outbox
) -> None:
    """What waited for it goes nowhere."""
    endpoint_id = add(endpoints)
    finish_job(records)
    endpoints.remove("local", endpoint_id)
    assert take_all(outbox) == []
    finish_job(records)
    assert take_all(outbox) == []
