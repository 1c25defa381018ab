"""`backlot contact-sheet`: one product in many sets, side by side on one picture."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from backlot.cli.client import GIVE_UP_RENDER_S, Client
from backlot.cli.shoot import client_of, dimensions, order_of
from backlot.contracts.errors import MissingExtraError
from backlot.contracts.jobs import JobBody
from backlot.contracts.render import Render

console = Console(stderr=True)
_AT_ONCE = 6
_CELL = 400
_LABEL = 26


def contact_sheet(
    product: Annotated[Path, typer.Argument(exists=True, help="A GLB, or a photo.")],
    background: Annotated[
        list[str] | None, typer.Option(help="Id of a set, repeatable; without it: all.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="What it is.")] = None,
    size_cm: Annotated[
        str | None, typer.Option(help="Real size as WIDTHxDEPTHxHEIGHT, centimetres.")
    ] = None,
    columns: Annotated[int, typer.Option(min=1, max=12)] = 6,
    out: Annotated[Path, typer.Option(help="PNG, JPEG or WebP.")] = Path("contact-sheet.webp"),
    address: Annotated[
        str | None, typer.Option(envvar="BACKLOT_URL", help="Of a running line; else its own.")
    ] = None,
) -> None:
    """Shoot a product in many sets and lay the pictures out on one sheet."""
    request: dict[str, object] = {"title": title} if title else {}
    if size_cm:
        request["dimensions_cm"] = dimensions(size_cm)
    with client_of(address) as client:
        first = client.submit(order_of(product, None, request))
        parent = client.follow(first.job_id, lambda _: None, GIVE_UP_RENDER_S)
        cells = list(_cells(client, parent, background or client.backgrounds()))
    _lay_out(cells, columns, out)
    console.print(f"[bold]{out}[/]: {len(cells)} pictures")


def _cells(client: Client, parent: JobBody, sets: list[str]) -> Iterator[tuple[Render, bytes]]:
    """A picture of each set the product can stand in, a few sets a job."""
    for start in range(0, len(sets), _AT_ONCE):
        some = sets[start : start + _AT_ONCE]
        wish: dict[str, object] = {
            "render": "draft",
            "renders": len(some),
            "shot": {"backgrounds": some, "camera": "hero", "preset": "thumbnail"},
        }
        job = client.rematch(parent.job_id, wish)
        body = client.follow(job.job_id, lambda _: None, GIVE_UP_RENDER_S)
        for picture in body.result.renders or ():
            yield picture, client.fetch(picture.url)
        console.print(f"{min(start + _AT_ONCE, len(sets))} of {len(sets)} sets")


def _lay_out(cells: list[tuple[Render, bytes]], columns: int, out: Path) -> None:
    """Write the sheet; a set's id stands below its picture, in red when a check failed."""
    try:
        from PIL import Image, ImageDraw  # noqa: PLC0415  # with the api extra
    except ModuleNotFoundError as error:
        raise MissingExtraError("pillow", "api") from error
    rows = -(-len(cells) // columns)
    sheet = Image.new("RGB", (columns * _CELL, rows * (_CELL + _LABEL)), "white")
    draw = ImageDraw.Draw(sheet)
    for number, (picture, data) in enumerate(cells):
        left, top = number % columns * _CELL, number // columns * (_CELL + _LABEL)
        with Image.open(io.BytesIO(data)) as opened:
            sheet.paste(opened.convert("RGB").resize((_CELL, _CELL)), (left, top))
        honest = all(check.passed for check in picture.checks)
        draw.text(
            (left + 8, top + _CELL + 6), picture.background_id, fill="#333" if honest else "#c00"
        )
    sheet.save(out)
