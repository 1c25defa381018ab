"""Picture files: shrinking them to a limit, and measuring their colours."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from backlot.contracts.errors import PermanentStageError
from backlot.contracts.frozen import Swatch
from backlot.vocabulary.colour import delta_e, lab_of, name_of

_SAME_COLOUR = 9.0
"""CIEDE2000 below which two patches of a set count as one colour of its palette."""
_FAINTEST_SHARE = 0.02
_QUALITIES = range(90, 25, -4)


def write_within(source: Path, target: Path, limit_bytes: int, grain: float = 0.0) -> None:
    """Write a WebP or JPEG, by the target's suffix, at the best quality that fits the limit.

    Raises:
        PermanentStageError: Even the lowest quality is larger.
    """
    with Image.open(source) as opened:
        picture = _grained(opened.convert("RGB"), grain)
    for quality in _QUALITIES:
        encoded = io.BytesIO()
        if target.suffix == ".webp":
            picture.save(encoded, "WEBP", quality=quality, method=6)
        else:
            picture.save(encoded, "JPEG", quality=quality, optimize=True, progressive=True)
        if encoded.tell() <= limit_bytes:
            target.write_bytes(encoded.getvalue())
            return
    raise PermanentStageError(
        "picture-too-large", f"{target.name} does not fit {limit_bytes} bytes"
    )


def _grained(picture: Image.Image, grain: float) -> Image.Image:
    """Add the soft noise of a small sensor."""
    if not grain:
        return picture
    pixels = np.asarray(picture, dtype=np.float64)
    dice = np.random.default_rng(7)
    noise = dice.normal(0, 5.0 * grain, pixels.shape[:2])[..., None]
    noise = noise + dice.normal(0, 2.0 * grain, pixels.shape)
    return Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8))


def size_of(path: Path) -> tuple[int, int]:
    """Width and height of a picture, pixels."""
    with Image.open(path) as picture:
        return picture.size


def measure_palette(path: Path, most: int = 6) -> tuple[Swatch, ...]:
    """The colours of a picture, largest first, with names and shares that add up to 1."""
    with Image.open(path) as opened:
        small = opened.convert("RGB").resize((160, 120), Image.Resampling.BOX)
    reduced = small.quantize(24, method=Image.Quantize.MEDIANCUT, kmeans=4)
    table = reduced.getpalette() or []
    indices, counts = np.unique(np.asarray(reduced), return_counts=True)
    merged: list[tuple[str, int]] = []
    for at in np.argsort(-counts, kind="stable"):
        start = 3 * int(indices[at])
        red, green, blue = table[start : start + 3]
        _merge(merged, f"#{red:02x}{green:02x}{blue:02x}", int(counts[at]))
    total = sum(count for _, count in merged)
    kept = [(colour, count) for colour, count in merged if count >= _FAINTEST_SHARE * total][:most]
    whole = sum(count for _, count in kept)
    return tuple(
        Swatch(hex=colour, name=name_of(colour), share=round(count / whole, 3))
        for colour, count in sorted(kept, key=lambda pair: -pair[1])
    )


def _merge(merged: list[tuple[str, int]], colour: str, count: int) -> None:
    """Add a colour to the nearest one that looks the same, or as a new one."""
    for at, (known, so_far) in enumerate(merged):
        if delta_e(lab_of(known), lab_of(colour)) < _SAME_COLOUR:
            merged[at] = (known, so_far + count)
            return
    merged.append((colour, count))
