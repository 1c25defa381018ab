"""Whether the product fits on the set's stage, and how much of it the product takes."""

from dataclasses import dataclass

from backlot.contracts.background import StageArea
from backlot.contracts.jobs import Dimensions
from backlot.vocabulary.words import ScaleRule

CM_PER_M = 100.0


@dataclass(frozen=True)
class ScaleFit:
    """How the product's size suits a stage.

    Attributes:
        share: Product height over free stage height; None when the height is not known.
        fits: False when a known side is longer than the free stage.
        value: 0 to 1; 1 inside the house rule's range.
    """

    share: float | None
    fits: bool
    value: float


UNKNOWN = ScaleFit(None, fits=True, value=0.5)


def scale_of(dimensions: Dimensions | None, stage: StageArea, rule: ScaleRule) -> ScaleFit:
    """Compare known sides of the product, in centimetres, with the free stage."""
    if dimensions is None:
        return UNKNOWN
    sides = (
        (dimensions.width, stage.width_m),
        (dimensions.depth, stage.depth_m),
        (dimensions.height, stage.height_m),
    )
    known = [side / CM_PER_M / room for side, room in sides if side is not None]
    fits = all(share <= 1 for share in known)
    if dimensions.height is None:
        return ScaleFit(None, fits=fits, value=UNKNOWN.value if fits else 0.0)
    share = dimensions.height / CM_PER_M / stage.height_m
    return ScaleFit(share, fits=fits, value=_worth(share, rule) if fits else 0.0)


def _worth(share: float, rule: ScaleRule) -> float:
    """Return 1 inside the rule's range, falling towards a speck and towards the ceiling."""
    if share < rule.min_height_share:
        return share / rule.min_height_share
    if share > rule.max_height_share:
        return max(0.0, (1 - share) / (1 - rule.max_height_share))
    return 1.0
