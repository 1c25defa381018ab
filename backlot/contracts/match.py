"""Output of the `match` stage."""

from pydantic import Field

from backlot.contracts.background import BackgroundCard, RankedBackground, Reason
from backlot.contracts.brief import StudioBrief
from backlot.contracts.frozen import Frozen
from backlot.contracts.ingest import Indexed


class Match(Frozen):
    """The chosen brief and the ranked backgrounds."""

    brief: StudioBrief
    chosen: int = Field(ge=0, description="Index of the brief among the candidates.")
    dropped_claims: int = Field(default=0, ge=0)
    ranked: tuple[RankedBackground, ...]
    cards: tuple[BackgroundCard, ...] = Field(
        description="The recommended backgrounds as they were then; previews hold blob keys."
    )
    suits: bool = Field(default=True, description="False: nothing is above the threshold.")


class Recommendation(Frozen):
    """One recommended background as clients see it."""

    rank: int = Field(ge=1)
    score: float
    background: BackgroundCard
    reasons: tuple[Reason, ...]


class Placed(Indexed):
    """Output of `index`: where a background is now."""

    match: Match | None = Field(
        default=None, description="Of a set made for the job: its recommendations with that set."
    )
