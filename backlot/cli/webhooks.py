"""`backlot webhooks`: look at deliveries and send them again, through the API."""

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from backlot.cli.tables import show
from backlot.contracts.errors import MissingExtraError, UnavailableError
from backlot.contracts.webhooks import (
    DeliveryState,
    Replayed,
    WebhookDeliveries,
    WebhookDelivery,
    WebhookEndpoints,
)

webhooks_app = typer.Typer(no_args_is_help=True, help="Webhook endpoints and their deliveries.")
console = Console()

Address = Annotated[
    str, typer.Option("--address", envvar="BACKLOT_PUBLIC_URL", help="Where the API is reached.")
]
Key = Annotated[str, typer.Option("--key", envvar="BACKLOT_API_KEY", help="An API key.")]
States = Annotated[list[DeliveryState] | None, typer.Option("--state", help="Only those.")]
LOCAL = "http://127.0.0.1:8000"


@webhooks_app.command("list")
def list_endpoints(address: Address = LOCAL, key: Key = "") -> None:
    """List the endpoints and how they do."""
    found = WebhookEndpoints.model_validate(_ask(address, key, "GET", "webhook-endpoints"))
    table = Table("endpoint", "url", "status", "failing since", "last delivered")
    for one in found.endpoints:
        state = f"{one.status} ({one.disabled_reason})" if one.disabled_reason else one.status
        table.add_row(
            one.endpoint_id, one.url, state, _at(one.failing_since), _at(one.last_delivered_at)
        )
    show(table)


@webhooks_app.command()
def deliveries(
    endpoint: str,
    state: Annotated[DeliveryState | None, typer.Option(help="Only those.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 20,
    address: Address = LOCAL,
    key: Key = "",
) -> None:
    """List the newest deliveries of an endpoint."""
    query = {"limit": limit, **({"state": state.value} if state else {})}
    path = f"webhook-endpoints/{endpoint}/deliveries"
    found = WebhookDeliveries.model_validate(_ask(address, key, "GET", path, query=query))
    table = Table("delivery", "event", "job", "state", "attempts", "last", "next")
    for one in found.deliveries:
        last = one.last_note or (str(one.last_status) if one.last_status else "")
        table.add_row(
            one.delivery_id, one.type, one.job_id or "", one.state, str(one.attempts), last,
            _at(one.next_attempt_at),
        )  # fmt: skip
    show(table)


@webhooks_app.command()
def replay(
    delivery: Annotated[list[str] | None, typer.Argument(help="Ids of deliveries.")] = None,
    endpoint: Annotated[str | None, typer.Option(help="Replay a range of its deliveries.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Of events from then on, UTC.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Of events up to then, UTC.")] = None,
    state: States = None,
    address: Address = LOCAL,
    key: Key = "",
) -> None:
    """Send deliveries once more: the ones named, or all failed ones of an endpoint."""
    if bool(delivery) == bool(endpoint):
        raise typer.BadParameter("name deliveries, or an --endpoint")
    for delivery_id in delivery or ():
        answer = _ask(address, key, "POST", f"webhook-deliveries/{delivery_id}/replay")
        console.print(f"{WebhookDelivery.model_validate(answer).delivery_id} is on its way")
    if endpoint is None:
        return
    wish: dict[str, object] = {
        name: at.isoformat() + "Z" for name, at in (("since", since), ("until", until)) if at
    }
    if state:
        wish["states"] = [one.value for one in state]
    total, more = 0, True
    while more:
        path = f"webhook-endpoints/{endpoint}/replay"
        done = Replayed.model_validate(_ask(address, key, "POST", path, body=wish))
        total, more = total + done.replayed, done.more and done.replayed > 0
    console.print(f"{total} deliveries are on their way")


def _ask(
    address: str,
    key: str,
    method: str,
    path: str,
    *,
    query: dict[str, Any] | None = None,
    body: object = None,
) -> Any:
    try:
        import httpx  # noqa: PLC0415  # the images of most services have none
    except ModuleNotFoundError as error:
        raise MissingExtraError(str(error.name), "demo") from error
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        answer = httpx.request(
            method, f"{address.rstrip('/')}/v1/{path}", params=query, json=body, headers=headers,
            timeout=60, trust_env=False,
        )  # fmt: skip
    except httpx.HTTPError as error:
        raise UnavailableError(f"{address} does not answer: {error}") from error
    if answer.is_error:
        raise UnavailableError(f"{answer.status_code} {answer.text[:300]}")
    return answer.json()


def _at(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
