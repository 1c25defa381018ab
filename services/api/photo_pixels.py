"""From decoded pixels of any mode to small upright sRGB pixels, in little memory."""

from io import BytesIO

from PIL import Image, ImageCms

_WIDE_GREY = ("I;16", "I;16B", "I;16L", "I")
_TILE = 2048
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def target_size(width: int, height: int, long_side: int) -> tuple[int, int]:
    """Size with the long side at most `long_side`; never larger, never below one pixel."""
    longest = max(width, height)
    if longest <= long_side:
        return width, height
    scale = long_side / longest
    return max(1, round(width * scale)), max(1, round(height * scale))


def shrunk(picture: Image.Image, long_side: int) -> Image.Image:
    """Scale down into one of the modes L, LA, RGB, RGBA or CMYK, with no picture attributes kept.

    Large pictures are first averaged tile by tile, so that only the decoded pixels themselves are
    in memory at full size, and no converted or premultiplied copy of them. The result is always a
    new picture: the large one may be closed.
    """
    width, height = picture.size
    size = target_size(width, height, long_side)
    factor = max(1, max(width, height) // (2 * long_side))
    small = _averaged(picture, (min(factor, width), min(factor, height)))
    if small.size != size:
        small = small.resize(size, Image.Resampling.LANCZOS)
    small.info = {}
    return small


def _averaged(picture: Image.Image, factor: tuple[int, int]) -> Image.Image:
    mode = _plain_mode(picture)
    if factor == (1, 1):
        same = _converted(picture, mode)
        return picture.copy() if same is picture else same
    (width, height), (fx, fy) = picture.size, factor
    out = Image.new(mode, (-(-width // fx), -(-height // fy)))
    step_x, step_y = fx * max(1, _TILE // fx), fy * max(1, _TILE // fy)
    for top in range(0, height, step_y):
        for left in range(0, width, step_x):
            box = (left, top, min(left + step_x, width), min(top + step_y, height))
            tile = _converted(picture.crop(box), mode).reduce(factor)
            out.paste(tile, (left // fx, top // fy))
    return out


def _plain_mode(picture: Image.Image) -> str:
    if picture.mode in _WIDE_GREY or picture.mode == "F":
        return "L"
    if picture.mode == "CMYK":
        return "CMYK"
    grey = picture.mode in ("1", "L", "LA", "La")
    if picture.has_transparency_data or picture.mode in ("La", "RGBa"):
        return "LA" if grey else "RGBA"
    return "L" if grey else "RGB"


def _converted(picture: Image.Image, mode: str) -> Image.Image:
    if picture.mode in _WIDE_GREY:
        # Pillow clips 16 bits to 8 instead of scaling them.
        picture = picture.point(lambda value: value * (1 / 256))
    return picture if picture.mode == mode else picture.convert(mode)


def turned(picture: Image.Image, orientation: int) -> Image.Image:
    """Apply an EXIF orientation, 1 to 8; anything else leaves the picture as it is."""
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def in_srgb(picture: Image.Image, icc: bytes | None) -> Image.Image:
    """Convert L, LA, RGB, RGBA or CMYK to 8-bit sRGB; a transparent pixel anywhere keeps alpha.

    Args:
        picture: Result of `shrunk`.
        icc: The colour profile that came with the photo; one that makes no sense is ignored.
    """
    alpha = picture.getchannel("A") if picture.mode in ("LA", "RGBA") else None
    colour = picture
    if alpha is not None:
        colour = picture.convert("L" if picture.mode == "LA" else "RGB")
    managed = _through_profile(colour, icc) if icc else None
    upright = managed or colour.convert("RGB")
    if alpha is not None and alpha.getextrema() != (255, 255):
        upright.putalpha(alpha)
    upright.info = {}
    return upright


def _through_profile(colour: Image.Image, icc: bytes) -> Image.Image | None:
    try:
        return ImageCms.profileToProfile(
            colour,
            ImageCms.ImageCmsProfile(BytesIO(icc)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
