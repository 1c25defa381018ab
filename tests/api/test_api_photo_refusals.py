import struct
import subprocess
import sys
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from api_photos import (
    animated,
    encoded,
    four_corners,
    heic_bomb,
    png_bomb,
    raw_png,
    small_jpeg,
    small_png,
    with_chunk,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from backlot.contracts.errors import RefusedInputError
from services.api.photo import PhotoLimits, normalise

LIMITS = PhotoLimits()

PEAK_OF_A_REFUSAL = """
import sys
from services.api.photo import PhotoLimits, normalise
from backlot.contracts.errors import RefusedInputError
try:
    normalise(open(sys.argv[1], "rb").read(), PhotoLimits())
except RefusedInputError as error:
    status = open("/proc/self/status").read()
    print(error.problem_code, int(status.split("VmHWM:")[1].split()[0]) // 1024)
"""


def refusal(data: bytes, limits: PhotoLimits = LIMITS) -> str:
    """The problem code a photo is refused with."""
    with pytest.raises(RefusedInputError) as caught:
        normalise(data, limits)
    assert caught.value.detail.endswith(".")
    return caught.value.problem_code


def test_nothing_is_not_a_photo() -> None:
    """Zero bytes have a problem code of their own."""
    assert refusal(b"") == "photo-empty"


@pytest.mark.parametrize(
    "data",
    [
        b"This is not a photo, whatever its name ends in.",
        b"\0" * 4096,
        b"%PDF-1.7 ...",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"\xff\xd8",
    ],
)
def test_what_is_no_picture_is_refused_by_its_content(data: bytes) -> None:
    """Text, documents, videos and sounds are refused before any decoder sees them."""
    assert refusal(data) == "photo-format"


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "GIF", "PPM", "ICO", "JPEG2000"])
def test_formats_off_the_list_are_refused(kind: str) -> None:
    """Pictures in formats nobody photographs in are refused although they could be decoded."""
    assert refusal(encoded(four_corners(), kind)) == "photo-format"


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
def test_animations_are_refused(kind: str) -> None:
    """GIF, APNG, WebP and AVIF with more than one frame are told apart from stills."""
    assert refusal(animated(kind)) == "photo-animated"


@pytest.mark.parametrize("brand", [b"msf1", b"hevc", b"avis"])
def test_image_sequences_are_refused_by_their_brand(brand: bytes) -> None:
    """HEIF sequences say so in their first box."""
    assert refusal(b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1heic") == "photo-animated"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_truncated_photos_are_refused(kind: str, share: float) -> None:
    """A photo cut off anywhere is refused, never delivered half grey."""
    noise = Image.effect_noise((200, 160), 60).convert("RGB")
    data = encoded(noise, kind)
    assert refusal(data[: int(len(data) * share)]) == "photo-broken"


def test_bombs_are_refused_by_their_header() -> None:
    """One pixel more than allowed is too many, by what the file says and before decoding."""
    limits = PhotoLimits(max_pixels=64 * 48)
    assert normalise(small_png(), limits).width == 64
    for kind in ("PNG", "JPEG", "WEBP", "HEIF", "AVIF"):
        data = encoded(four_corners((66, 48)), kind)
        assert refusal(data, limits) == "photo-too-many-pixels", kind


def test_a_webp_canvas_is_not_allocated_before_it_is_counted() -> None:
    """A WebP of 30 bytes that claims 268 megapixels is refused by its header."""
    vp8x = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + b"\xfe\x3f\0" * 2
    data = b"RIFF" + struct.pack("<I", 4 + len(vp8x)) + b"WEBP" + vp8x
    assert refusal(data) == "photo-too-many-pixels"


@pytest.mark.parametrize("bomb", [png_bomb, heic_bomb], ids=["png", "heic"])
def test_a_bomb_is_refused_in_little_memory(bomb: object, tmp_path: Path) -> None:
    """A few kilobytes that would unpack to 50 megapixels and more end far below 300 MB."""
    assert callable(bomb)
    data = bomb()
    assert len(data) < 100_000
    path = tmp_path / "bomb"
    path.write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", PEAK_OF_A_REFUSAL, str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    code, megabytes = done.stdout.split()
    assert code == "photo-too-many-pixels"
    assert int(megabytes) < 300


@pytest.mark.parametrize("kind", [b"iCCP", b"zTXt"])
def test_a_bomb_inside_a_png_chunk_is_refused(kind: bytes) -> None:
    """A chunk that unpacks to 100 MB stops at the limit and costs the photo."""
    body = b"x\0\0" + zlib.compress(b"A" * 100_000_000)
    assert refusal(with_chunk(small_png(), kind, body)) == "photo-broken"


def test_a_heic_that_lies_about_its_size_is_refused() -> None:
    """The decoder stops when the coded picture is larger than its header says."""
    data = bytearray(encoded(four_corners((640, 480)), "HEIF"))
    box = data.index(b"ispe")
    data[box + 8 : box + 16] = struct.pack(">II", 32, 32)
    assert refusal(bytes(data)) == "photo-broken"


def test_a_png_without_pixels_is_refused() -> None:
    """Zero width is no photo."""
    assert refusal(raw_png((0, 1), 8, 0, b"\0")) == "photo-broken"


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_damage_is_refused_or_survived_and_nothing_else(data: st.DataObject) -> None:
    """Whatever bytes are changed, the answer is a photo or a refusal, never another error."""
    seeds = SEEDS or [small_jpeg(), *(encoded(four_corners(), k) for k in ("PNG", "WEBP", "HEIF"))]
    SEEDS[:] = seeds
    photo = bytearray(data.draw(st.sampled_from(seeds)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(photo) - 1))
        photo[at] = data.draw(st.integers(0, 255))
    with suppress(RefusedInputError):
        assert normalise(bytes(photo), LIMITS).data


SEEDS: list[bytes] = []
