"""Intake of one photo: refused with the reason, or normalised to what later stages read.

Pure: bytes in, bytes out. It runs in a child process that may die of it (`services.api.decoding`),
so it imports nothing but Pillow.
"""

import struct
import warnings
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

import pillow_heif
from PIL import AvifImagePlugin, Image, JpegImagePlugin, PngImagePlugin, features

from backlot.contracts.errors import RefusedInputError
from services.api.photo_format import TAKEN, PhotoFormat, sniff
from services.api.photo_pixels import in_srgb, shrunk, target_size, turned

MediaType = Literal["image/jpeg", "image/png"]
Change = Literal["turned", "scaled", "metadata-removed", "converted"]

_ORIENTATION = 0x0112
# Pillow's numbers for JPEG's colour at the picture's size, and at half of it (4:4:4 and 4:2:0).
_WHOLE, _HALVED = 0, 2
_BROKEN = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, RuntimeError,
    OverflowError, struct.error, zlib.error,
)  # fmt: skip
"""What Pillow and libheif raise on broken files; anything else is ours and takes the child down."""
_METADATA = ("exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop", "metadata")

AvifImagePlugin.DEFAULT_MAX_THREADS = 1
# An image's own thumbnail, depth map or alpha-less auxiliary pictures are never decoded.
pillow_heif.register_heif_opener(
    decode_threads=1, thumbnails=False, depth_images=False, aux_images=False
)


@dataclass(frozen=True)
class PhotoLimits:
    """What is decoded at all, and what comes out.

    Attributes:
        max_pixels: Width times height by the file's header.
        long_side: Longest side of the normalised photo in pixels; nothing is enlarged.
        jpeg_quality: Of the normalised photo when it has no alpha.
    """

    max_pixels: int = 50_000_000
    long_side: int = 1600
    jpeg_quality: int = 90


@dataclass(frozen=True)
class NormalisedPhoto:
    """The only form in which a photo goes on: upright 8-bit sRGB without metadata."""

    data: bytes
    width: int
    height: int
    has_alpha: bool
    media_type: MediaType
    changes: tuple[Change, ...]


def normalise(data: bytes, limits: PhotoLimits) -> NormalisedPhoto:
    """Check and normalise a photo.

    Args:
        data: The file as it was sent.
        limits: See `PhotoLimits`.

    Raises:
        RefusedInputError: ``photo-empty``, ``photo-format``, ``photo-animated``,
            ``photo-too-many-pixels`` or ``photo-broken``.
    """
    kind = sniff(data)
    if kind is PhotoFormat.AVIF and not features.check("avif"):
        raise RefusedInputError("photo-format", "AVIF is not taken here; send JPEG or PNG.")
    # Pillow only warns until twice its limit, and looks at WebP's header before making a canvas of
    # that size for the error only: with half of our limit its error is exactly ours.
    Image.MAX_IMAGE_PIXELS = limits.max_pixels // 2
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _normalised(data, kind, limits)
    except Image.DecompressionBombError as error:
        raise RefusedInputError(
            "photo-too-many-pixels",
            f"The photo has more than {limits.max_pixels / 1e6:g} megapixels.",
        ) from error
    except MemoryError as error:
        raise RefusedInputError(
            "photo-too-many-pixels", "The photo needs more memory to decode than it may have."
        ) from error
    except _BROKEN as error:
        raise RefusedInputError(
            "photo-broken", f"The {kind} file is damaged or cut short and cannot be read."
        ) from error


def _normalised(data: bytes, kind: PhotoFormat, limits: PhotoLimits) -> NormalisedPhoto:
    picture = _opened(data, kind)
    before = picture.size
    if kind is PhotoFormat.JPEG:
        picture.draft(None, target_size(*before, limits.long_side))
    picture.load()
    orientation = _orientation(picture)
    small = shrunk(picture, limits.long_side)
    mode, icc = picture.mode, picture.info.get("icc_profile")
    stripped = _has_metadata(picture)
    # Colour that came at half the size gains nothing by being stored at the whole.
    halved = small.size == before and JpegImagePlugin.get_sampling(picture) == _HALVED
    picture.close()  # frees the decoded pixels before more are made
    upright = turned(in_srgb(small, icc), orientation)
    encoded, media_type = _encoded(upright, limits.jpeg_quality, _HALVED if halved else _WHOLE)
    kept_format = media_type == f"image/{kind.lower()}"
    did: dict[Change, bool] = {
        "turned": orientation != 1 or _turned_by_decoder(picture),
        "scaled": small.size != before,
        "metadata-removed": stripped,
        "converted": bool(icc) or not kept_format or mode != upright.mode,
    }
    return NormalisedPhoto(
        data=encoded,
        width=upright.width,
        height=upright.height,
        has_alpha=upright.mode == "RGBA",
        media_type=media_type,
        changes=tuple(change for change, done in did.items() if done),
    )


def _opened(data: bytes, kind: PhotoFormat) -> Image.Image:
    """Read the header; Pillow counts the pixels here, before anything is decoded."""
    PngImagePlugin.MAX_TEXT_CHUNK = 4 * 2**20  # Photoshop writes XMP above Pillow's 1 MiB
    if kind is PhotoFormat.GIF:
        raise _refused_gif(data)
    picture = Image.open(BytesIO(data), formats=(kind.value,))
    # JPEG with a gain map and HEIC bursts hold more pictures; the first of them is the photo.
    still = kind in (PhotoFormat.JPEG, PhotoFormat.HEIF)
    if not still and getattr(picture, "is_animated", False):
        raise RefusedInputError("photo-animated", f"The {kind} is animated; send one still.")
    return picture


def _refused_gif(data: bytes) -> RefusedInputError:
    try:
        with Image.open(BytesIO(data), formats=("GIF",)) as picture:
            if getattr(picture, "is_animated", False):
                return RefusedInputError("photo-animated", "The GIF is animated; send one still.")
    except _BROKEN:
        pass  # damaged or not, a GIF is not taken
    return RefusedInputError("photo-format", f"This is GIF; send {TAKEN}.")


def _orientation(picture: Image.Image) -> int:
    try:
        value = picture.getexif().get(_ORIENTATION, 1)
    except _BROKEN:
        return 1  # EXIF that cannot be read turns nothing
    return value if isinstance(value, int) and 1 <= value <= 8 else 1  # noqa: PLR2004  # EXIF 2.3


def _turned_by_decoder(picture: Image.Image) -> bool:
    return (picture.info.get("original_orientation") or 1) != 1


def _has_metadata(picture: Image.Image) -> bool:
    return bool(getattr(picture, "text", None)) or any(picture.info.get(key) for key in _METADATA)


def _encoded(picture: Image.Image, quality: int, subsampling: int) -> tuple[bytes, MediaType]:
    out = BytesIO()
    if picture.mode == "RGBA":
        picture.save(out, "PNG", compress_level=4)
        return out.getvalue(), "image/png"
    picture.save(out, "JPEG", quality=quality, subsampling=subsampling)
    return out.getvalue(), "image/jpeg"
