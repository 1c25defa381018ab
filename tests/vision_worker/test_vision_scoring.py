"""Scores: what is said, what is not, and what a group still says when no term does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from services.vision_worker.scoring import (
    Levels,
    blended,
    chances,
    choose_one,
    choose_several,
    shares,
)

GROUPS = ["furniture", "furniture", "furniture", "food", None]
LEVELS = Levels(answer=0.5, group=0.6)
COSINES = arrays(np.float32, st.integers(1, 40), elements=st.floats(-1, 1, width=32))


def scores(*values: float) -> NDArray[np.float64]:
    """Scores of the five terms, then of distractors."""
    return np.array(values, np.float64)


@settings(deadline=None)
@given(COSINES, st.floats(0.1, 500))
def test_shares(cosines: NDArray[np.float32], scale: float) -> None:
    """Shares add up to 1 and keep the order of the cosines."""
    found = shares(cosines, scale)
    assert found.sum() == pytest.approx(1)
    assert found[cosines.argmax()] == found.max()


@settings(deadline=None)
@given(COSINES, st.floats(0.1, 1e6))
def test_chances(cosines: NDArray[np.float32], scale: float) -> None:
    """Chances are 0.5 at the threshold and never leave 0..1."""
    found = chances(cosines, scale, cosines)
    assert np.allclose(found, 0.5)
    assert ((chances(cosines, scale, 0.1) >= 0) & (chances(cosines, scale, 0.1) <= 1)).all()


def test_a_sure_term() -> None:
    """A term above the level is the answer; runners-up follow, hopeless ones do not."""
    choice = choose_one(scores(0.1, 0.7, 0.04, 0.1, 0.0, 0.06), GROUPS, LEVELS, 3)
    assert [pick.place for pick in choice.picks] == [1, 0, 3]
    assert choice.picks[0].score == pytest.approx(0.7)
    assert choice.group is None


def test_only_the_group_is_sure() -> None:
    """Where the terms of one group share what no term has alone, the group is the answer."""
    choice = choose_one(scores(0.3, 0.3, 0.2, 0.1, 0.0, 0.1), GROUPS, LEVELS, 3)
    assert choice.picks == ()
    assert choice.group == ("furniture", pytest.approx(0.8))


def test_nothing_is_sure() -> None:
    """Below both levels nothing is said."""
    assert choose_one(scores(0.2, 0.2, 0.1, 0.3, 0.1, 0.1), GROUPS, LEVELS, 3) == ((), None)


@pytest.mark.parametrize("wall", [0.45, 0.9])
def test_a_wall_wins(wall: float) -> None:
    """When a distractor wins there is no answer, not even a group, whatever the levels."""
    rest = (1 - wall) / 3
    said = scores(rest, rest, rest, 0, 0, wall)
    assert choose_one(said, GROUPS, Levels(0.0, 0.9), 3) == ((), None)


def test_group_against_distractors() -> None:
    """A group that together weighs less than what is no product is no answer."""
    assert choose_one(scores(0.2, 0.2, 0.0, 0.0, 0.0, 0.3, 0.3), GROUPS, Levels(0.5, 0.3), 3) == (
        (),
        None,
    )


def test_background_does_not_name_the_product() -> None:
    """What only the background speaks for loses to what cut-out and photo agree on."""
    sofa_scene = np.array([0.30, 0.28], np.float32)  # sofa, lamp
    lamp_alone = np.array([0.10, 0.30], np.float32)
    assert shares(sofa_scene, 100).argmax() == 0
    assert shares(blended(lamp_alone, sofa_scene, 0.5), 100).argmax() == 1
    assert np.allclose(blended(lamp_alone, sofa_scene, 0.0), sofa_scene)
    assert np.allclose(blended(lamp_alone, sofa_scene, 1.0), lamp_alone)


def test_of_two_near_terms_the_better() -> None:
    """Clear and coloured glass are not said of one thing; unlike terms stand side by side."""
    near = np.zeros((4, 4), bool)
    near[0, 1] = near[1, 0] = True
    picks = choose_several(scores(0.8, 0.9, 0.7, 0.1), near, 0.5, 3)
    assert [pick.place for pick in picks] == [1, 2]


@settings(deadline=None)
@given(
    arrays(np.float64, 12, elements=st.floats(0, 1)),
    arrays(np.bool_, (12, 12)),
    st.floats(0, 1),
    st.integers(1, 5),
)
def test_several(
    found: NDArray[np.float64], near: NDArray[np.bool_], level: float, most: int
) -> None:
    """Never more than wanted, never below the level, best first, no two near ones."""
    near = near | near.T
    picks = choose_several(found, near, level, most)
    assert len(picks) <= most
    assert [pick.score for pick in picks] == sorted((p.score for p in picks), reverse=True)
    assert all(pick.score >= level for pick in picks)
    assert not any(near[a.place, b.place] for a in picks for b in picks if a is not b)
