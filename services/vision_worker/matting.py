"""From a hard mask to soft edges, and from soft edges to a picture without a background's tint.

The edges follow the photo by a guided filter (He, Sun, Tang 2013) whose coefficients are fitted
on a small copy and applied to the full photo (He, Sun 2015). The colours under half-covered
pixels are estimated from blurred foreground and background (Germer et al. 2020, Forte 2021).
"""

import numpy as np
from numpy.typing import NDArray

from services.vision_worker.pixels import (
    Flags,
    Plane,
    Rgb,
    box_mean,
    fitted,
    grow,
    resize_plane,
    sample,
    shrink,
    trim,
    with_alpha,
)

GUIDE_SIDE = 384
"""Long side of the copy on which the filter is fitted."""
SMOOTHNESS = 2e-4
"""Variance of colour (0..1, squared) below which the filter sees no edge."""
STRETCH = 0.12
"""The ends of the filtered mask that are cut off, so that inside is 1 and outside is 0."""
COLOUR_SIDE = 256
"""Long side of the copy on which foreground and background colours are spread."""
NEAR_AND_FAR = (2, 12)
"""Radii over which colours are taken: near the edge, and where near it there are none."""
BLEED = 2
"""Pixels outside the edge that carry the product's colour, so that scaling brings in no fringe."""


def soften(rgb: Rgb, product: Flags, reach: int) -> Plane:
    """Alpha of the photo's size from a hard mask of any size.

    Args:
        rgb: The photo.
        product: The hard mask of the same view.
        reach: How far the true edge may lie from the mask's, in pixels of a 384-pixel copy.

    Returns:
        Alpha 0..1, 0 and 1 where the mask is sure.
    """
    height, width = rgb.shape[:2]
    guide = shrink(rgb, GUIDE_SIDE).astype(np.float32) / np.float32(255)
    small = resize_plane(product.astype(np.float32), guide.shape[0], guide.shape[1])
    slope, offset = _fit(guide, small, reach)
    hard = small > 0.5  # noqa: PLR2004  # more product than not
    # -1 surely background, 1 surely product, 0 between.
    sure = trim(hard, reach).astype(np.float32) - (~grow(hard, reach)).astype(np.float32)
    alpha = resize_plane(sure, height, width)
    rows, columns = np.nonzero(np.abs(alpha) < 1)
    line = sample(np.dstack([slope, offset]), (height, width), rows, columns)
    colour = rgb[rows, columns].astype(np.float32) / np.float32(255)
    soft = (np.einsum("nc,nc->n", line[:, :3], colour) + line[:, 3] - STRETCH) / (1 - 2 * STRETCH)
    bound = alpha[rows, columns]
    np.clip(alpha, 0, 1, out=alpha)
    alpha[rows, columns] = np.clip(soft, np.maximum(bound, 0), np.minimum(bound + 1, 1))
    return alpha


def _fit(guide: NDArray[np.float32], mask: Plane, radius: int) -> tuple[NDArray[np.float32], Plane]:
    """Slope (height, width, 3) and offset of the mask as a local linear function of colour."""
    # One plane after the other: what lies together is computed twice as fast.
    planes: list[Plane] = [np.ascontiguousarray(guide[..., channel]) for channel in range(3)]
    means, mask_mean = [box_mean(plane, radius) for plane in planes], box_mean(mask, radius)
    products: list[Plane] = [plane * mask for plane in planes]
    first, second = (0, 0, 0, 1, 1, 2), (0, 1, 2, 1, 2, 2)
    spreads: list[Plane] = [
        box_mean(planes[one] * planes[two], radius) - means[one] * means[two]
        for one, two in zip(first, second, strict=True)
    ]
    rr, rg, rb, gg, gb, bb = spreads
    rr, gg, bb = rr + SMOOTHNESS, gg + SMOOTHNESS, bb + SMOOTHNESS
    red, green, blue = (
        box_mean(product, radius) - mean * mask_mean
        for product, mean in zip(products, means, strict=True)
    )
    # The inverse of the symmetric 3x3 covariance, written out: a solver per pixel is ten times
    # slower.
    i_rr, i_rg, i_rb = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
    i_gg, i_gb, i_bb = rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg
    scale = 1 / np.maximum(rr * i_rr + rg * i_rg + rb * i_rb, 1e-12)
    red, green, blue = red * scale, green * scale, blue * scale
    slopes = (
        i_rr * red + i_rg * green + i_rb * blue,
        i_rg * red + i_gg * green + i_gb * blue,
        i_rb * red + i_gb * green + i_bb * blue,
    )
    offset = mask_mean - sum(slope * mean for slope, mean in zip(slopes, means, strict=True))
    return np.dstack([box_mean(slope, radius) for slope in slopes]), box_mean(offset, radius)


def lift(rgb: Rgb, alpha: Plane) -> NDArray[np.uint8]:
    """The product with its alpha, half-covered pixels freed from the background's colour.

    Returns:
        Shape (height, width, 4). Pixels that are fully covered are the photo's own, untouched.
    """
    result = with_alpha(rgb, alpha)
    edge = grow((alpha > 0) & (alpha < 1), BLEED) & (alpha < 1)
    rows, columns = np.nonzero(edge)
    share = alpha[rows, columns, None]
    spread = sample(_spread(rgb, alpha), (alpha.shape[0], alpha.shape[1]), rows, columns)
    front, behind = spread[:, :3], spread[:, 3:]
    seen = rgb[rows, columns].astype(np.float32)
    freed = front + share * (seen - share * front - (1 - share) * behind)
    result[rows, columns, :3] = np.clip(np.round(freed), 0, 255).astype(np.uint8)
    return result


def _spread(rgb: Rgb, alpha: Plane) -> NDArray[np.float32]:
    """Colours of product (3) and background (3) continued over the edge, of a small copy."""
    height, width = fitted(alpha.shape[0], alpha.shape[1], COLOUR_SIDE)
    colour = shrink(rgb, COLOUR_SIDE).astype(np.float32)
    cover = resize_plane(alpha, height, width)
    spread = []
    for share in (cover, 1 - cover):
        near, far = (_weighted(colour, np.square(share), radius) for radius in NEAR_AND_FAR)
        weight = np.minimum(box_mean(share, NEAR_AND_FAR[0]) * 20, 1)[..., None]
        spread.append(weight * near + (1 - weight) * far)
    return np.dstack(spread)


def _weighted(colour: NDArray[np.float32], weight: Plane, radius: int) -> NDArray[np.float32]:
    summed = box_mean(colour * weight[..., None], radius)
    total: NDArray[np.float32] = summed / (box_mean(weight, radius)[..., None] + np.float32(1e-4))
    return total
