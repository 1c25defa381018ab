"""The demo's HTML report: one file with its pictures inside, to be opened or sent on."""

import base64
from collections.abc import Callable
from pathlib import Path

import jinja2

from backlot.cli.client import Order
from backlot.contracts.jobs import JobBody

MEDIA = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


def data_uri(data: bytes) -> str:
    """A picture as an address that holds it."""
    media = next((m for magic, m in MEDIA.items() if data.startswith(magic)), "image/*")
    return f"data:{media};base64,{base64.b64encode(data).decode()}"


def write_report(
    path: Path, shots: list[tuple[Order, JobBody]], fetch: Callable[[str], bytes]
) -> Path:
    """Write the report and return its path.

    Args:
        path: Of the HTML file.
        shots: What was sent and what came back.
        fetch: Reads a picture by its address.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("backlot.cli"), autoescape=True, trim_blocks=True
    )
    pictures: dict[str, str] = {}

    def picture(url: str) -> str:
        if url not in pictures:
            pictures[url] = data_uri(fetch(url))
        return pictures[url]

    template = environment.get_template("report.html")
    rows = [(order, body, data_uri(order.photo) if order.photo else None) for order, body in shots]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(template.render(rows=rows, picture=picture))
    return path
