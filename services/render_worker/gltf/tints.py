"""Colours of single corners, for leaves and petals, each spot a little different."""

import numpy as np
from numpy.typing import NDArray

from services.render_worker.scene import Pattern, PatternKind, Points
from services.render_worker.shapes.noise import noise3

BRIGHTEST = 1.35
"""Times the material's own colour; corners are shares of it, as glTF only darkens."""

_DARKEST, _LIGHTEST = 0.72, 1.25
_WARM = np.array([0.08, 0.0, -0.12])
"""A hue that turns by a few degrees: red gains what blue loses."""


def is_tinted(pattern: Pattern | None) -> bool:
    """Whether a pattern is drawn by the colours of corners."""
    return pattern is not None and pattern.kind is PatternKind.CLOUDY


def tints_of(pattern: Pattern, points: Points) -> NDArray[np.uint8]:
    """Linear RGBA (n, 4) of corners, 255 for the brightest."""
    places = points * pattern.scale
    middle, reach = (_LIGHTEST + _DARKEST) / 2, (_LIGHTEST - _DARKEST) / 2
    value = middle + reach * noise3(places, 41, 2)
    warm = noise3(places, 43, 2)[:, None] * _WARM
    shares = np.clip(value[:, None] * (1.0 + warm) / BRIGHTEST, 0.0, 1.0)
    rgba = np.full((len(points), 4), 255, dtype=np.uint8)
    rgba[:, :3] = np.rint(shares * 255)
    return rgba
