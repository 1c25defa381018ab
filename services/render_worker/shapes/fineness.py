"""How finely shapes are made: as a path tracer wants them, or few triangles for a browser.

What a shape draws by chance stays the same either way, so that a set keeps its composition.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np
from numpy.typing import NDArray

_COARSE = ContextVar("coarse", default=False)


@contextmanager
def coarsely() -> Iterator[None]:
    """Make shapes with few triangles while the block runs."""
    token = _COARSE.set(True)
    try:
        yield
    finally:
        _COARSE.reset(token)


def is_coarse() -> bool:
    """Whether few triangles are wanted."""
    return _COARSE.get()


def at_most(fine: int, coarse: int) -> int:
    """How many steps a shape is made of."""
    return min(fine, coarse) if _COARSE.get() else fine


def thinned(count: int, every: int) -> tuple[NDArray[np.int64], float]:
    """Which of many small copies are made, and by how much they grow to cover as much.

    Args:
        count: Of all copies.
        every: When few triangles are wanted, only each one of so many is made.
    """
    if not _COARSE.get():
        return np.arange(count, dtype=np.int64), 1.0
    return np.arange(0, count, every, dtype=np.int64), math.sqrt(every)
