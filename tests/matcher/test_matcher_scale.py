"""Whether a product fits on a stage."""

import pytest
from matcher_builders import VOCABULARY

from backlot.contracts.background import StageArea
from backlot.contracts.jobs import Dimensions
from services.matcher.scale import UNKNOWN, scale_of

RULE = VOCABULARY.rules.scale
STAGE = StageArea(anchor=(0, 0, 0), width_m=0.6, depth_m=0.4, height_m=0.5, floor_area_m2=0.24)


@pytest.mark.parametrize(
    ("height_cm", "share", "worth"),
    [(20, 0.4, 1.0), (7.5, 0.15, 1.0), (35, 0.7, 1.0), (3.75, 0.075, 0.5), (42.5, 0.85, 0.5)],
)
def test_the_house_rule_and_its_edges(height_cm: float, share: float, worth: float) -> None:
    """15 to 70 percent of the free height is right; less and more are worth less and less."""
    fit = scale_of(Dimensions(height=height_cm), STAGE, RULE)
    assert fit.fits
    assert fit.share == pytest.approx(share)
    assert fit.value == pytest.approx(worth)


@pytest.mark.parametrize(
    "dimensions", [Dimensions(height=51), Dimensions(width=61), Dimensions(height=20, depth=41)]
)
def test_a_side_longer_than_the_stage_does_not_fit(dimensions: Dimensions) -> None:
    """There must be room for every known side."""
    fit = scale_of(dimensions, STAGE, RULE)
    assert not fit.fits
    assert fit.value == 0


def test_unknown_size_prefers_nothing() -> None:
    """Without dimensions, or without a height, size neither helps nor hurts."""
    assert scale_of(None, STAGE, RULE) == UNKNOWN
    assert scale_of(Dimensions(width=20), STAGE, RULE).value == UNKNOWN.value
    assert scale_of(Dimensions(width=20), STAGE, RULE).share is None
