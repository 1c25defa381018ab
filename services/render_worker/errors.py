"""How a picture can fail to come about, in words that clients and operators read."""

from backlot.contracts.errors import PermanentStageError, TransientStageError

HUNG = "render-timeout"
CRASHED = "render-crashed"
TOO_BIG = "render-memory"
_TRIES = 2


def stopped(reason: str, detail: str, attempt: int) -> PermanentStageError | TransientStageError:
    """The error of a renderer that did not answer: once more, then no more."""
    if attempt < _TRIES:
        return TransientStageError(reason, detail)
    return PermanentStageError(reason, detail)


def refused(code: str) -> PermanentStageError:
    """The error of a product that cannot be shot."""
    return PermanentStageError(code, REFUSALS.get(code, "The product model cannot be used."))


REFUSALS = {
    "product-unreadable": "The product model cannot be opened; export it again as plain GLB 2.0.",
    "product-empty": "The product model has no surface that could be seen.",
    "product-flat": "The product model is smaller than a point or has no size in two directions.",
    "product-not-finite": "The product model has positions that are not numbers.",
    "product-invisible": "Every material of the product model is fully transparent.",
    "product-too-detailed": "The product model has more triangles than can be rendered.",
    "background-unreadable": "The background's own 3D file cannot be opened; bring it again.",
}
"""Codes the renderer may refuse a model with, and what the client reads."""
SET_FAULTS = frozenset({"background-unreadable", "backdrop-gone"})
"""What is wrong with the set and not with the product: another one may do."""
