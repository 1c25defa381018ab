"""Cut-out of a product in front of anything, by saliency and graph cut.

Good when the product stands out from its surroundings in colour; it has no idea of things, so a
bright print wins over a pale shirt, and a hand that holds a cup counts as the cup.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.vision_worker.pixels import (
    Flags,
    Guess,
    Plane,
    Rgb,
    graph_cut,
    opened,
    resize_plane,
    shrink,
    to_lab,
)
from services.vision_worker.region import border, holes, without_specks
from services.vision_worker.saliency import centre_prior, saliency

SALIENCY_SIDE = 96
CUT_SIDE = 160
ROUNDS = 2
CENTRE_WEIGHT = 0.3
"""How much the middle of the frame counts beside what stands out."""
LENIENCE = 0.8
"""Share of the automatic threshold from which a pixel may be the product."""
SURE_PRODUCT = 0.5
"""How far between threshold and top a pixel surely is the product."""
SURE_BACKGROUND = 0.15
"""Share of the threshold below which a pixel surely is not."""
SPECK_SHARE = 0.1
"""Parts below this share of the largest part are dropped."""
FRAME = 2
"""Thickness of the frame that is background unless it stands out, in pixels of the cut."""
BINS = 256


@dataclass(frozen=True)
class Cut:
    """A hard mask and how it came about.

    Attributes:
        product: The mask.
        first_guess: What saliency alone took for the product, same shape.
    """

    product: Flags
    first_guess: Flags


def cut_salient(rgb: Rgb) -> Cut | None:
    """Cut out what stands out of a small copy of a photo; None when nothing does."""
    small = shrink(rgb, CUT_SIDE)
    height, width = small.shape[:2]
    stands_out = resize_plane(saliency(to_lab(shrink(small, SALIENCY_SIDE))), height, width)
    likely = (stands_out + CENTRE_WEIGHT * centre_prior(height, width)) / (1 + CENTRE_WEIGHT)
    threshold = LENIENCE * two_class_threshold(likely)
    first = likely > threshold
    guess = _guess(likely, threshold)
    if stands_out.max() <= 0 or not first.any() or not (guess == Guess.BACKGROUND).any():
        return None
    product = without_specks(opened(graph_cut(small, guess, ROUNDS), 1), SPECK_SHARE)
    product = _up_to_the_frame(product | holes(product))
    return Cut(product, first) if product.any() else None


def _up_to_the_frame(product: Flags) -> Flags:
    """Continue the product over the frame, which the first guess took for background."""
    inner = product[FRAME:-FRAME, FRAME:-FRAME]
    return np.pad(inner, FRAME, mode="edge") if inner.size else product


def _guess(likely: Plane, threshold: float) -> NDArray[np.uint8]:
    """What the graph cut starts from."""
    guess = np.full(likely.shape, Guess.MAYBE_BACKGROUND, np.uint8)
    guess[likely > threshold] = Guess.MAYBE_PRODUCT
    guess[likely > threshold + (1 - threshold) * SURE_PRODUCT] = Guess.PRODUCT
    guess[likely < threshold * SURE_BACKGROUND] = Guess.BACKGROUND
    guess[border(likely.shape[0], likely.shape[1], FRAME) & (likely <= threshold)] = (
        Guess.BACKGROUND
    )
    return guess


def two_class_threshold(plane: Plane) -> float:
    """The value that splits 0..1 values into two classes best (Otsu 1979)."""
    counts, edges = np.histogram(plane, bins=BINS, range=(0, 1))
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * middles)
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = sums / below - (sums[-1] - sums) / above
    between = np.nan_to_num(below * above * gap**2)
    return float(middles[np.argmax(between)])
