"""What stands in a photo beside the product: other products, and writing."""

import numpy as np

from services.vision_worker.pixels import (
    Flags,
    Lab,
    box_mean,
    closed,
    components,
    gradient,
    grow,
)
from services.vision_worker.region import box_of

LIKE_SIZE = 0.3
"""A part of the product's mask at least this share of the largest part is a thing of its own."""
PAIR = 2
UNLIKE = 18.0
"""Distance in CIELAB between the means of two things from which they are no pair."""
AWAY = 6
"""How far from the product writing is, in pixels."""
STROKE = 14.0
"""Slope of L* a pixel from which a pixel belongs to a stroke."""
LINE_HEIGHT = (0.012, 0.09)
"""Of a line of writing, as a share of the frame's height."""
LINE_LENGTH = 4.0
"""Length over height of a line of writing."""
STROKES = 0.3
"""Part of a line of writing that is strokes."""
TURNS = 6
"""Between stroke and gap; three letters have so many."""
LINE_SHARE = 0.12
"""Length of a line of writing, as a share of the frame's width."""


def things(lab: Lab, product: Flags) -> int:
    """How many products stand side by side; two that look alike are one pair.

    Parts one above the other are taken for one thing whose middle was not found.
    """
    labels, areas = components(product)
    if areas.size == 1:
        return 0
    least = LIKE_SIZE * areas[1:].max()
    large = [labels == number for number in range(1, areas.size) if areas[number] >= least]
    columns = np.stack([part.any(axis=0) for part in large])
    apart = int((np.diff(columns.any(axis=0).astype(np.int8), prepend=0) == 1).sum())
    if len(large) == PAIR and apart == PAIR:
        one, other = (lab[part].mean(axis=0) for part in large)
        return PAIR if float(np.linalg.norm(one - other)) > UNLIKE else 1
    return apart


def writing(lab: Lab, product: Flags) -> bool:
    """Tell whether there is a line of writing beside the product: a watermark, a price, a caption.

    What is written on the product itself is part of it.
    """
    height, width = product.shape
    lightness = np.ascontiguousarray(lab[..., 0])
    strokes: Flags = (gradient(lightness) > STROKE) & ~grow(product, AWAY)
    lines = closed(strokes, max(3, round(width * 0.025)))
    labels, areas = components(lines)
    for number in np.flatnonzero(areas[1:] > LINE_LENGTH) + 1:
        box = box_of(labels == number)
        if box is None:
            continue
        tall, wide = (box.bottom - box.top) * height, (box.right - box.left) * width
        if not LINE_HEIGHT[0] <= tall / height <= LINE_HEIGHT[1]:
            continue
        if wide < LINE_LENGTH * tall or wide < LINE_SHARE * width:
            continue
        inside = strokes[
            round(box.top * height) : round(box.bottom * height),
            round(box.left * width) : round(box.right * width),
        ]
        if inside.mean() >= STROKES and _alternates(inside):
            return True
    return False


def _alternates(strokes: Flags) -> bool:
    """Tell whether strokes and gaps take turns along a line, as letters do and edges do not."""
    dense = box_mean(strokes.mean(axis=0, keepdims=True).astype(np.float32), 1)[0]
    turns = np.abs(np.diff((dense > dense.mean()).astype(np.int8))).sum()
    return bool(turns >= TURNS)
