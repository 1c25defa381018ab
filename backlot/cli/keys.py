"""`backlot keys`: make, list, rotate and revoke API keys, beside a running line."""

import re
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from backlot.api_keys import USUAL, ApiKeys, MadeKey, Scope
from backlot.blobs.settings import BlobSettings, open_blobs
from backlot.cli.running import use_running_line
from backlot.cli.tables import show
from backlot.line.clock import LineClock
from backlot.line.scripting import open_scripts
from backlot.line.settings import LineSettings

keys_app = typer.Typer(no_args_is_help=True, help="API keys; they count with BACKLOT_ACCESS=keys.")
console = Console()
notes = Console(stderr=True)

Tenant = Annotated[str, typer.Argument(help="Whose key it is: lower case, digits, hyphens.")]
KeyId = Annotated[str, typer.Argument(help="From `backlot keys list`.")]
TENANT = r"[a-z0-9][a-z0-9-]{0,62}"
HOUR_S, DAY_S = 3600, 86_400


@keys_app.command()
def make(
    tenant: Tenant,
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
    scope: Annotated[
        list[Scope] | None, typer.Option(help="What it may do; all but `priority`.")
    ] = None,
    days: Annotated[float | None, typer.Option(help="How long it lives; for ever.")] = None,
    submit_per_min: Annotated[int | None, typer.Option(min=0, help="0: no limit.")] = None,
    other_per_min: Annotated[int | None, typer.Option(min=0, help="0: no limit.")] = None,
) -> None:
    """Make a key and show it, this once."""
    if not _is_tenant(tenant):
        raise typer.BadParameter(f"{tenant!r} is no name of a tenant")
    quotas = {"submit": submit_per_min, "other": other_per_min}
    made = _keys().make(
        tenant,
        name,
        scope or USUAL,
        days * DAY_S if days is not None else None,
        {bucket: quota for bucket, quota in quotas.items() if quota is not None},
    )
    _show(made)


@keys_app.command("list")
def list_keys(
    tenant: Annotated[str | None, typer.Argument(help="Only this one's.")] = None,
) -> None:
    """List keys: what they may do, when they were used last, when they end."""
    keys = _keys()
    table = Table("key", "tenant", "name", "scopes", "made", "used", "ends")
    for who in (tenant,) if tenant else keys.tenants():
        for key in keys.all(who):
            times = (key.created_at, key.used_at, key.ends_at)
            table.add_row(
                key.key_id, key.tenant, key.name, " ".join(key.scopes),
                *(at.isoformat(timespec="seconds") if at else "" for at in times),
            )  # fmt: skip
    show(table)


@keys_app.command()
def rotate(
    tenant: Tenant,
    key: KeyId,
    overlap_hours: Annotated[float, typer.Option(help="The old one lives on for so long.")] = 24,
) -> None:
    """Make a key like another one, and let the old one end after an overlap."""
    _show(_keys().rotate(tenant, key, overlap_hours * HOUR_S))


@keys_app.command()
def revoke(tenant: Tenant, key: KeyId) -> None:
    """End a key at once."""
    ended = _keys().revoke(tenant, key)
    console.print(f"{ended.key_id} of {ended.tenant} has ended")


def _is_tenant(text: str) -> bool:
    return bool(re.fullmatch(TENANT, text))


def _show(made: MadeKey) -> None:
    notes.print(f"key {made.key.key_id} of {made.key.tenant}; it is shown this once:")
    console.print(made.text, soft_wrap=True)


def _keys() -> ApiKeys:
    use_running_line()
    scripts = open_scripts(LineSettings())
    clock = LineClock(scripts)
    clock.refresh()
    return ApiKeys(scripts, open_blobs(BlobSettings()), clock)
