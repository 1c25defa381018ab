"""How good a mask probably is, so that a poor cut-out comes with a warning.

The weights are least-squares fits of the overlap (intersection over union) with the masks of a
learned salient-object network, on 147 photos cut by graph cut (mean absolute error 0.16, rank
correlation 0.59) and 53 on plain backgrounds (0.10, 0.53); those of `of_network` are fitted on 205
made and taught pictures (cross-validated 0.14, 0.69). How they hold on others: weights/mask.md.
"""

import numpy as np

from services.vision_worker.learned import Sight
from services.vision_worker.pixels import Flags, Lab, Plane, box_mean, grow, trim
from services.vision_worker.region import touching

WEAK_EDGE = 8.0
"""CIELAB distance between the two sides of an edge below which the edge is hard to trust."""
HALF = 0.5
"""Cover from which a pixel is more product than not."""
EDGE_REACH = 3
"""Pixels on both sides of the edge that are compared."""


def of_graph_cut(lab: Lab, product: Flags, first_guess: Flags) -> float:
    """Estimate from how far the cut went away from its first guess, and from weak edges."""
    both = float((product | first_guess).sum())
    kept = float((product & first_guess).sum()) / both if both else 0.0
    return _unit(0.27 + 0.67 * kept - 0.5 * weak_edges(lab, product))


def of_plain_background(lab: Lab, product: Flags, outliers: float) -> float:
    """Estimate from how much of the frame was no background, and from weak edges."""
    return _unit(0.95 - 1.2 * outliers - 0.1 * weak_edges(lab, product))


def of_network(sight: Sight, product: Flags) -> float:
    """Estimate from how far the network agrees with itself and with the cut made from it."""
    views = (sight.mean, sight.cover, sight.mirrored)
    mean, seen, mirrored = (touching(view > HALF, product) for view in views)
    kept = agreement(mean, product)
    sure = agreement(seen, mirrored)
    return _unit(0.62 * kept + 0.31 * sure - 0.015)


def of_agreed(plain: float, agreed: float) -> float:
    """Estimate for a mask that a network confirms."""
    return _unit(0.5 * plain + 0.5 * agreed)


def agreement(one: Flags, other: Flags) -> float:
    """Intersection over union of two masks, 0 when both are empty."""
    either = float((one | other).sum())
    return float((one & other).sum()) / either if either else 0.0


def weak_edges(lab: Lab, product: Flags) -> float:
    """Share of a mask's edge whose two sides have nearly the same colour."""
    edge = grow(product, 1) & ~trim(product, 1)
    if not edge.any():
        return 1.0
    apart = _nearby(lab, product)[edge] - _nearby(lab, ~product)[edge]
    return float((np.linalg.norm(apart, axis=1) < WEAK_EDGE).mean())


def _nearby(lab: Lab, flags: Flags) -> Lab:
    """Mean colour of the flagged pixels around each pixel."""
    weight: Plane = flags.astype(np.float32)
    share = box_mean(weight, EDGE_REACH)[..., None] + np.float32(1e-6)
    near: Lab = box_mean(lab * weight[..., None], EDGE_REACH) / share
    return near


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))
