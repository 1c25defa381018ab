"""Where the product probably is: what differs from the frame and is not connected to it.

The distance to the frame is the minimum barrier distance (Zhang et al. 2015, "Minimum barrier
salient object detection at 80 FPS"), the difference from the frame their image boundary contrast;
here swept by rows and columns, so that NumPy does whole lines at once.
"""

import numpy as np
from numpy.typing import NDArray

from services.vision_worker.pixels import Lab, Plane, smooth
from services.vision_worker.region import border

SWEEPS = 2
"""Times the picture is swept from each of the four sides."""
FRAME_SHARE = 0.08
"""Thickness of the frame whose colours count as background, as a share of the shorter side."""


def barrier_distance(lab: Lab) -> Plane:
    """Smallest colour range on a path from the frame to each pixel, summed over L*, a*, b*."""
    height, width = lab.shape[:2]
    cost = np.where(border(height, width, 1), 0.0, np.inf).astype(np.float32)
    colours = np.ascontiguousarray(lab.swapaxes(1, 2))
    high, low = colours.copy(), colours.copy()
    for _ in range(SWEEPS):
        for turned in (False, True):
            views = (colours, high, low, cost)
            # Columns are swept as the rows of the transposed picture; views, so all is in place.
            lines = [view.swapaxes(0, -1) for view in views] if turned else list(views)
            _sweep(*lines)
            _sweep(*[view[::-1] for view in lines])
    return cost


def _sweep(
    lab: NDArray[np.float32],
    high: NDArray[np.float32],
    low: NDArray[np.float32],
    cost: NDArray[np.float32],
) -> None:
    """Let each line take over the path of the line before it where that is cheaper.

    Colours have the shape (lines, 3, pixels), so that one call does a channel of a line at once.
    """
    for colour, was_high, was_low, top, bottom, spent in zip(
        lab[1:], high[:-1], low[:-1], high[1:], low[1:], cost[1:], strict=True
    ):
        up, down = np.maximum(was_high, colour), np.minimum(was_low, colour)
        first, second, third = up - down
        reached = first + second + third
        better = reached < spent
        np.copyto(spent, reached, where=better)
        np.copyto(top, up, where=better)
        np.copyto(bottom, down, where=better)


def frame_contrast(lab: Lab) -> Plane:
    """Colour distance (Mahalanobis) from the four sides of the frame, the nearest side left out."""
    height, width = lab.shape[:2]
    depth = max(1, round(FRAME_SHARE * min(height, width)))
    sides = (lab[:depth], lab[-depth:], lab[:, :depth], lab[:, -depth:])
    distances = np.stack([_distance(lab, side.reshape(-1, 3)) for side in sides])
    distances /= np.maximum(distances.max(axis=(1, 2), keepdims=True), 1e-6)
    # A side that the product touches sees the background as different: leave the largest out.
    total: Plane = distances.sum(axis=0) - distances.max(axis=0)
    return total


def _distance(lab: Lab, sample: NDArray[np.float32]) -> Plane:
    away = lab - sample.mean(axis=0)
    spread = np.cov(sample, rowvar=False) + 4.0 * np.eye(3)
    whiten = np.linalg.cholesky(np.linalg.inv(spread)).astype(np.float32)
    root: Plane = np.linalg.norm(away @ whiten, axis=2)
    return root


def centre_prior(height: int, width: int) -> Plane:
    """A soft hill in the middle of the frame, 1 at the top."""
    y, x = np.mgrid[-1 : 1 : complex(0, height), -1 : 1 : complex(0, width)].astype(np.float32)
    hill: Plane = np.exp(-(x**2 + y**2) / (2 * 0.55**2))
    return hill


def saliency(lab: Lab) -> Plane:
    """How much each pixel looks like the product, 0..1; best on about 128 pixels."""
    smoothed = smooth(lab, 1.0)
    combined = _unit(barrier_distance(smoothed)) + _unit(frame_contrast(smoothed))
    return _unit(_unit(combined) * centre_prior(*lab.shape[:2]))


def _unit(plane: Plane) -> Plane:
    """Scale to 0..1, the top percent cut off."""
    low, high = float(plane.min()), float(np.quantile(plane, 0.99))
    scaled: Plane = np.clip((plane - low) / max(high - low, 1e-6), 0, 1)
    return scaled
