"""Pictures as files: written with their provenance, read back as a client's program would."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from backlot.contracts.render import PictureFormat

SUFFIX: dict[PictureFormat, str] = {"jpeg": "jpg", "png": "png", "webp": "webp", "avif": "avif"}
MEDIA: dict[PictureFormat, str] = {
    "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif",
}  # fmt: skip
_XMP_CHUNK = "XML:com.adobe.xmp"


def encode(picture: Image.Image, kind: PictureFormat, xmp: bytes) -> bytes:
    """Write a picture so that no eye tells it from the original, with its metadata packet."""
    out = io.BytesIO()
    if kind == "jpeg":
        picture.save(out, "JPEG", quality=97, subsampling=0, optimize=True, xmp=xmp)
    elif kind == "png":
        chunks = PngImagePlugin.PngInfo()
        chunks.add_itxt(_XMP_CHUNK, xmp.decode())
        picture.save(out, "PNG", optimize=True, pnginfo=chunks)
    elif kind == "webp":
        picture.save(out, "WEBP", quality=95, method=5, xmp=xmp)
    else:
        picture.save(out, "AVIF", quality=92, subsampling="4:4:4", xmp=xmp)
    return out.getvalue()


def decode(data: bytes) -> NDArray[np.uint8]:
    """A picture file's pixels, (h, w, 3)."""
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB"))
