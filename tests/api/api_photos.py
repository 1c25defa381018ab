"""Photos made for tests: every format, every trap, built from a few pixels."""

import struct
import zlib
from functools import cache
from io import BytesIO

import pillow_heif
from PIL import Image, ImageCms, PngImagePlugin

pillow_heif.register_heif_opener()

CORNERS = ((250, 10, 10), (10, 250, 10), (10, 10, 250), (240, 240, 20))
"""Colours of the corners, clockwise from the top left."""


def four_corners(size: tuple[int, int] = (64, 48)) -> Image.Image:
    """A picture that looks different in each of the eight orientations."""
    width, height = size
    picture = Image.new("RGB", size)
    half_w, half_h = width // 2, height // 2
    places = ((0, 0), (half_w, 0), (half_w, half_h), (0, half_h))
    for colour, (left, top) in zip(CORNERS, places, strict=True):
        picture.paste(colour, (left, top, left + half_w, top + half_h))
    return picture


def corners_of(picture: Image.Image) -> list[tuple[int, ...]]:
    """The colours in the middle of the four quarters, clockwise from the top left."""
    rgb = picture.convert("RGB")
    width, height = rgb.size
    across, down = (width // 4, 3 * width // 4), (height // 4, 3 * height // 4)
    points = (
        (across[0], down[0]),
        (across[1], down[0]),
        (across[1], down[1]),
        (across[0], down[1]),
    )
    found = [rgb.getpixel(point) for point in points]
    return [pixel for pixel in found if isinstance(pixel, tuple)]


def encoded(picture: Image.Image, kind: str, **how: object) -> bytes:
    """Save a picture to bytes."""
    out = BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def small_png() -> bytes:
    """The cheapest photo there is."""
    return encoded(four_corners(), "PNG")


def small_jpeg() -> bytes:
    """A plain photo."""
    return encoded(four_corners(), "JPEG", quality=95)


def opened(data: bytes) -> Image.Image:
    """Read bytes back."""
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


def animated(kind: str) -> bytes:
    """Two frames of GIF, PNG or WEBP."""
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue")]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def chunk(kind: bytes, body: bytes) -> bytes:
    """One PNG chunk."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def raw_png(
    size: tuple[int, int], depth: int, colour: int, rows: bytes, extra: bytes = b""
) -> bytes:
    """A PNG from filtered rows, for what Pillow does not write."""
    header = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra
        + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )  # fmt: skip


@cache
def png_bomb() -> bytes:
    """100 megapixels in about 12 kB."""
    return raw_png((10_000, 10_000), 1, 0, b"\0" * 1251 * 10_000)


@cache
def heic_bomb() -> bytes:
    """51 megapixels in about 11 kB."""
    picture = Image.new("L", (10_000, 5_100))
    return encoded(picture, "HEIF", quality=1, enc_params={"preset": "ultrafast"})


def with_chunk(png: bytes, kind: bytes, body: bytes) -> bytes:
    """The PNG with one more chunk after its header."""
    return png[:33] + chunk(kind, body) + png[33:]


def exif(orientation: int | None = None, *, place: bool = False) -> Image.Exif:
    """EXIF with an orientation, and with where and by whom the photo was taken."""
    tags = Image.Exif()
    if orientation is not None:
        tags[0x0112] = orientation
    if place:
        tags[0x013B] = "SECRET-ARTIST"
        gps = tags.get_ifd(0x8825)
        gps[1], gps[2] = "N", (37.0, 33.0, 58.87)
        gps[3], gps[4] = "E", (126.0, 58.0, 40.63)
    return tags


def talkative(kind: str) -> bytes:
    """A photo with GPS, artist and, where the format has them, XMP, comments and text."""
    how: dict[str, object] = {"exif": exif(place=True)}
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>SECRET-XMP</x:xmpmeta>"
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", "SECRET-TEXT")
        text.add_itxt("XML:com.adobe.xmp", xmp.decode())
        how["pnginfo"] = text
    else:
        how["xmp"] = xmp
    if kind == "JPEG":
        how["comment"] = b"SECRET-COMMENT"
    return encoded(four_corners(), kind, **how)


def swapped_profile() -> bytes:
    """An sRGB profile in which red and green have changed places."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)
