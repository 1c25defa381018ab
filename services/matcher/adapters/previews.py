"""Preview pictures from the catalog folder, as vectors."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog
from PIL import Image

from backlot.catalog import preview_path
from backlot.contracts.background import BackgroundAsset
from backlot.encoder.port import ImageTextEncoder, Vectors

log = structlog.get_logger(__name__)


class CatalogPreviews:
    """Encodes every preview view of a background.

    Args:
        encoder: The scene encoder.
        folder: Catalog folder; None takes the one that ships.
    """

    def __init__(self, encoder: ImageTextEncoder, folder: Path | None = None) -> None:
        self._encoder = encoder
        self._folder = folder

    def __call__(self, assets: Sequence[BackgroundAsset]) -> Mapping[str, Vectors]:
        """Return background id to its views' vectors; those without a picture are left out."""
        found = {asset.id: self._pictures(asset) for asset in assets}
        return {
            background_id: self._encoder.encode_images(pictures)
            for background_id, pictures in found.items()
            if pictures
        }

    def _pictures(self, asset: BackgroundAsset) -> list[Image.Image]:
        """Read the previews that are there."""
        pictures = []
        for preview in asset.files.previews:
            try:
                with Image.open(preview_path(preview.key, self._folder)) as picture:
                    pictures.append(picture.convert("RGB"))
            except OSError:
                log.warning("preview_unreadable", background_id=asset.id, key=preview.key)
        return pictures
