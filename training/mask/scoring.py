"""How good a mask is beside the true one."""

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Flags = NDArray[np.bool_]

TOLERANCE = 0.0075
"""How far an edge may be off and still count as found, as a share of the diagonal."""
RESAMPLES = 1000


def overlap(found: Plane, true: Plane) -> float:
    """Intersection over union at one half."""
    one, other = found > 0.5, true > 0.5
    either = float((one | other).sum())
    return float((one & other).sum()) / either if either else 1.0


def edge_score(found: Plane, true: Plane) -> float:
    """F measure of the edges (Perazzi et al. 2016), with a tolerance."""
    height, width = true.shape
    reach = max(1, round(TOLERANCE * float(np.hypot(height, width))))
    one, other = _edge(found > 0.5), _edge(true > 0.5)
    if not one.any() or not other.any():
        return float(one.any() == other.any())
    right = float((one & _grown(other, reach)).sum() / one.sum())
    told = float((other & _grown(one, reach)).sum() / other.sum())
    return 2 * right * told / (right + told) if right + told else 0.0


def mean_error(found: Plane, true: Plane) -> float:
    """Mean absolute difference of cover."""
    return float(np.abs(found - true).mean())


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """95 % interval of the mean by resampling, the same every time."""
    draw = np.random.default_rng(1)
    means = values[draw.integers(0, values.size, (RESAMPLES, values.size))].mean(axis=1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def _edge(flags: Flags) -> Flags:
    small = cv2.erode(np.pad(flags, 1, mode="edge").astype(np.uint8), np.ones((3, 3), np.uint8))
    return flags & (small[1:-1, 1:-1] == 0)


def _grown(flags: Flags, reach: int) -> Flags:
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return cv2.dilate(flags.astype(np.uint8), disc) > 0
