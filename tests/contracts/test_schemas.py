"""Contracts change on purpose only."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from backlot.contracts.jobs import JobRequest, JobStatus
from backlot.contracts.problems import PROBLEMS, problem
from backlot.contracts.schemas import CONTRACTS, schema_text

APPROVED = Path(__file__).parents[2] / "docs" / "schemas"


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.__name__)
def test_schema_is_the_approved_one(contract: type[BaseModel]) -> None:
    """A contract's schema is the one in docs/schemas; `make schemas` approves a change."""
    assert (APPROVED / f"{contract.__name__}.json").read_text() == schema_text(contract)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.__name__)
def test_contracts_are_frozen_and_closed(contract: type[BaseModel]) -> None:
    """No contract takes unknown fields or can be changed."""
    assert contract.model_config["frozen"]
    assert contract.model_config["extra"] == "forbid"


def test_unknown_request_fields_are_refused() -> None:
    """A client's typing mistake is an error, not a silent default."""
    with pytest.raises(ValidationError):
        JobRequest.model_validate({"titel": "mug"})


def test_final_states_know_that_they_are_final() -> None:
    """Exactly four states are final."""
    assert {s.value for s in JobStatus if s.is_final} == {
        "succeeded", "failed", "canceled", "expired",
    }  # fmt: skip


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_problem_code_builds_a_problem(code: str) -> None:
    """Every code has a status of an error and its own type."""
    built = problem(code)
    assert built.type.endswith(code)
    assert 400 <= built.status <= 599
