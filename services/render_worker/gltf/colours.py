"""Colours as glTF wants them: linear factors, and pictures in sRGB."""

import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.float64]
_KNEE, _KNEE_LINEAR = 0.04045, 0.0031308  # IEC 61966-2-1: below them the curve is a line


def linear(hex_colour: str) -> Rgb:
    """Linear RGB (3,) of an sRGB hex."""
    channels = np.array([int(hex_colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    curve = ((channels + 0.055) / 1.055) ** 2.4
    return np.asarray(np.where(channels <= _KNEE, channels / 12.92, curve))


def as_picture(rgb: Rgb) -> NDArray[np.uint8]:
    """8-bit sRGB of linear RGB (height, width, 3)."""
    held = np.clip(rgb, 0.0, 1.0)
    curve = 1.055 * held ** (1 / 2.4) - 0.055
    return np.asarray(np.where(held <= _KNEE_LINEAR, 12.92 * held, curve) * 255 + 0.5, np.uint8)
