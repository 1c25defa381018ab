"""Photos of judged products, for the one baseline that looks: a folder of pictures by category."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from backlot.contracts.errors import ConfigurationError
from backlot.encoder.port import ImageTextEncoder, Vectors
from backlot.vocabulary.reading import read_yaml
from services.matcher.evaluation.cases import Case
from services.matcher.evaluation.systems import Stock, System

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
LISTED = "samples.yaml"
CATEGORY = "product_category"


def photos_in(folder: Path) -> dict[str, Path]:
    """Return category slug to photo: by the folder's `samples.yaml`, else by file name.

    Raises:
        ConfigurationError: There is no photo.
    """
    listed = folder / LISTED
    if listed.is_file():
        rows = read_yaml(listed).data["samples"]
        named = {
            row["category"].partition("/")[2]: row["file"] for row in rows if "category" in row
        }
        found = {slug: folder / file for slug, file in named.items()}
    else:
        found = {path.stem: path for path in sorted(folder.iterdir()) if path.suffix in SUFFIXES}
    if not found:
        raise ConfigurationError(f"{folder}: no photo is named after a product category")
    return found


def looks_of(
    cases: Sequence[Case], photos: Mapping[str, Path], encoder: ImageTextEncoder
) -> dict[str, Vectors]:
    """Return case id to the vector of a photo of such a product; those without one are left out.

    Raises:
        ConfigurationError: A photo cannot be read.
    """
    vectors = {slug: encoder.encode_images([_read(path)])[0] for slug, path in photos.items()}
    found = {}
    for case in cases:
        said = case.caption.facets.get(CATEGORY, ())
        slug = said[0].term.partition("/")[2] if said else ""
        if slug in vectors:
            found[case.id] = vectors[slug]
    return found


def by_look(stock: Stock, views: Mapping[str, Vectors], looks: Mapping[str, Vectors]) -> System:
    """Order by the cosine of the product's photo with a set's nearest preview, and nothing else."""

    def ranked(case: Case) -> list[str]:
        photo = looks[case.id]
        near = {
            asset.id: float(np.max(views[asset.id] @ photo)) if asset.id in views else -1.0
            for asset in stock.of(case)
        }
        return sorted(near, key=lambda name: (-near[name], name))

    return ranked


def _read(path: Path) -> Image.Image:
    try:
        with Image.open(path) as opened:
            return opened.convert("RGB")
    except (OSError, UnidentifiedImageError) as error:
        raise ConfigurationError(f"{path}: no photo: {error}") from error
