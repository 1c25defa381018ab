"""A decoded photo."""

from dataclasses import dataclass
from functools import cached_property
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.vision_worker.pixels import Lab, Plane, Rgb, shrink, to_lab

WHITE = 255
DEEP = ("I", "F")
"""Pillow's modes of grey with more than 8 bits."""
WHOLES = (1.0, 255.0, 65535.0)
"""What white may be in them; the file does not say, so the smallest that fits is taken."""
SMALL_SIDE = 384
PRODUCT_SHARE = 0.95
"""Of the square that a cut-out is shown in, its longer side."""


class UnreadablePhotoError(ValueError):
    """The bytes are not a picture that can be decoded."""


@dataclass(frozen=True)
class Photo:
    """A photo as pixels.

    Attributes:
        rgb: Shape (height, width, 3); what is transparent shows white.
        alpha: 0..1 of the same size, None without an alpha channel.
    """

    rgb: Rgb
    alpha: Plane | None

    @cached_property
    def small(self) -> Rgb:
        """A copy of at most `SMALL_SIDE` pixels, on which masks and measures are made."""
        return shrink(self.rgb, SMALL_SIDE)

    @cached_property
    def lab(self) -> Lab:
        """CIELAB of the small copy."""
        return to_lab(self.small)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.rgb.shape[0], self.rgb.shape[1]


def decode(data: bytes) -> Photo:
    """Decode a stored photo of any kind Pillow knows, greyscale and palettes included.

    Raises:
        UnreadablePhotoError: The bytes are damaged, or no picture.
    """
    try:
        with Image.open(BytesIO(data)) as picture:
            picture.load()
            return from_picture(picture)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadablePhotoError(str(error)) from error


def from_picture(picture: Image.Image) -> Photo:
    """Take the pixels of a Pillow picture; what is transparent is laid on white."""
    if picture.mode.startswith(DEEP):
        picture = _in_eight_bits(picture)
    if not picture.has_transparency_data:
        return Photo(np.asarray(picture.convert("RGB")), None)
    rgba = np.asarray(picture.convert("RGBA"))
    alpha = rgba[..., 3].astype(np.float32) / np.float32(WHITE)
    laid = rgba[..., :3] * alpha[..., None] + WHITE * (1 - alpha[..., None])
    return Photo(np.round(laid).astype(np.uint8), alpha)


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    """Scale a picture of deep grey; Pillow itself would cut off everything above 255."""
    values = np.nan_to_num(np.asarray(picture).astype(np.float64), posinf=0.0, neginf=0.0)
    highest = float(values.max(initial=0.0))
    whole = next((limit for limit in WHOLES if highest <= limit), highest)
    if picture.mode.startswith("I;16"):
        whole = WHOLES[-1]
    return Image.fromarray(np.clip(values / whole * WHITE, 0, WHITE).round().astype(np.uint8))


def encode_cutout(rgba: NDArray[np.uint8]) -> bytes:
    """A cut-out as lossless WebP.

    Lossless, as what is sold must show the product's own pixels; the quickest effort takes less
    time and space than PNG. Colours under alpha 0 are kept: they bleed over the edge on purpose.
    """
    out = BytesIO()
    Image.fromarray(rgba).save(out, "WEBP", lossless=True, quality=0, method=0, exact=True)
    return out.getvalue()


def on_white(rgba: NDArray[np.uint8], *, square: bool) -> Image.Image:
    """A cut-out on white paper, as shops show products.

    Args:
        rgba: The cut-out, shape (height, width, 4).
        square: In the middle of a square, for encoders that crop whatever is none: of a bottle
            cropped to a square the neck is gone.
    """
    picture = Image.fromarray(rgba)
    side = round(max(picture.size) / PRODUCT_SHARE)
    size = (side, side) if square else picture.size
    paper = Image.new("RGB", size, (WHITE, WHITE, WHITE))
    at = (size[0] - picture.width) // 2, (size[1] - picture.height) // 2
    paper.paste(picture, at, mask=picture.getchannel("A"))
    return paper
