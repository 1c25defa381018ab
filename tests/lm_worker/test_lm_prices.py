"""What a call costs."""

import pytest

from services.lm_worker.prices import shipped_prices


def test_tokens_have_their_price() -> None:
    """Fresh, cached and completion tokens count at their own rates."""
    table = shipped_prices()
    price = table.price_of("gpt-5-mini")
    assert price is not None
    cost = table.cost_usd("gpt-5-mini", prompt=1_000_000, cached=400_000, completion=100_000)
    assert cost == pytest.approx(0.6 * price.prompt + 0.4 * price.cached + 0.1 * price.completion)


def test_a_dated_snapshot_costs_what_its_model_costs() -> None:
    """The date behind a model's name does not make it unknown."""
    table = shipped_prices()
    assert table.price_of("gpt-5-mini-2026-02-03") == table.price_of("gpt-5-mini")


def test_an_unknown_model_costs_nothing_and_says_so() -> None:
    """No guess is recorded as a cost."""
    table = shipped_prices()
    assert table.cost_usd("llama-of-ours", 1000, 0, 1000) == 0
    assert "none for model" in table.note("llama-of-ours")
    assert "none for model" not in table.note("gpt-5-mini")


def test_more_cached_than_prompt_tokens_is_not_negative() -> None:
    """A lying endpoint cannot earn us money."""
    assert shipped_prices().cost_usd("gpt-5-mini", prompt=10, cached=1000, completion=0) >= 0
