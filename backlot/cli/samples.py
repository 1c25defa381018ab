"""The photos the demo sends: rendered by us, one real photograph, or your own."""

import io
from collections.abc import Iterator
from pathlib import Path

import yaml

from backlot.cli.client import Order
from backlot.embedded.line import repository

HINTS = ("title", "category", "dimensions_cm")


def own(paths: list[Path]) -> Iterator[Order]:
    """Photos of the user, without any hint."""
    for path in paths:
        yield Order(path.name, path.read_bytes())


def shipped() -> Iterator[Order]:
    """The sample products with their 3D models, then the coffee cup that scikit-image brings."""
    folder = repository() / "samples"
    for row in yaml.safe_load((folder / "samples.yaml").read_text())["samples"]:
        request = {key: row[key] for key in HINTS if key in row}
        model = folder / "models" / Path(row["file"]).with_suffix(".glb").name
        product = model.read_bytes() if model.exists() else None
        yield Order(row["file"], (folder / row["file"]).read_bytes(), request, product)
    yield Order("coffee.png", _coffee(), {"title": "Espresso cup, red ceramic"})


def _coffee() -> bytes:
    """The one real photograph: read at run time from an installed package, never shipped."""
    from PIL import Image  # noqa: PLC0415  # with the api extra
    from skimage import data  # noqa: PLC0415  # with the demo extra

    out = io.BytesIO()
    Image.fromarray(data.coffee()).save(out, "PNG", compress_level=1)
    return out.getvalue()
