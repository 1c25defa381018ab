"""The product's mask: its own alpha, a plain background taken away, a network's, or a graph cut."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from services.vision_worker import quality
from services.vision_worker.frontal import cut_salient
from services.vision_worker.learned import Finder, Sight, cut_along, in_frame, look_twice, tidy
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
NETWORK_REACH = 1.0
"""How far a mask's edge may be off, in its own pixels."""
REACH_LIMITS = (2, 24)
SAME_PRODUCT = 0.8
"""Overlap of two masks from which both show the same product."""
UNSEEN, SURELY = 0.05, 0.8
"""The network's cover up to which the plain background's mask shows a shadow, and from which it
lacks something."""
CONTAINED = 0.95
"""Share of the network's mask in the plain background's from which that shows more of the same."""
CLEARLY_PLAIN = 0.9
"""Quality of a plain background's mask from which it outdoes a network's."""
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


def find_product(photo: Photo, finder: Finder | None = None) -> Mask | None:
    """Find the product; None when there is nothing to be found (one colour all over).

    Args:
        photo: The photo.
        finder: A network that knows products; without one, what stands out counts.
    """
    if (own := _from_alpha(photo)) is not None:
        return own
    plain = _from_plain_background(photo)
    sight = None if finder is None else look_twice(photo, finder)
    if sight is None:
        return plain or _from_graph_cut(photo)
    seen = sight.mean > 0.5  # noqa: PLR2004  # more product than not
    if plain is not None and quality.agreement(plain.product, seen) >= SAME_PRODUCT:
        return _agreed(plain, sight)
    learned = _from_network(photo, sight)
    if plain is None or learned is None:
        return learned or plain or _from_graph_cut(photo)
    return _likelier(plain, learned)


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


def _from_network(photo: Photo, sight: Sight) -> Mask | None:
    cover = in_frame(cut_along(photo, sight), sight)
    product = resize_plane(cover, *sight.cover.shape) > 0.5  # noqa: PLR2004  # more product than not
    if not LEAST_SHARE <= product.mean() <= MOST_SHARE:
        return None
    estimate = quality.of_network(sight, product)
    # The network's own pixels, as large as they are in the frame of the cut.
    rows, columns = sight.window
    finer = cover.shape[0] / sight.cover.shape[0]
    seen = max(
        (rows.stop - rows.start) / sight.near.shape[0],
        (columns.stop - columns.start) / sight.near.shape[1],
    )
    return Mask(cover, "network", estimate, NETWORK_REACH * seen * finer)


def _agreed(plain: Mask, sight: Sight) -> Mask:
    """A plain background's mask, whose edges are exact, as far as a network sees the same."""
    both = (plain.product & (sight.mean > UNSEEN)) | (sight.mean > SURELY)
    agreed = quality.agreement(plain.product, sight.mean > 0.5)  # noqa: PLR2004  # mostly
    estimate = quality.of_agreed(plain.quality, agreed)
    return replace(plain, cover=tidy(both).astype(np.float32), quality=estimate)


def _likelier(plain: Mask, learned: Mask) -> Mask:
    """Of a plain background's mask and a network's that show different things, the likelier.

    Of clear glass the network sees what is in it, the background's ramp also what holds it.
    """
    seen = resize_plane(learned.cover, *plain.cover.shape) > 0.5  # noqa: PLR2004  # mostly product
    inside = float((plain.product & seen).sum()) / float(seen.sum() or 1)
    if inside < CONTAINED or plain.quality < CLEARLY_PLAIN:
        return learned
    agreed = quality.agreement(plain.product, seen)
    return replace(plain, quality=quality.of_agreed(plain.quality, agreed))


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
