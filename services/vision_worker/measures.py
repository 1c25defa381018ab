"""Plain facts read from the pixels, each by a formula that can be checked by hand."""

import math

import numpy as np

from backlot.contracts.caption import Measures
from services.vision_worker.pixels import (
    Flags,
    Lab,
    Plane,
    Rgb,
    box_mean,
    gradient,
    grow,
    shrink,
    to_luma,
)
from services.vision_worker.region import Box

WARM_HUE_DEG = 60.0
"""The hue angle in CIELAB that counts as warmest: orange."""
FULL_WARMTH = 40.0
"""Mean chroma along the warm hue at which a colour counts as fully warm."""
SHARPNESS_SIDE = 768
"""Long side of the product at which its sharpness is judged."""
REBLUR_RADIUS = 4
"""The picture is blurred by a window of 9 pixels to see how much it loses."""
LEAST_STEP = 3 / 255
"""Steps between neighbours below this are noise."""
STEPS_SHARE = 1e-3
"""Share of neighbours with a step from which anything can be said about sharpness."""
BLURRED, CRISP = 0.10, 0.65
"""Lost steps of a badly blurred and of a crisp photo, which become 0 and 1."""
BUSY_SLOPE = 5.0
"""Slope of L* a pixel, at 384 pixels, from which a pixel belongs to a structure."""
BUSY_SHARE = 0.35
"""Share of such pixels that counts as full clutter."""
AWAY = 4
"""Pixels around the product that are not counted as its surroundings."""


def measure(lab: Lab, product: Flags, rgb: Rgb, box: Box) -> Measures:
    """Measure a product and its photo.

    Args:
        lab: A small copy of the photo in CIELAB.
        product: Its pixels that show the product; at least one.
        rgb: The whole photo.
        box: Where in the photo the product is.
    """
    inside = lab[product]
    lightness = inside[:, 0]
    low, high = np.percentile(lightness, [5, 95])
    height, width = rgb.shape[:2]
    return Measures(
        lightness=_within(float(lightness.mean()), 0, 100),
        contrast=_within(float(high - low), 0, 100),
        chroma=float(np.hypot(inside[:, 1], inside[:, 2]).mean()),
        warmth=warmth(float(inside[:, 1].mean()), float(inside[:, 2].mean())),
        sharpness=sharpness(_shown(rgb, box)),
        clutter=clutter(lab, product),
        frame_fill=float(product.mean()),
        aspect=(box.bottom - box.top) * height / ((box.right - box.left) * width),
        photo_lightness=_within(float(lab[..., 0].mean()), 0, 100),
    )


def warmth(a: float, b: float) -> float:
    """Part of a colour that points to orange (hue 60 degrees), over 40 chroma; -1 to 1."""
    angle = math.radians(WARM_HUE_DEG)
    return _within((a * math.cos(angle) + b * math.sin(angle)) / FULL_WARMTH, -1, 1)


def sharpness(rgb: Rgb) -> float:
    """How much of its steps between neighbours a picture loses when it is blurred again, 0..1.

    A crisp picture loses most, a blurred one little (Crete et al. 2007, "The blur effect"); the
    measure does not depend on contrast. A picture without any steps cannot be blurred: 1.
    """
    luma = to_luma(shrink(rgb, SHARPNESS_SIDE))
    again = box_mean(luma, REBLUR_RADIUS)
    steps, lost = 0.0, 0.0
    counted = 0
    for axis in (0, 1):
        before = np.abs(np.diff(luma, axis=axis))
        after = np.abs(np.diff(again, axis=axis))
        clear = before > LEAST_STEP
        steps += float(before[clear].sum())
        lost += float(np.maximum(before - after, 0)[clear].sum())
        counted += int(clear.sum())
    if counted < STEPS_SHARE * luma.size:
        return 1.0
    return _within((lost / steps - BLURRED) / (CRISP - BLURRED), 0, 1)


def clutter(lab: Lab, product: Flags) -> float:
    """Share of the surroundings that belongs to structures, over 0.35; 0 without surroundings."""
    around = ~grow(product, AWAY)
    if not around.any():
        return 0.0
    lightness: Plane = np.ascontiguousarray(lab[..., 0])
    busy = gradient(lightness) > BUSY_SLOPE
    return _within(float(busy[around].mean()) / BUSY_SHARE, 0, 1)


def _shown(rgb: Rgb, box: Box) -> Rgb:
    """The part of a photo in a box, at least one pixel."""
    height, width = rgb.shape[:2]
    top, left = min(int(box.top * height), height - 1), min(int(box.left * width), width - 1)
    bottom, right = (
        max(top + 1, round(box.bottom * height)),
        max(left + 1, round(box.right * width)),
    )
    return rgb[top:bottom, left:right]


def _within(value: float, low: float, high: float) -> float:
    return min(high, max(low, value))
