import pytest

from backlot.contracts.problems import PROBLEMS
from services.api.problem_page import ADVICE, PAGE, render
from services.api.problem_responses import declared


def test_the_page_lists_every_problem() -> None:
    """docs/problems.md is what the code says; `python -m services.api.problem_page` renews it."""
    assert PAGE.read_text(encoding="utf-8") == render()


def test_there_is_advice_for_every_code_and_no_other() -> None:
    """A new code is not forgotten, and an old one not kept."""
    assert set(ADVICE) == set(PROBLEMS)


def test_an_endpoint_can_only_declare_known_problems() -> None:
    """A typing error in an endpoint's list is found when the module is loaded."""
    with pytest.raises(KeyError):
        declared("photo-borken")
