"""Weighted reciprocal rank fusion."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matcher.fusion import fuse, places
from services.matcher.port import Hit


def hits(*ids: str) -> list[Hit]:
    """A ranked list with falling similarities."""
    return [Hit(point_id, 1 - place / 100) for place, point_id in enumerate(ids)]


lists_of_ids = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    st.lists(st.sampled_from("uvwxyz"), unique=True, min_size=1),
    min_size=1,
)


def test_shares_follow_the_published_formula() -> None:
    """A place is worth weight / (k + place), as a share of being first everywhere."""
    given_ = fuse({"a": hits("x", "y"), "b": hits("y")}, {"a": 3.0, "b": 1.0}, k=20)
    assert given_["x"] == {"a": pytest.approx(0.75)}
    assert given_["y"] == {"a": pytest.approx(0.75 * 21 / 22), "b": pytest.approx(0.25)}


def test_first_everywhere_makes_one() -> None:
    """The best that can be reached is 1."""
    given_ = fuse({"a": hits("x"), "b": hits("x", "y")}, {"a": 2.0, "b": 5.0}, k=7)
    assert sum(given_["x"].values()) == pytest.approx(1.0)


def test_a_heavier_list_decides() -> None:
    """Where two lists disagree about all places, the heavier one is followed."""
    order = [f"s{n}" for n in range(24)]
    lists = {"light": hits(*order), "heavy": hits(*reversed(order))}
    given_ = fuse(lists, {"light": 1.0, "heavy": 3.0}, k=20)
    best = max(given_, key=lambda point_id: sum(given_[point_id].values()))
    assert best == "s23"


def test_equal_similarities_share_a_place() -> None:
    """What the engine cannot tell apart is not told apart by the order it came in."""
    tied = [Hit("x", 0.9), Hit("y", 0.9000000001), Hit("z", 0.5)]
    assert places(tied) == [1, 1, 3]


def test_lists_without_weight_give_nothing() -> None:
    """No weight, no share, and no division by it."""
    assert fuse({"a": hits("x")}, {"a": 0.0}, k=20) == {}


@given(lists_of_ids, st.randoms())
def test_the_order_of_the_lists_does_not_matter(lists: dict[str, list[str]], rng: object) -> None:
    """Questions may be answered in any order."""
    ranked = {name: hits(*ids) for name, ids in lists.items()}
    names = list(ranked)
    rng.shuffle(names)  # type: ignore[attr-defined]
    weights = {"a": 1.0, "b": 2.0, "c": 0.5}
    shuffled = fuse({name: ranked[name] for name in names}, weights, k=20)
    for point_id, shares in fuse(ranked, weights, k=20).items():
        assert shuffled[point_id] == pytest.approx(shares)


@given(lists_of_ids)
def test_shares_stay_between_zero_and_one(lists: dict[str, list[str]]) -> None:
    """Whatever the lists say, nothing is worth more than being first everywhere."""
    ranked = {name: hits(*ids) for name, ids in lists.items()}
    for shares in fuse(ranked, {"a": 1.0, "b": 2.0, "c": 0.5}, k=20).values():
        assert 0 < sum(shares.values()) <= 1 + 1e-9
