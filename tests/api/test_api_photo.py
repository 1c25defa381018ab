from io import BytesIO

import numpy as np
import pytest
from api_photos import (
    CORNERS,
    chunk,
    corners_of,
    encoded,
    exif,
    four_corners,
    opened,
    raw_png,
    small_jpeg,
    small_png,
    swapped_profile,
    talkative,
    with_chunk,
)
from PIL import Image, JpegImagePlugin

from services.api.photo import NormalisedPhoto, PhotoLimits, normalise
from services.api.photo_pixels import shrunk, target_size

LIMITS = PhotoLimits()
TAKEN = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")

# How a picture must be stored so that showing it by its orientation makes it upright (EXIF 2.3).
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def close(found: object, wanted: object, by: int = 6) -> bool:
    """Whether two colours, or lists of them, are the same but for a lossy format."""
    difference = np.abs(np.asarray(found, dtype=int) - np.asarray(wanted, dtype=int))
    return bool(difference.max() <= by)


def pixel(photo: NormalisedPhoto, at: tuple[int, int] = (0, 0)) -> tuple[int, ...]:
    """One pixel of the result."""
    value = opened(photo.data).getpixel(at)
    assert isinstance(value, tuple)
    return value


@pytest.mark.parametrize("kind", TAKEN)
def test_every_taken_format_comes_out_as_the_same_picture(kind: str) -> None:
    """JPEG, PNG, WebP, HEIC and AVIF all give an sRGB JPEG of the same size and colours."""
    photo = normalise(encoded(four_corners(), kind, quality=95), LIMITS)
    picture = opened(photo.data)
    assert (picture.format, picture.mode, photo.media_type) == ("JPEG", "RGB", "image/jpeg")
    assert picture.size == (photo.width, photo.height) == (64, 48)
    assert close(corners_of(picture), CORNERS, 16)


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_every_orientation_comes_out_upright(kind: str, orientation: int) -> None:
    """A photo stored in any of the eight EXIF orientations is turned upright, and says so."""
    stored = four_corners()
    turn = STORED[orientation]
    if turn is not None:
        stored = stored.transpose(turn)
    # HEIC is turned by boxes of its own, which its encoder makes from the picture's own EXIF.
    stored.info["exif"] = exif(orientation).tobytes()
    data = encoded(stored, kind, exif=stored.info["exif"], quality=95)
    photo = normalise(data, LIMITS)
    assert (photo.width, photo.height) == (64, 48)
    assert close(corners_of(opened(photo.data)), CORNERS, 16)
    assert ("turned" in photo.changes) == (orientation != 1)


@pytest.mark.parametrize("kind", TAKEN)
def test_nothing_private_is_left(kind: str) -> None:
    """GPS, artist, XMP, comments and text chunks are in the upload and not in the result."""
    data = talkative(kind)
    assert b"SECRET" in data
    photo = normalise(data, LIMITS)
    picture = opened(photo.data)
    assert b"SECRET" not in photo.data
    assert b"Exif" not in photo.data
    assert not dict(picture.getexif())
    assert not {"exif", "xmp", "comment", "icc_profile"} & set(picture.info)
    assert "metadata-removed" in photo.changes


def test_a_plain_photo_is_not_called_changed() -> None:
    """A small sRGB JPEG without metadata reports no change."""
    assert normalise(small_jpeg(), LIMITS).changes == ()


def test_alpha_is_kept_as_png() -> None:
    """A cut-out keeps its transparency, pixel for pixel."""
    cutout = four_corners().convert("RGBA")
    cutout.putpixel((0, 0), (0, 0, 0, 0))
    photo = normalise(encoded(cutout, "PNG"), LIMITS)
    assert (photo.media_type, photo.has_alpha) == ("image/png", True)
    assert opened(photo.data).tobytes() == cutout.tobytes()


def test_alpha_without_a_transparent_pixel_is_dropped() -> None:
    """A photo saved with a useless alpha channel does not pass for a cut-out."""
    photo = normalise(encoded(four_corners().convert("RGBA"), "PNG"), LIMITS)
    assert (photo.media_type, photo.has_alpha) == ("image/jpeg", False)


def test_grey_with_alpha_becomes_colour_with_alpha() -> None:
    """LA keeps its alpha and its grey."""
    picture = Image.new("LA", (8, 8), (90, 128))
    photo = normalise(encoded(picture, "PNG"), LIMITS)
    assert pixel(photo) == (90, 90, 90, 128)


def test_a_transparent_palette_colour_stays_transparent() -> None:
    """P with transparency keeps it; the colour itself comes from the palette."""
    picture = Image.new("P", (2, 1))
    picture.putpalette([200, 30, 40, 10, 20, 230])
    picture.putpixel((1, 0), 1)
    photo = normalise(encoded(picture, "PNG", transparency=0), LIMITS)
    assert (pixel(photo)[3], pixel(photo, (1, 0))) == (0, (10, 20, 230, 255))


def test_a_palette_without_transparency_becomes_a_jpeg() -> None:
    """P alone is only another way to write colours."""
    photo = normalise(encoded(four_corners().quantize(8), "PNG"), LIMITS)
    assert photo.media_type == "image/jpeg"
    assert close(corners_of(opened(photo.data)), CORNERS, 16)


def test_cmyk_becomes_rgb() -> None:
    """A print JPEG of pure cyan ink is shown as cyan."""
    photo = normalise(encoded(Image.new("CMYK", (8, 8), (255, 0, 0, 0)), "JPEG"), LIMITS)
    assert close(pixel(photo), (0, 255, 255))
    assert "converted" in photo.changes


def test_sixteen_bit_grey_is_scaled_and_not_clipped() -> None:
    """The middle of 16 bits is the middle of 8 bits."""
    ramp = np.array([[0, 0x4000, 0x8000, 0xFFFF]], dtype=np.uint16).repeat(8, axis=1)
    photo = normalise(encoded(Image.fromarray(ramp.repeat(8, axis=0)), "PNG"), LIMITS)
    found = [pixel(photo, (x, 4))[0] for x in (4, 12, 20, 28)]
    assert close(found, [0, 64, 128, 255])


@pytest.mark.parametrize(
    ("colour", "row", "wanted"),
    [
        (2, bytes.fromhex("4000 8000 ffff"), (64, 128, 255)),
        (4, bytes.fromhex("4000 8000"), (64, 64, 64, 128)),
        (6, bytes.fromhex("4000 8000 ffff 8000"), (64, 128, 255, 128)),
    ],
)
def test_sixteen_bit_colour_and_alpha_become_eight(
    colour: int, row: bytes, wanted: tuple[int, ...]
) -> None:
    """16-bit RGB, grey with alpha and RGBA all keep their values' upper half."""
    photo = normalise(raw_png((1, 1), 16, colour, b"\0" + row), LIMITS)
    assert close(pixel(photo), wanted)


def test_a_colour_profile_is_applied() -> None:
    """A photo in another colour space is converted: with red and green swapped, red is green."""
    data = encoded(Image.new("RGB", (8, 8), (255, 0, 0)), "PNG", icc_profile=swapped_profile())
    red, green, blue = pixel(normalise(data, LIMITS))[:3]
    assert green > 200
    assert max(red, blue) < 60


def test_a_colour_profile_leaves_alpha_alone() -> None:
    """Conversion touches the colours of a cut-out and not its transparency."""
    picture = Image.new("RGBA", (8, 8), (255, 0, 0, 77))
    photo = normalise(encoded(picture, "PNG", icc_profile=swapped_profile()), LIMITS)
    _, green, _, alpha = pixel(photo)
    assert (green > 200, alpha) == (True, 77)


def test_a_broken_colour_profile_is_ignored() -> None:
    """Nonsense where a profile should be does not cost the photo."""
    data = encoded(Image.new("RGB", (8, 8), (200, 30, 40)), "PNG", icc_profile=b"nonsense" * 40)
    assert close(pixel(normalise(data, LIMITS)), (200, 30, 40))


@pytest.mark.parametrize("body", [b"nonsense", b"II*\0\xff\xff\xff\xff"])
def test_broken_exif_is_ignored(body: bytes) -> None:
    """EXIF that cannot be read turns nothing and costs nothing."""
    photo = normalise(with_chunk(small_png(), b"eXIf", body), LIMITS)
    assert (photo.width, photo.height) == (64, 48)


def test_long_text_in_a_png_is_no_reason_to_refuse() -> None:
    """A graphics program's megabytes of uncompressed XMP are thrown away, the photo is kept."""
    body = b"XML:com.adobe.xmp\0\0\0\0\0" + b"A" * 6_000_000
    photo = normalise(with_chunk(small_png(), b"iTXt", body), LIMITS)
    assert "metadata-removed" in photo.changes


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        ((3200, 2400), (1600, 1200)),
        ((1601, 801), (1600, 800)),
        ((40, 30), (40, 30)),
        ((1, 5000), (1, 1600)),
        ((9000, 3), (1600, 1)),
        ((1, 1), (1, 1)),
    ],
)
def test_the_long_side_is_bounded_and_nothing_is_enlarged(
    size: tuple[int, int], wanted: tuple[int, int]
) -> None:
    """Large photos shrink, small ones stay, lines and panoramas keep at least one pixel."""
    photo = normalise(encoded(Image.new("RGB", size, (9, 99, 199)), "PNG"), LIMITS)
    assert (photo.width, photo.height) == wanted == target_size(*size, 1600)
    assert close(pixel(photo), (9, 99, 199))
    assert ("scaled" in photo.changes) == (size != wanted)


@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (12_000, 400)])
def test_a_large_jpeg_shrinks_while_it_is_decoded(size: tuple[int, int]) -> None:
    """The decoder's own scaling changes neither the final size nor the picture."""
    photo = normalise(encoded(four_corners(size), "JPEG", quality=80), LIMITS)
    assert (photo.width, photo.height) == target_size(*size, 1600)
    assert close(corners_of(opened(photo.data)), CORNERS, 16)


@pytest.mark.parametrize(
    ("kind", "side", "subsampling", "wanted"),
    [("JPEG", 40, 2, 2), ("JPEG", 40, 0, 0), ("JPEG", 3200, 2, 0), ("PNG", 40, None, 0)],
)
def test_colour_is_stored_no_finer_than_it_came(
    kind: str, side: int, subsampling: int | None, wanted: int
) -> None:
    """4:2:0 that keeps its size stays 4:2:0; what is scaled down has finer colour to keep."""
    how = {} if subsampling is None else {"subsampling": subsampling}
    photo = normalise(encoded(four_corners((side, side)), kind, **how), LIMITS)
    assert JpegImagePlugin.get_sampling(opened(photo.data)) == wanted


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "CMYK"])
def test_averaging_by_tiles_shows_no_seams(mode: str) -> None:
    """A picture of several tiles shrinks exactly as it does in one piece."""
    noise = np.random.default_rng(7).integers(0, 256, (2300, 4500, len(mode)), dtype=np.uint8)
    picture = Image.fromarray(noise.squeeze(), mode)
    whole = picture.reduce(4).resize(target_size(4500, 2300, 500), Image.Resampling.LANCZOS)
    assert np.array_equal(np.asarray(shrunk(picture, 500)), np.asarray(whole))


def test_the_first_picture_of_several_in_a_jpeg_is_the_photo() -> None:
    """A phone's JPEG with a second picture behind it (MPO) is a photo and not an animation."""
    second = Image.new("RGB", (64, 48), (1, 2, 3))
    data = encoded(four_corners(), "MPO", save_all=True, append_images=[second], quality=95)
    photo = normalise(data, LIMITS)
    assert close(corners_of(opened(photo.data)), CORNERS, 16)


def test_a_png_key_colour_is_transparency() -> None:
    """A grey PNG that names one value transparent becomes a cut-out."""
    rows = b"\0\x10\x20"
    photo = normalise(raw_png((2, 1), 8, 0, rows, chunk(b"tRNS", b"\0\x10")), LIMITS)
    assert (pixel(photo)[3], pixel(photo, (1, 0))) == (0, (32, 32, 32, 255))


def test_the_same_photo_gives_the_same_bytes() -> None:
    """Normalising is deterministic, so a repeated submit stores the same derivative."""
    data = small_jpeg()
    assert normalise(data, LIMITS) == normalise(bytes(BytesIO(data).read()), LIMITS)
