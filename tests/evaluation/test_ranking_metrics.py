"""Metrics of ranked lists, on lists whose figures are known."""

import pytest

from services.matcher.evaluation.metrics import (
    bad_share,
    exposure,
    figure_of,
    first_suits,
    lead_of,
    library_share,
    ndcg,
    recall,
)

LIBRARY = (3, 3, 2, 1, 0, 0, 0)


def test_the_best_order_is_worth_one_and_the_worst_least() -> None:
    """And any swap for the worse costs."""
    best, swapped, worst = (3, 3, 2, 1, 0), (3, 2, 3, 1, 0), (0, 0, 0, 1, 2)
    assert ndcg(best, LIBRARY) == pytest.approx(1.0)
    assert 0 < ndcg(worst, LIBRARY) < ndcg(swapped, LIBRARY) < 1


def test_ndcg_of_a_known_list() -> None:
    """By hand: gains 7 and 3, discounts 1 and 1 / log2(3)."""
    assert ndcg((2, 3), (3, 2)) == pytest.approx((3 + 7 * 0.63093) / (7 + 3 * 0.63093), abs=1e-4)


def test_places_after_the_fifth_do_not_count() -> None:
    """A client looks at the first."""
    assert ndcg((3, 3, 2, 1, 0, 3), LIBRARY) == ndcg((3, 3, 2, 1, 0), LIBRARY)
    assert bad_share((3, 3, 3, 3, 3, 0)) == 0


def test_a_short_list_is_not_bad_but_misses() -> None:
    """Showing less is no absurdity, and no full answer."""
    assert bad_share((3,)) == 0
    assert ndcg((3,), LIBRARY) < 1
    assert first_suits(()) == 0


def test_recall_counts_what_could_be_there() -> None:
    """Three sets suit; two of them are found."""
    assert recall((3, 0, 2), LIBRARY) == pytest.approx(2 / 3)
    assert recall((), (0, 1)) == 1.0


def test_exposure_and_library_share() -> None:
    """Who is shown how often."""
    lists = [["a", "b"], ["a", "c"], ["b", "a"], ["a", "d"]]
    assert exposure(lists, 1) == {"a": 0.75, "b": 0.25}
    assert library_share(lists, 8, 1) == 0.25


def test_the_interval_holds_the_mean_and_shrinks_with_products() -> None:
    """More products make a figure surer."""
    few, many = figure_of([0.0, 1.0] * 10, 1), figure_of([0.0, 1.0] * 200, 1)
    assert few.low < few.value < few.high
    assert many.high - many.low < few.high - few.low
    assert figure_of([0.0, 1.0] * 10, 1) == few


def test_a_lead_is_paired() -> None:
    """A constant lead is certain, however much the products differ."""
    theirs = [0.1, 0.9, 0.4, 0.6]
    lead = lead_of([value + 0.05 for value in theirs], theirs, 1)
    assert lead.low == pytest.approx(0.05)
    assert lead.high == pytest.approx(0.05)
