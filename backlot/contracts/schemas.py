"""JSON schemas of the contracts, written where a change shows in a diff."""

import json
import sys
from pathlib import Path

from pydantic import BaseModel

from backlot.contracts.background import BackgroundAsset
from backlot.contracts.brief import Briefs, StudioBrief
from backlot.contracts.caption import Caption
from backlot.contracts.events import JobEvent
from backlot.contracts.hints import Hint
from backlot.contracts.jobs import JobBody, JobRequest, Manifest
from backlot.contracts.match import Match, Recommendation
from backlot.contracts.problems import Problem
from backlot.contracts.render import Pictures, Render

CONTRACTS: tuple[type[BaseModel], ...] = (
    BackgroundAsset, Briefs, Caption, Hint, JobBody, JobEvent, JobRequest, Manifest, Match,
    Pictures, Problem, Recommendation, Render, StudioBrief,
)  # fmt: skip


def schema_text(contract: type[BaseModel]) -> str:
    """The approved form of a contract's schema."""
    return json.dumps(contract.model_json_schema(), indent=2, sort_keys=True) + "\n"


def write(folder: Path) -> None:
    """Write every schema."""
    folder.mkdir(parents=True, exist_ok=True)
    for contract in CONTRACTS:
        (folder / f"{contract.__name__}.json").write_text(schema_text(contract))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
