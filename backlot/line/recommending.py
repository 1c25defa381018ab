"""What a job recommends: what `match` found, and the set that was made for it."""

from collections.abc import Mapping

from backlot.contracts.match import Match, Placed
from backlot.contracts.stages import Stage


def recommended(outputs: Mapping[Stage, str]) -> Match | None:
    """The job's recommendations as its stages have given them so far; None before `match`.

    Args:
        outputs: What the stages committed, as JSON text.
    """
    index = outputs.get(Stage.INDEX)
    placed = Placed.model_validate_json(index) if index else None
    if placed is not None and placed.match is not None:
        return placed.match
    match = outputs.get(Stage.MATCH)
    return Match.model_validate_json(match) if match else None
