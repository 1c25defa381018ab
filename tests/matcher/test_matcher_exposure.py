"""Prices that keep a library from being six favourites."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matcher_builders import matcher_of, work

from backlot.catalog import STARTER_FOLDER
from backlot.contracts.match import Match
from services.matcher.adapters.price_file import write_prices
from services.matcher.evaluation.pricing import DEAREST, prices_of, shares
from services.matcher.exposure import Exposure, charged, load_exposure
from services.matcher.ranking import Scored, in_order


def ranked() -> list[Scored]:
    """Every set of the small library for one job, best first."""
    return matcher_of().ranked(work())


def first_two(ranked: Sequence[Scored]) -> Sequence[Scored]:
    """What is shown."""
    return ranked[:2]


def names(shown: Sequence[Scored]) -> list[str]:
    """Ids, in order."""
    return [one.stocked.asset.id for one in shown]


def test_a_price_moves_a_set_down_and_is_told() -> None:
    """By as much as it says; sets without a price keep their score."""
    before = ranked()
    dear = before[0].stocked.asset.id
    after = charged(before, {dear: 5.0})
    assert names(after)[-1] == dear
    assert after[-1].score == pytest.approx(before[0].score - 5.0)
    assert after[-1].given["exposure"] == -5.0
    assert after[:-1] == before[1:]


def test_prices_share_the_places_among_equals() -> None:
    """Planted: two of five sets are a little better for nearly every product; all get a turn."""
    dice, sets = np.random.default_rng(3), ranked()[:5]
    lists = [
        in_order(
            _worth(one, 0.5 - 0.04 * (place > 1) + dice.uniform(-0.03, 0.03))
            for place, one in enumerate(sets)
        )
        for _ in range(200)
    ]
    assert max(shares(lists, first_two, {}).values()) >= 0.85
    prices = prices_of(lists, first_two, 0.42)
    assert max(shares(lists, first_two, prices).values()) <= 0.5


def test_a_set_that_alone_suits_is_shown_whatever_it_costs() -> None:
    """A price has a limit, so that nobody is shown nothing."""
    alone = ranked()[:1]
    prices = prices_of([alone] * 10, first_two, 0.1)
    assert 0 < prices[names(alone)[0]] <= DEAREST
    assert names(first_two(charged(alone, prices))) == names(alone)


def test_prices_are_written_and_read(tmp_path: Path) -> None:
    """As they are."""
    exposure = Exposure(made_on="2 products", prices={"oak": 0.12})
    write_prices(tmp_path / "prices.yaml", exposure)
    assert load_exposure(tmp_path / "prices.yaml") == exposure


def test_the_prices_that_ship_are_of_sets_that_ship() -> None:
    """Nobody pays who is not there, and nobody pays more than the dearest."""
    known = {path.stem for path in STARTER_FOLDER.glob("*/*.yaml")}
    prices = load_exposure().prices
    assert set(prices) <= known
    assert all(0 < price <= DEAREST for price in prices.values())


def test_a_job_pays_too() -> None:
    """The handler shows what is best after prices."""
    free = matcher_of()(work()).output
    assert isinstance(free, Match)
    dear = free.ranked[0].background_id
    paying = matcher_of(exposure=Exposure(made_on="a test", prices={dear: 5.0}))(work()).output
    assert isinstance(paying, Match)
    assert paying.ranked[0].background_id != dear


def _worth(one: Scored, score: float) -> Scored:
    return replace(one, score=score)
