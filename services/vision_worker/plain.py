"""Cut-out of a product in front of a plain background, a soft gradient or vignette included."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.vision_worker.pixels import (
    Flags,
    Lab,
    Plane,
    box_mean,
    components,
    gradient,
    opened,
    trim,
)
from services.vision_worker.quality import weak_edges
from services.vision_worker.region import border, holes, reached_from_border, without_specks

BORDER_SHARE = 0.03
"""Thickness of the sampled frame, as a share of the shorter side."""
MOST_OUTLIERS = 0.25
"""Share of the frame a product may touch before the background no longer counts as plain."""
MOST_NOISE = 3.0
"""CIELAB distance of the frame from the fitted background, root mean square."""
SPECK_SHARE = 0.03
"""Parts below this share of the largest part are dropped."""
SHADOW_LIGHT = 0.5
"""A cast shadow leaves at least this share of the background's lightness."""
SHADOW_CHROMA = 7.0
"""... its colour stays this close to the background's in that light"""
SHADOW_SLOPE = 1.6
"""... and it has no edges: L* changes less than this per pixel at 384 pixels."""
SHADOW_LINE = 4
"""Lines of shadow up to twice this many pixels thick are no part of a product."""
FRINGE = 3
"""How far compression ripples reach from an edge, in pixels."""
LEAST_CORE = 0.1
"""Share of sure product around a pixel from which the product's colour there is known."""
LEAST_MIXED = 0.45
"""An edge pixel is product from this way between the background's colour and the product's."""
OPENING_NOISE = 0.5
"""Share of the threshold within which an opening has the background's colour."""
OPENING_LEAST_SHARE = 0.01
"""Share of the product an opening takes at least; smaller ones are filled."""
OPENING_MOST_ISLANDS = 0.02
"""Share of an opening that may be something else."""
OPENING_WEAK_EDGE = 0.1
"""Share of an opening's edge that may be without contrast."""


@dataclass(frozen=True)
class PlainBackground:
    """A background that is the same nearly everywhere.

    Attributes:
        lab: The background's colour at each pixel, shape (height, width, 3).
        noise: Distance of the sampled frame from it, root mean square in CIELAB.
        outliers: Share of the frame that does not fit.
    """

    lab: Lab
    noise: float
    outliers: float


def _terms(height: int, width: int) -> NDArray[np.float32]:
    """A plane over the frame: one, x, y per pixel; shape (height * width, 3)."""
    y, x = np.mgrid[-1 : 1 : complex(0, height), -1 : 1 : complex(0, width)].astype(np.float32)
    return np.stack([np.ones(height * width, np.float32), x.ravel(), y.ravel()], axis=1)


def fit_background(lab: Lab) -> PlainBackground | None:
    """Fit a colour ramp to the frame of a picture; None when the frame is not that plain."""
    height, width = lab.shape[:2]
    ring = border(height, width, max(1, round(BORDER_SHARE * min(height, width)))).ravel()
    terms, colours = _terms(height, width), lab.reshape(-1, 3)
    sample_terms, sample = terms[ring], colours[ring]
    # The median colour of the frame first, then a ramp through what lies near: a product that
    # touches the frame must not bend the ramp.
    distance = np.linalg.norm(sample - np.median(sample, axis=0), axis=1)
    near = distance < max(12.0, 2.5 * float(np.median(distance)))
    ramp = np.zeros((3, 3), np.float32)
    for _ in range(3):
        if near.mean() < 1 - MOST_OUTLIERS:
            return None
        ramp = _least_squares(sample_terms[near], sample[near])
        distance = np.linalg.norm(sample - sample_terms @ ramp, axis=1)
        near = distance < np.clip(2.5 * float(np.median(distance)), 4.0, 12.0)
    noise = float(np.sqrt(np.mean(distance[near] ** 2)))
    outliers = 1 - float(near.mean())
    if noise > MOST_NOISE or outliers > MOST_OUTLIERS:
        return None
    return PlainBackground((terms @ ramp).reshape(lab.shape), noise, outliers)


def _least_squares(terms: NDArray[np.float32], colours: NDArray[np.float32]) -> Lab:
    """The ramp (3, 3) nearest to the colours (n, 3), by its three equations.

    A general solver would divide so small a thing among all cores, which then wait for each other.
    Of a picture one pixel wide or high the equations do not all say something: hence the inverse
    that bears that.
    """
    wide = terms.astype(np.float64)
    inverse = np.linalg.pinv(wide.T @ wide, rcond=1e-9, hermitian=True)
    ramp: Lab = (inverse @ (wide.T @ colours)).astype(np.float32)
    return ramp


def product_before(lab: Lab, background: PlainBackground) -> Flags:
    """Pixels of the product in front of a fitted background."""
    distance: Plane = np.linalg.norm(lab - background.lab, axis=2)
    threshold = float(np.clip(3.5 * background.noise, 3.0, 10.0))
    bare = reached_from_border(distance < threshold)
    shaded = _in_shadow(lab, background.lab)
    flat = gradient(np.ascontiguousarray(lab[..., 0])) < SHADOW_SLOPE
    product = opened(~reached_from_border(bare | (shaded & flat)), 1)
    # What is left of a shadow are the thin lines along its edges.
    product &= ~(shaded & ~opened(product, SHADOW_LINE))
    product = product | holes(product)
    product = _with_openings(product, lab, distance, threshold)
    return without_specks(_without_fringe(product, lab, background.lab), SPECK_SHARE)


def _in_shadow(lab: Lab, background: Lab) -> Flags:
    """Pixels that may be the background in shadow: darker, and its colour faded accordingly."""
    lightness, full = lab[..., 0], background[..., 0]
    darker = (lightness < full) & (lightness > SHADOW_LIGHT * full)
    faded = background[..., 1:] * (lightness / np.maximum(full, 1.0))[..., None]
    flags: Flags = darker & (np.linalg.norm(lab[..., 1:] - faded, axis=2) < SHADOW_CHROMA)
    return flags


def _without_fringe(product: Flags, lab: Lab, background: Lab) -> Flags:
    """Take away edge pixels that are nearer to the background's colour than to the product's.

    Compression leaves ripples around a sharp edge that are no background and no product.
    """
    core = trim(product, FRINGE)
    weight: Plane = core.astype(np.float32)
    share = box_mean(weight, 2 * FRINGE)
    colour = box_mean(lab * weight[..., None], 2 * FRINGE) / (share[..., None] + np.float32(1e-6))
    apart = colour - background
    along = np.einsum("hwc,hwc->hw", lab - background, apart)
    mixed = along / np.maximum(np.square(apart).sum(axis=2), 1.0)
    kept: Flags = product & ~(~core & (share > LEAST_CORE) & (mixed < LEAST_MIXED))
    return kept


def _with_openings(product: Flags, lab: Lab, distance: Plane, threshold: float) -> Flags:
    """Open a filled mask where the bare background shows through (a handle, a ring).

    A white label on a bottle before white paper looks the same, but for its print: an opening is
    as bare as the background, has a clear edge all around, and nothing in it.
    """
    bare = opened(product & (distance < OPENING_NOISE * threshold), 1)
    labels, areas = components(bare)
    least = OPENING_LEAST_SHARE * product.sum()
    for number in np.flatnonzero(areas[1:] >= least) + 1:
        opening = labels == number
        islands = float(holes(opening).sum()) / float(areas[number])
        if islands < OPENING_MOST_ISLANDS and weak_edges(lab, opening) < OPENING_WEAK_EDGE:
            product = product & ~opening
    return product
