"""How bright a picture should be: the product decides, the frame has a veto."""

import math
from typing import NamedTuple

MOST_STOPS = 0.8
_HIGHEST = 1.5
"""Scene light that Khronos PBR Neutral still shows with detail, a little below white."""
_DARKEST_MIDDLE = 0.03
_FRAME_HIGHEST = 2.2


MOST_STOPS_OF_A_SET = 1.8
_SET_HIGHEST = 0.94


class Zones(NamedTuple):
    """Luminances of a picture at no extra exposure; 1 is the white of paper in full light.

    Attributes:
        high: Of the product's highlights.
        middle: Of the product's middle tones.
        frame_high: Of the whole picture's highlights.
    """

    high: float
    middle: float
    frame_high: float


def exposure_for(zones: Zones) -> float:
    """Stops to add, within `MOST_STOPS` either way; a picture that is right stays untouched.

    Too bright a product is always brought down. Too dark a one is brought up only as far as its
    own highlights and the frame allow: black things are black.
    """
    if zones.high > _HIGHEST:
        return -min(math.log2(zones.high / _HIGHEST), MOST_STOPS)
    if zones.middle >= _DARKEST_MIDDLE or zones.middle <= 0:
        return 0.0
    wanted = math.log2(_DARKEST_MIDDLE / zones.middle)
    room = math.log2(_HIGHEST / max(zones.high, 1e-6))
    frame = math.log2(_FRAME_HIGHEST / max(zones.frame_high, 1e-6))
    return max(min(wanted, room, frame, MOST_STOPS), 0.0)


def exposure_of_set(mean: float, high: float, wanted: float) -> float:
    """Stops that bring a new set to the lightness it was designed with.

    Args:
        mean: Linear luminance of its trial picture.
        high: Of that picture's highlights, its 95th percentile.
        wanted: What its mean should be.
    """
    stops = math.log2(max(wanted, 1e-4) / max(mean, 1e-4))
    room = math.log2(_SET_HIGHEST / max(high, 1e-4))
    if stops > 0:
        stops = max(min(stops, room), 0.0)
    return round(max(-MOST_STOPS_OF_A_SET, min(stops, MOST_STOPS_OF_A_SET)), 2)
