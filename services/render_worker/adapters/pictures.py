"""Picture files: shrinking them to a limit, and measuring their colours."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from backlot.contracts.errors import PermanentStageError
from backlot.contracts.frozen import Swatch
from backlot.vocabulary.colour import delta_e, lab_of, name_of

_SAME_COLOUR = 8.0
"""CIEDE2000 below which two patches of a set count as one colour of its palette."""
_FAINTEST_SHARE = 0.012
_SRGB_FOOT = 0.04045
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


def luminances(path: Path) -> tuple[float, float]:
    """Mean and 95th percentile of a picture's linear luminance, 0 to 1."""
    with Image.open(path) as opened:
        encoded = np.asarray(opened.convert("RGB"), dtype=np.float64) / 255
    linear = np.where(encoded <= _SRGB_FOOT, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    return float(luminance.mean()), float(np.percentile(luminance, 95))


def measure_palette(path: Path, most: int = 6) -> tuple[Swatch, ...]:
    """The colours of a picture, largest first, with names and shares that add up to 1."""
    with Image.open(path) as opened:
        small = opened.convert("RGB").resize((160, 120), Image.Resampling.BOX)
    reduced = small.quantize(32, method=Image.Quantize.MEDIANCUT, kmeans=4)
    table = np.asarray(reduced.getpalette(), dtype=np.float64).reshape(-1, 3)
    indices, counts = np.unique(np.asarray(reduced), return_counts=True)
    patches: list[_Patch] = []
    for at in np.argsort(-counts, kind="stable"):
        _merge(patches, _Patch(table[indices[at]], int(counts[at])))
    total = sum(patch.count for patch in patches)
    seen = [patch for patch in patches if patch.count >= _FAINTEST_SHARE * total]
    kept = sorted(seen, key=lambda patch: -patch.count)[:most]
    whole = sum(patch.count for patch in kept)
    return tuple(
        Swatch(hex=patch.hex, name=name_of(patch.hex), share=round(patch.count / whole, 3))
        for patch in kept
    )


@dataclass(frozen=True, eq=False)
class _Patch:
    """A mean colour, sRGB 0 to 255, and how many pixels it stands for."""

    colour: NDArray[np.float64]
    count: int

    @property
    def hex(self) -> str:
        """As sRGB hex."""
        return "#" + "".join(f"{round(float(channel)):02x}" for channel in self.colour)


def _merge(patches: list[_Patch], new: _Patch) -> None:
    """Add a patch to the nearest one that looks the same, or as a new one."""
    lab = lab_of(new.hex)
    apart = [delta_e(lab_of(patch.hex), lab) for patch in patches]
    if not apart or min(apart) >= _SAME_COLOUR:
        patches.append(new)
        return
    at = apart.index(min(apart))
    count = patches[at].count + new.count
    mean = (patches[at].colour * patches[at].count + new.colour * new.count) / count
    patches[at] = _Patch(mean, count)
