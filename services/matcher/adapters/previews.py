"""Preview pictures from the catalog folder and the blob store, as vectors."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

import structlog
from PIL import Image

from backlot.blobs.port import BlobMissingError, BlobStore
from backlot.catalog import PREVIEW_ROOT, preview_path
from backlot.contracts.background import BackgroundAsset
from backlot.encoder.port import ImageTextEncoder, Vectors

log = structlog.get_logger(__name__)


class StoredPreviews:
    """Encodes every preview view of a background.

    Args:
        encoder: The scene encoder.
        blobs: Where previews are that were brought in; None where only the catalog's are read.
        folder: Catalog folder; None takes the one that ships.
    """

    def __init__(
        self, encoder: ImageTextEncoder, blobs: BlobStore | None = None, folder: Path | None = None
    ) -> None:
        self._encoder = encoder
        self._blobs = blobs
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
                with Image.open(BytesIO(self._bytes(preview.key))) as picture:
                    pictures.append(picture.convert("RGB"))
            except (OSError, BlobMissingError):
                log.warning("preview_unreadable", background_id=asset.id, key=preview.key)
        return pictures

    def _bytes(self, key: str) -> bytes:
        if key.startswith(PREVIEW_ROOT) or self._blobs is None:
            return preview_path(key, self._folder).read_bytes()
        return self._blobs.get(key)
