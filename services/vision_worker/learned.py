"""Cut-out of a product by a network that has learned what products look like.

The network sees few pixels, so it looks twice: at the whole photo, and closer at what it found.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from services.vision_worker.frontal import SALIENCY_SIDE, two_class_threshold
from services.vision_worker.photo import Photo
from services.vision_worker.pixels import (
    Flags,
    Guess,
    Plane,
    Rgb,
    components,
    graph_cut,
    grow,
    resize_plane,
    shrink,
    to_lab,
    trim,
)
from services.vision_worker.region import Box, box_of, holes, without_bystanders, without_specks
from services.vision_worker.saliency import saliency

Window = tuple[slice, slice]
Finder = Callable[[Rgb], Plane]
"""Gives how much of each pixel is product, 0..1, at any size, for a view of any size."""

LIKELY = 0.3
"""Cover from which a pixel belongs to what is looked at closer."""
MARGIN = 0.18
"""How much more than the product the closer view shows, as a share of the product's sides."""
NEAR_ENOUGH = 0.62
"""Share of the frame from which a product is seen well at first sight."""
CLOSE_SIDE = 384
SPECK_SHARE = 0.06
"""Parts below this share of the largest part are dropped."""
HOLE_SHARE = 0.002
"""Holes below this share of the product are filled."""
CUT_SIDE = 256
COLOUR_SAY = 0.2
"""Weight of what stands out in colour beside the network's cover."""
CUT_ROUNDS = 1
CUT_REACH = 4
"""How far a graph cut may move the network's edge, in pixels of the cut."""
MOST_SIDE = 1600
"""Longest side of a frame around a cut, in pixels."""
SURE = 0.8
"""Cover from which a pixel is surely product, and below the rest of which surely is not."""


@dataclass(frozen=True)
class Sight:
    """What a network saw.

    Attributes:
        cover: How much of each pixel is product, 0..1, at the size of the photo's small copy.
        mirrored: The same seen in a mirror; where the two differ, the network is unsure.
        view: What was looked at last, the small copy or a part of the photo.
        window: Rows and columns of the small copy that the view shows.
        near: Both covers of the view together, at the network's own size.
    """

    cover: Plane
    mirrored: Plane
    view: Rgb
    window: Window
    near: Plane

    @property
    def mean(self) -> Plane:
        """Both views together."""
        both: Plane = (self.cover + self.mirrored) / 2
        return both


def look_twice(photo: Photo, finder: Finder) -> Sight | None:
    """Find the product at first sight, then look closer; None when there is nothing."""
    height, width = photo.small.shape[:2]
    found = finder(photo.small)
    near = box_of(without_specks(resize_plane(found, height, width) > LIKELY, SPECK_SHARE))
    if near is None:
        return None
    box = _with_margin(near)
    view, window = photo.small, (slice(0, height), slice(0, width))
    if (box.bottom - box.top) * (box.right - box.left) < NEAR_ENOUGH:
        window = _window(box, (height, width))
        # The very same part of the photo: rounded by itself it would lie a pixel aside.
        rows, columns = _scaled(window, photo.size[0] / height, photo.size[1] / width)
        view = shrink(photo.rgb[rows, columns], CLOSE_SIDE)
        found = finder(view)
    mirrored = _in_mirror(view, finder)
    both: Plane = (found + mirrored) / 2
    size = (height, width)
    return Sight(
        _laid_in(found, window, size), _laid_in(mirrored, window, size), view, window, both
    )


def _in_mirror(rgb: Rgb, finder: Finder) -> Plane:
    """What is found in a mirrored view, mirrored back."""
    return np.ascontiguousarray(finder(np.ascontiguousarray(rgb[:, ::-1]))[:, ::-1])


def _laid_in(plane: Plane, window: Window, size: tuple[int, int]) -> Plane:
    """A plane in its window of an empty frame."""
    whole = np.zeros(size, np.float32)
    part = whole[window]
    part[:] = resize_plane(plane, *part.shape)
    return whole


def tidy(product: Flags) -> Flags:
    """A mask without specks and pinholes."""
    kept = without_specks(product, SPECK_SHARE)
    gaps = holes(kept)
    if not gaps.any():
        return kept
    labels, areas = components(gaps)
    small = areas < HOLE_SHARE * kept.sum()
    small[0] = False
    filled: Flags = kept | small[labels]
    return filled


def _with_margin(box: Box) -> Box:
    across, down = MARGIN * (box.right - box.left), MARGIN * (box.bottom - box.top)
    return Box(
        max(0.0, box.left - across),
        max(0.0, box.top - down),
        min(1.0, box.right + across),
        min(1.0, box.bottom + down),
    )


def _window(box: Box, size: tuple[int, int]) -> Window:
    """Rows and columns of a picture that a box takes, at least one of each."""
    height, width = size
    top, left = int(box.top * height), int(box.left * width)
    return (
        slice(top, max(top + 1, round(box.bottom * height))),
        slice(left, max(left + 1, round(box.right * width))),
    )


def _scaled(window: Window, down: float, across: float) -> Window:
    """The same window of a copy that is larger by two factors, at least a pixel of it."""
    starts = [round(side.start * by) for side, by in zip(window, (down, across), strict=True)]
    stops = [round(side.stop * by) for side, by in zip(window, (down, across), strict=True)]
    rows, columns = (slice(a, max(a + 1, b)) for a, b in zip(starts, stops, strict=True))
    return rows, columns


def cut_along(photo: Photo, sight: Sight) -> Flags:
    """A graph cut that starts from a network's cover and from what stands out in colour.

    The two err in different photos: a network takes a busy background for a thing, colour takes
    a bright print for the product.

    Returns:
        The product in what the network looked at last, at the size of the cut.
    """
    small = shrink(sight.view, CUT_SIDE)
    share = resize_plane(sight.near, *small.shape[:2])
    standing_out = _standing_out(photo, photo.small.shape)[sight.window]
    share = (1 - COLOUR_SAY) * share + COLOUR_SAY * resize_plane(standing_out, *share.shape)
    hard = share > 0.5  # noqa: PLR2004  # more product than not
    guess = np.where(hard, Guess.MAYBE_PRODUCT, Guess.MAYBE_BACKGROUND).astype(np.uint8)
    guess[trim(hard, CUT_REACH) & (share > SURE)] = Guess.PRODUCT
    guess[~grow(hard, CUT_REACH) & (share < 1 - SURE)] = Guess.BACKGROUND
    if not (guess == Guess.PRODUCT).any() or not (guess == Guess.BACKGROUND).any():
        return hard
    product = tidy(graph_cut(small, guess, CUT_ROUNDS))
    return without_bystanders(product, to_lab(small))


def in_frame(product: Flags, sight: Sight) -> Plane:
    """A cut of what was looked at last in its place, in a frame in which it loses no pixels."""
    rows = sight.window[0]
    height, width = sight.cover.shape
    finer = product.shape[0] / (rows.stop - rows.start)
    finer = min(max(finer, 1.0), MOST_SIDE / max(height, width))
    window = _scaled(sight.window, finer, finer)
    size = (round(height * finer), round(width * finer))
    return _laid_in(product.astype(np.float32), window, size)


def _standing_out(photo: Photo, size: tuple[int, ...]) -> Plane:
    """Saliency, bent so that it is one half where it splits best."""
    found = saliency(to_lab(shrink(photo.small, SALIENCY_SIDE)))
    level = max(two_class_threshold(found), 1e-6)
    above = 0.5 + 0.5 * (found - level) / max(1 - level, 1e-6)
    bent: Plane = np.where(found < level, 0.5 * found / level, above).astype(np.float32)
    return resize_plane(bent, size[0], size[1])
