"""The product's mask: its own alpha, a plain background taken away, or a graph cut."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from services.vision_worker import quality
from services.vision_worker.frontal import cut_salient
from services.vision_worker.matting import GUIDE_SIDE, lift, soften
from services.vision_worker.photo import Photo
from services.vision_worker.pixels import (
    Flags,
    Plane,
    Rgb,
    resize_floats,
    resize_plane,
    shrink,
)
from services.vision_worker.plain import fit_background, product_before
from services.vision_worker.region import Box, box_of

Method = Literal["alpha", "plain-background", "grabcut", "network"]

LEAST_SHARE = 0.004
MOST_SHARE = 0.97
"""A product covers at least and at most this share of its photo."""
PLAIN_REACH = 1.5
CUT_REACH = 1.5
"""How far a mask's edge may be off, in its own pixels."""
REACH_LIMITS = (2, 24)
VISIBLE = 0.02
"""Alpha from which a pixel belongs to the cut-out's box."""


@dataclass(frozen=True)
class Mask:
    """Where the product is in its photo.

    Attributes:
        cover: How much of each pixel is product, 0..1; a copy of the photo's frame of any size.
        method: How it was found.
        quality: Estimate of how good it is, 0..1.
        reach: How far the true edge may lie from the mask's, in pixels of `cover`; 0 when the
            edge is exact.
    """

    cover: Plane
    method: Method
    quality: float
    reach: float

    @property
    def product(self) -> Flags:
        """The product as yes or no."""
        return self.cover > 0.5  # noqa: PLR2004  # more product than not


@dataclass(frozen=True)
class Lifted:
    """The product as a picture of its own.

    Attributes:
        rgba: Shape (height, width, 4), straight alpha.
        box: What part of the photo the picture shows.
    """

    rgba: NDArray[np.uint8]
    box: Box


def find_product(photo: Photo) -> Mask | None:
    """Find the product; None when there is nothing to be found (one colour all over)."""
    return _from_alpha(photo) or _from_plain_background(photo) or _from_graph_cut(photo)


def _from_alpha(photo: Photo) -> Mask | None:
    if photo.alpha is None:
        return None
    share = float((photo.alpha > 0.5).mean())  # noqa: PLR2004  # more product than not
    if not LEAST_SHARE <= share <= MOST_SHARE:
        return None
    return Mask(photo.alpha, "alpha", 1.0, 0.0)


def _from_plain_background(photo: Photo) -> Mask | None:
    background = fit_background(photo.lab)
    if background is None:
        return None
    product = product_before(photo.lab, background)
    if not LEAST_SHARE <= product.mean() <= MOST_SHARE:
        return None
    estimate = quality.of_plain_background(photo.lab, product, background.outliers)
    return Mask(product.astype(np.float32), "plain-background", estimate, PLAIN_REACH)


def _from_graph_cut(photo: Photo) -> Mask | None:
    cut = cut_salient(photo.small)
    if cut is None or not LEAST_SHARE <= cut.product.mean() <= MOST_SHARE:
        return None
    lab = resize_floats(photo.lab, *cut.product.shape)
    estimate = quality.of_graph_cut(lab, cut.product, cut.first_guess)
    return Mask(cut.product.astype(np.float32), "grabcut", estimate, CUT_REACH)


def lift_product(photo: Photo, mask: Mask, long_side: int) -> Lifted | None:
    """Cut the product out of its photo, with soft edges and clean colours.

    Args:
        photo: The photo.
        mask: Where the product is.
        long_side: The picture's longer side is at most this many pixels.

    Returns:
        None when nothing visible is left.
    """
    window = _window(photo, mask)
    if window is None:
        return None
    rows, columns = window
    crop = shrink(photo.rgb[rows, columns], long_side)
    alpha = _alpha_of(photo, mask, window, crop)
    inner = box_of(alpha > VISIBLE)
    if inner is None:
        return None
    height, width = alpha.shape
    top, bottom = round(inner.top * height), round(inner.bottom * height)
    left, right = round(inner.left * width), round(inner.right * width)
    rgba = lift(crop[top:bottom, left:right], alpha[top:bottom, left:right])
    return Lifted(rgba, _within(photo, window, inner))


def _window(photo: Photo, mask: Mask) -> tuple[slice, slice] | None:
    """Rows and columns of the photo that hold the product and its uncertain edge."""
    found = box_of(mask.cover > VISIBLE)
    if found is None:
        return None
    height, width = photo.size
    margin_y = (mask.reach + 1) / mask.cover.shape[0] if mask.reach else 0.0
    margin_x = (mask.reach + 1) / mask.cover.shape[1] if mask.reach else 0.0
    top, bottom = max(0.0, found.top - margin_y), min(1.0, found.bottom + margin_y)
    left, right = max(0.0, found.left - margin_x), min(1.0, found.right + margin_x)
    return (
        slice(int(top * height), max(int(top * height) + 1, round(bottom * height))),
        slice(int(left * width), max(int(left * width) + 1, round(right * width))),
    )


def _alpha_of(photo: Photo, mask: Mask, window: tuple[slice, slice], crop: Rgb) -> Plane:
    """The mask in a window of the photo, at the crop's size, its edges fitted to the crop."""
    height, width = crop.shape[:2]
    whole = resize_plane(mask.cover, *photo.size)
    cover = resize_plane(whole[window], height, width)
    if mask.reach == 0:
        return cover
    # The reach in pixels of the copy on which the edges are fitted.
    enlarged = max(photo.size) / max(mask.cover.shape)
    shown = max(height, width) / max(
        window[0].stop - window[0].start, window[1].stop - window[1].start
    )
    guide = min(1.0, GUIDE_SIDE / max(height, width))
    reach = int(np.clip(np.ceil(mask.reach * enlarged * shown * guide), *REACH_LIMITS))
    return soften(crop, cover > 0.5, reach)  # noqa: PLR2004  # more product than not


def _within(photo: Photo, window: tuple[slice, slice], inner: Box) -> Box:
    """The box of a part of a window, as shares of the photo."""
    height, width = photo.size
    top, left = window[0].start / height, window[1].start / width
    tall, wide = window[0].stop / height - top, window[1].stop / width - left
    return Box(
        left + inner.left * wide,
        top + inner.top * tall,
        min(1.0, left + inner.right * wide),
        min(1.0, top + inner.bottom * tall),
    )
