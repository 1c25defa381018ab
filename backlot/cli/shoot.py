"""`backlot shoot`: one product, in a set of your choice, as a picture file."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from backlot.cli.client import GIVE_UP_RENDER_S, Client, Order
from backlot.contracts.errors import BacklotError, MissingExtraError
from backlot.contracts.jobs import JobBody
from backlot.contracts.stages import Stage
from backlot.embedded.line import NEEDED, embedded_line
from backlot.embedded.renderer import can_render
from backlot.embedded.state import State, free_port

console = Console(stderr=True)
_GLB = ".glb"


class NotShotError(BacklotError):
    """The job ended without a picture."""

    code = "not-shot"


def shoot(  # noqa: PLR0917 - a command line has options
    product: Annotated[Path, typer.Argument(exists=True, help="A GLB, or a photo.")],
    background: Annotated[
        list[str] | None, typer.Option(help="Id of a set, repeatable; without it: the best ones.")
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="In a set that is made for it.")] = False,
    photo: Annotated[Path | None, typer.Option(exists=True, help="Beside a GLB.")] = None,
    title: Annotated[str | None, typer.Option(help="What it is.")] = None,
    size_cm: Annotated[
        str | None, typer.Option(help="Real size as WIDTHxDEPTHxHEIGHT, centimetres.")
    ] = None,
    quality: Annotated[str, typer.Option(help="draft or final.")] = "draft",
    preset: Annotated[
        str, typer.Option(help="square, portrait, wide, marketplace or thumbnail.")
    ] = "square",
    camera: Annotated[
        str | None, typer.Option(help="hero, three-quarter, close, high or low.")
    ] = None,
    pictures: Annotated[int, typer.Option(min=1, max=12)] = 1,
    out: Annotated[Path, typer.Option(help="Folder for the pictures.")] = Path(),
    address: Annotated[
        str | None, typer.Option(envvar="BACKLOT_URL", help="Of a running line; else its own.")
    ] = None,
) -> None:
    """Shoot a product and write the pictures, through the same API as everybody."""
    shot = {"backgrounds": background or [], "preset": preset, "camera": camera}
    request: dict[str, object] = {
        "title": title,
        "render": quality,
        "renders": pictures,
        "shot": {name: value for name, value in shot.items() if value},
    }
    if new:
        request["generate"] = "always"
    if size_cm:
        request["dimensions_cm"] = dimensions(size_cm)
    order = order_of(product, photo, {name: v for name, v in request.items() if v is not None})
    with client_of(address) as client:
        body = run(client, order)
        for path in save(client, body, product.stem, out):
            console.print(f"[bold]{path}[/]")


def order_of(product: Path, photo: Path | None, request: dict[str, object]) -> Order:
    """What to send for a GLB, a photo, or both."""
    if product.suffix.lower() == _GLB:
        seen = photo.read_bytes() if photo else None
        return Order(product.name, seen, request, product.read_bytes())
    return Order(product.name, product.read_bytes(), request)


def dimensions(text: str) -> dict[str, float]:
    """Read WIDTHxDEPTHxHEIGHT; raises typer.BadParameter."""
    parts = text.lower().replace("\u00d7", "x").split("x")
    try:
        width, depth, height = (float(part) for part in parts)
    except ValueError as error:
        raise typer.BadParameter("write the size as WIDTHxDEPTHxHEIGHT in centimetres") from error
    return {"width": width, "depth": depth, "height": height}


@contextmanager
def client_of(address: str | None) -> Iterator[Client]:
    """A client of a running line, or of one that lives as long as the block.

    Raises:
        MissingExtraError: There is no Blender for a line of our own.
    """
    if address is not None:
        with Client(address) as client:
            yield client
        return
    if not can_render():
        raise MissingExtraError("bpy", "render")
    with (
        tempfile.TemporaryDirectory(prefix="backlot-") as folder,
        embedded_line(
            State(Path(folder)), free_port(), lambda _: None, (*NEEDED, Stage.RENDER)
        ) as own,
        Client(own) as client,
    ):
        yield client


def run(client: Client, order: Order) -> JobBody:
    """Submit and follow to the end; raises NotShotError with the reason."""
    job = client.submit(order)
    with console.status("submitted") as status:
        body = client.follow(
            job.job_id, lambda now: status.update(str(now.stage or now.status)), GIVE_UP_RENDER_S
        )
    for warning in body.warnings:
        console.print(f"[yellow]{warning.code}:[/] {warning.text.en}")
    if not body.result.renders:
        why = body.error.detail if body.error else f"it is {body.status}"
        raise NotShotError(f"no picture: {why}")
    return body


def save(client: Client, body: JobBody, stem: str, out: Path) -> Iterator[Path]:
    """Write every picture of a job, and its recipe beside it."""
    out.mkdir(parents=True, exist_ok=True)
    for number, picture in enumerate(body.result.renders or (), start=1):
        suffix = Path(picture.url.partition("?")[0]).suffix
        path = out / f"{stem}-{number}-{picture.background_id}-{picture.angle}{suffix}"
        path.write_bytes(client.fetch(picture.url))
        if picture.recipe_url:
            path.with_suffix(".json").write_bytes(client.fetch(picture.recipe_url))
        failed = [check.name for check in picture.checks if not check.passed]
        told = f"[yellow]not passed: {', '.join(failed)}[/]" if failed else "all checks passed"
        console.print(f"{picture.background_id}, {picture.angle}: {picture.seconds:.1f} s, {told}")
        yield path
