"""Which picture format some bytes are, decided by their content and never by their name."""

from enum import StrEnum

from backlot.contracts.errors import RefusedInputError

TAKEN = "JPEG, PNG, WebP, HEIC or AVIF"


class PhotoFormat(StrEnum):
    """The formats intake decodes, by the names Pillow gives them."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    HEIF = "HEIF"
    AVIF = "AVIF"
    GIF = "GIF"


_OTHERS = {
    b"BM": "BMP",
    b"II*\x00": "TIFF or camera RAW",
    b"MM\x00*": "TIFF or camera RAW",
    b"%PDF": "PDF",
    b"<svg": "SVG",
    b"<?xml": "SVG or XML",
    b"glTF": "GLB",
    b"PK\x03\x04": "ZIP",
}
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})
_SEQUENCE_BRANDS = frozenset({b"msf1", b"hevc", b"hevx", b"hevm", b"hevs", b"avis"})


def sniff(head: bytes) -> PhotoFormat:
    """Name the format of a file.

    GIF is named because an animated one has a problem code of its own; no GIF is ever taken.

    Args:
        head: The file, or at least its first 512 bytes.

    Raises:
        RefusedInputError: ``photo-empty``, ``photo-format`` or ``photo-animated``.
    """
    if not head:
        raise RefusedInputError("photo-empty", "The photo has no bytes.")
    if head.startswith(b"\xff\xd8\xff"):
        return PhotoFormat.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PhotoFormat.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return PhotoFormat.WEBP
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return PhotoFormat.GIF
    if head[4:8] == b"ftyp":
        return _from_brands(head)
    name = next((name for magic, name in _OTHERS.items() if head.startswith(magic)), None)
    what = f"This is {name}" if name else "This is not a picture in a known format"
    raise RefusedInputError("photo-format", f"{what}; send {TAKEN}.")


def _from_brands(head: bytes) -> PhotoFormat:
    """Tell HEIC, AVIF and videos apart by the brands of their ISO file type box."""
    end = min(int.from_bytes(head[:4], "big"), 512, len(head))
    major = head[8:12]
    if major in _SEQUENCE_BRANDS:
        raise RefusedInputError("photo-animated", "This is an image sequence; send one still.")
    brands = {major, *(head[at : at + 4] for at in range(16, end - 3, 4))}
    if b"avif" in brands:
        return PhotoFormat.AVIF
    if brands & _HEIF_BRANDS:
        return PhotoFormat.HEIF
    raise RefusedInputError("photo-format", f"This looks like a video; send {TAKEN}.")
