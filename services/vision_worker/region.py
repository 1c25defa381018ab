"""Cleaning of yes/no masks: specks out, holes in, and where a mask lies in the frame."""

from typing import NamedTuple

import numpy as np

from services.vision_worker.pixels import Flags, Lab, components

WHOLE_SHARE = 0.4
"""Size beside the largest area from which one that lies whole in the frame is the product."""
SET_SHARE = 0.7
"""Size beside the largest area from which another belongs to a set."""
UNLIKE = 20.0
"""CIELAB distance of mean colours from which two areas are different things."""


class Box(NamedTuple):
    """Left, top, right, bottom as shares of width and height."""

    left: float
    top: float
    right: float
    bottom: float


WHOLE_FRAME = Box(0.0, 0.0, 1.0, 1.0)


def box_of(flags: Flags) -> Box | None:
    """The smallest box around a mask; None when the mask is empty."""
    rows, columns = np.flatnonzero(flags.any(axis=1)), np.flatnonzero(flags.any(axis=0))
    if rows.size == 0:
        return None
    height, width = flags.shape
    return Box(
        columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height
    )


def border(height: int, width: int, thickness: int) -> Flags:
    """The frame of a picture, `thickness` pixels wide."""
    flags = np.ones((height, width), bool)
    flags[thickness : height - thickness, thickness : width - thickness] = False
    return flags


def reached_from_border(flags: Flags) -> Flags:
    """The parts of a mask that touch the edge of the frame."""
    labels, _ = components(flags)
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    touching = np.zeros(labels.max() + 1, bool)
    touching[edge] = True
    touching[0] = False
    result: Flags = touching[labels]
    return result


def without_specks(flags: Flags, least_share: float) -> Flags:
    """Keep areas of at least `least_share` of the largest one."""
    labels, areas = components(flags)
    if areas.size == 1:
        return flags
    keep = areas >= least_share * areas[1:].max()
    keep[0] = False
    result: Flags = keep[labels]
    return result


def holes(flags: Flags) -> Flags:
    """What a mask encloses without covering it."""
    return ~flags & ~reached_from_border(~flags)


def touching(flags: Flags, seeds: Flags) -> Flags:
    """The areas of a mask that share a pixel with another mask."""
    labels, areas = components(flags)
    kept = np.zeros(areas.size, bool)
    kept[labels[seeds]] = True
    kept[0] = False
    result: Flags = kept[labels]
    return result


def without_bystanders(flags: Flags, lab: Lab) -> Flags:
    """Drop what stands beside the product: a seller puts all of the product into the frame.

    Dropped are areas that the frame cuts off, where a large one is whole, and smaller areas of
    another colour beside the largest one. A pair, a set of things of one size, and parts above one
    another stay.

    Args:
        flags: The mask.
        lab: The picture, of the same size.
    """
    cut_off = reached_from_border(flags)
    whole = flags & ~cut_off
    if cut_off.any() and whole.any():
        largest, uncut = (int(components(each).areas[1:].max()) for each in (flags, whole))
        flags = whole if uncut >= WHOLE_SHARE * largest else flags
    labels, areas = components(flags)
    if areas.size <= 2:  # noqa: PLR2004  # the outside and one area
        return flags
    first = int(areas[1:].argmax()) + 1
    main = labels == first
    kept = flags.copy()
    for number in range(1, areas.size):
        part = labels == number
        small = areas[number] < SET_SHARE * areas[first]
        if number != first and small and _beside(part, main) and _unlike(part, main, lab):
            kept &= ~part
    return kept


def _beside(part: Flags, main: Flags) -> bool:
    """Whether less than half of a part's width is above or below another."""
    own = part.any(axis=0)
    return float((own & main.any(axis=0)).sum()) < 0.5 * float(own.sum())  # half of its width


def _unlike(part: Flags, main: Flags, lab: Lab) -> bool:
    """Whether two areas have clearly different colours in the mean."""
    return float(np.linalg.norm(lab[part].mean(axis=0) - lab[main].mean(axis=0))) > UNLIKE
