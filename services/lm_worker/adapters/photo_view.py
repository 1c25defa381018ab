"""A small copy of the product's photo for a model that can see."""

import io

import structlog

from backlot.blobs.port import BlobMissingError, BlobStore, BlobUnavailableError
from backlot.contracts.errors import MissingExtraError
from backlot.contracts.jobs import StoredPhoto

try:
    from PIL import Image
except ImportError as error:
    raise MissingExtraError("pillow", "lm") from error

log = structlog.get_logger()
LONGEST_SIDE = 768
_QUALITY = 85


class PhotoView:
    """Reads normalised photos; what cannot be read is not shown, and the facts must do.

    Args:
        blobs: Where the photos are.
    """

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def __call__(self, photo: StoredPhoto) -> bytes | None:
        """Return a JPEG of at most 768 pixels a side, freshly encoded, without any metadata."""
        try:
            return _small(self._blobs.get(photo.key))
        except (BlobMissingError, BlobUnavailableError, OSError, Image.DecompressionBombError) as e:
            log.warning("lm_photo_not_shown", key=photo.key, why=type(e).__name__)
            return None


def _small(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as photo:
        # JPEG decoders can leave out detail that would be thrown away anyway.
        photo.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        flat = photo.convert("RGBA" if photo.has_transparency_data else "RGB")
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if flat.mode == "RGBA":
        white = Image.new("RGBA", flat.size, "white")
        flat = Image.alpha_composite(white, flat).convert("RGB")
    # Pillow writes the comment it once read into the next file.
    flat.info.clear()
    encoded = io.BytesIO()
    flat.save(encoded, "JPEG", quality=_QUALITY)
    return encoded.getvalue()
