"""Colours by name and by number: sRGB, CIELAB (D65) and the CIEDE2000 difference.

Formulas: IEC 61966-2-1 for sRGB, CIE 15 for CIELAB, and for the difference G. Sharma, W. Wu and
E. N. Dalal, "The CIEDE2000 color-difference formula", Color Research and Application 30 (2005).
"""

import math
import re
from functools import cache, lru_cache
from typing import Annotated

from pydantic import StringConstraints

from backlot.contracts.frozen import Frozen
from backlot.contracts.terms import TermId
from backlot.vocabulary.loading import DATA
from backlot.vocabulary.reading import read_yaml

Lab = tuple[float, float, float]

_HEX = re.compile(r"#[0-9a-f]{6}")
_WHITE_D65 = (0.95047, 1.0, 1.08883)
_EPSILON = 216 / 24389
_KAPPA = 24389 / 27
_CHROMA_KNEE = 25.0**7
_LINEAR_FOOT = 0.04045
_TURN = 360.0
_HALF_TURN = 180.0


class ColourFile(Frozen):
    """The file of typical colour values."""

    colours: dict[TermId, Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]]


def hex_of(term_id: str) -> str:
    """Return the typical sRGB value of a colour name; raise KeyError where there is none."""
    return _hexes()[term_id]


@lru_cache(maxsize=4096)
def name_of(hex_colour: str) -> str:
    """Return the colour_name term nearest to a colour by CIEDE2000; raise ValueError for no hex."""
    lab = lab_of(hex_colour)
    # The difference is never less than that of lightness alone, which is quick to tell.
    gaps = sorted((_lightness_gap(lab, other), term_id) for term_id, other in _labs().items())
    nearest, least = "", math.inf
    for gap, term_id in gaps:
        if gap > least:
            break
        difference = delta_e(lab, _labs()[term_id])
        if difference < least:
            nearest, least = term_id, difference
    return nearest


def lab_of(hex_colour: str) -> Lab:
    """Return CIELAB of an sRGB colour ``#rrggbb`` under D65; raise ValueError for anything else."""
    if not _HEX.fullmatch(hex_colour.lower()):
        raise ValueError(f"not a colour of the form #rrggbb: {hex_colour!r}")
    red, green, blue = (_linear(int(hex_colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    x = 0.4124564 * red + 0.3575761 * green + 0.1804375 * blue
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = 0.0193339 * red + 0.1191920 * green + 0.9503041 * blue
    fx, fy, fz = (_compressed(v / w) for v, w in zip((x, y, z), _WHITE_D65, strict=True))
    return (116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz))


def delta_e(lab1: Lab, lab2: Lab) -> float:
    """Return the CIEDE2000 difference of two CIELAB colours, all parametric factors 1."""
    (c1, h1), (c2, h2) = _stretched(lab1, lab2)
    mean_c = (c1 + c2) / 2
    turn, mean_h = _hue_turn(c1, h1, c2, h2), _mean_hue(c1, h1, c2, h2)
    hue_difference = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn) / 2)
    weight = (
        1
        - 0.17 * math.cos(math.radians(mean_h - 30))
        + 0.24 * math.cos(math.radians(2 * mean_h))
        + 0.32 * math.cos(math.radians(3 * mean_h + 6))
        - 0.20 * math.cos(math.radians(4 * mean_h - 63))
    )
    scale_c = 1 + 0.045 * mean_c
    scale_h = 1 + 0.015 * mean_c * weight
    swing = math.radians(60 * math.exp(-(((mean_h - 275) / 25) ** 2)))
    rotation = -math.sin(swing) * 2 * math.sqrt(mean_c**7 / (mean_c**7 + _CHROMA_KNEE))
    dl, dc, dh = _lightness_gap(lab1, lab2), (c2 - c1) / scale_c, hue_difference / scale_h
    # Rounding may push equal colours a hair below zero.
    return math.sqrt(max(0.0, dl * dl + dc * dc + dh * dh + rotation * dc * dh))


def _lightness_gap(lab1: Lab, lab2: Lab) -> float:
    """Return the share of the difference that comes of lightness alone."""
    off_middle = ((lab1[0] + lab2[0]) / 2 - 50) ** 2
    return abs(lab2[0] - lab1[0]) / (1 + 0.015 * off_middle / math.sqrt(20 + off_middle))


@cache
def _hexes() -> dict[str, str]:
    """Return colour name to its typical value."""
    return dict(read_yaml(DATA / "colours.yaml").parse(ColourFile).colours)


@cache
def _labs() -> dict[str, Lab]:
    """Return colour name to the CIELAB of its typical value."""
    return {term_id: lab_of(hex_colour) for term_id, hex_colour in _hexes().items()}


def _linear(encoded: float) -> float:
    """Undo the sRGB transfer curve."""
    return encoded / 12.92 if encoded <= _LINEAR_FOOT else ((encoded + 0.055) / 1.055) ** 2.4


def _compressed(ratio: float) -> float:
    """Apply CIELAB's cube root with its linear foot."""
    return ratio ** (1 / 3) if ratio > _EPSILON else (_KAPPA * ratio + 16) / 116


def _stretched(lab1: Lab, lab2: Lab) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return chroma and hue (degrees) of both colours after the a axis is stretched near grey."""
    mean_chroma = (math.hypot(lab1[1], lab1[2]) + math.hypot(lab2[1], lab2[2])) / 2
    power = mean_chroma**7
    stretch = 1.5 - 0.5 * math.sqrt(power / (power + _CHROMA_KNEE))

    def polar(lab: Lab) -> tuple[float, float]:
        a, b = stretch * lab[1], lab[2]
        return math.hypot(a, b), math.degrees(math.atan2(b, a)) % _TURN

    return polar(lab1), polar(lab2)


def _hue_turn(c1: float, h1: float, c2: float, h2: float) -> float:
    """Return the shorter way from one hue to the other in degrees; none when one is grey."""
    if c1 * c2 == 0:
        return 0.0
    turn = h2 - h1
    if turn > _HALF_TURN:
        return turn - _TURN
    return turn + _TURN if turn < -_HALF_TURN else turn


def _mean_hue(c1: float, h1: float, c2: float, h2: float) -> float:
    """Return the hue between two hues on their shorter side; the sum when one is grey."""
    total = h1 + h2
    if c1 * c2 == 0:
        return total
    if abs(h1 - h2) <= _HALF_TURN:
        return total / 2
    return (total + _TURN) / 2 if total < _TURN else (total - _TURN) / 2
