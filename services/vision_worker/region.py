"""Cleaning of yes/no masks: specks out, holes in, and where a mask lies in the frame."""

from typing import NamedTuple

import numpy as np

from services.vision_worker.pixels import Flags, components


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
