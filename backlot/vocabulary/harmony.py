"""Colour harmony in CIELAB's polar form: lightness, chroma and hue, and back into sRGB.

Formulas: CIE 15 for CIELAB under D65, IEC 61966-2-1 for sRGB.
"""

import math
from functools import lru_cache
from typing import NamedTuple

from backlot.contracts.brief import ColourScheme
from backlot.vocabulary.colour import hex_of, lab_of

_WHITE_D65 = (0.95047, 1.0, 1.08883)
_FOOT = 6 / 29
_CHROMA_STEP = 1.0
_ROUNDING = 1e-4
_LINEAR_FOOT = 0.0031308


class Lch(NamedTuple):
    """A colour as lightness (0 to 100), chroma, and hue in degrees."""

    lightness: float
    chroma: float
    hue: float

    def turned(self, degrees: float) -> "Lch":
        """Return the colour with its hue turned."""
        return self._replace(hue=(self.hue + degrees) % 360)


@lru_cache(maxsize=4096)
def lch_of(hex_colour: str) -> Lch:
    """Return the polar form of a colour ``#rrggbb``."""
    lightness, a, b = lab_of(hex_colour)
    return Lch(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)


def shade_of(colour_name: str) -> str | None:
    """Return the typical sRGB value of a colour name; None for "multicolored", which has none."""
    try:
        return hex_of(colour_name)
    except KeyError:
        return None


@lru_cache(maxsize=4096)
def hex_from(colour: Lch) -> str:
    """Return the sRGB colour; one that sRGB does not have loses chroma until it does."""
    chroma = colour.chroma
    while chroma > 0:
        channels = _channels(colour.lightness, chroma, colour.hue)
        if all(-_ROUNDING <= channel <= 1 + _ROUNDING for channel in channels):
            return _hex(channels)
        chroma -= _CHROMA_STEP
    return _hex(_channels(min(100.0, max(0.0, colour.lightness)), 0.0, 0.0))


# By how many degrees the partners of a hue lie from it.
TURNS: dict[ColourScheme, tuple[float, ...]] = {
    "monochrome": (0.0,),
    "tone-on-tone": (0.0,),
    "analogous": (30.0, -30.0),
    "complementary": (180.0,),
    "split-complementary": (150.0, 210.0),
    "triadic": (120.0, 240.0),
    "pastel": (40.0, -40.0),
    "earth": (0.0,),
    "jewel": (120.0, 180.0),
    "high-contrast": (180.0,),
    "neutral-with-accent": (0.0,),
    "black-and-white": (0.0,),
}


def hue_gap(one: float, other: float) -> float:
    """Return the smaller angle between two hues, degrees."""
    gap = abs(one - other) % 360
    return min(gap, 360 - gap)


def _channels(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """Return encoded red, green and blue; outside 0 to 1 where sRGB has no such colour."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    fy = (lightness + 16) / 116
    xyz = tuple(
        white * _expanded(f)
        for white, f in zip(_WHITE_D65, (fy + a / 500, fy, fy - b / 200), strict=True)
    )
    x, y, z = xyz
    red = 3.2404542 * x - 1.5371385 * y - 0.4985314 * z
    green = -0.9692660 * x + 1.8760108 * y + 0.0415560 * z
    blue = 0.0556434 * x - 0.2040259 * y + 1.0572252 * z
    return _encoded(red), _encoded(green), _encoded(blue)


def _expanded(compressed: float) -> float:
    """Undo CIELAB's cube root with its linear foot."""
    if compressed > _FOOT:
        return compressed**3
    return 3 * _FOOT**2 * (compressed - 4 / 29)


def _encoded(linear: float) -> float:
    """Apply the sRGB transfer curve."""
    if linear <= _LINEAR_FOOT:
        return 12.92 * linear
    return float(1.055 * linear ** (1 / 2.4) - 0.055)


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(min(1.0, max(0.0, channel)) * 255):02x}" for channel in channels)
