"""Controlled words as they travel: term ids, and terms with a score and a source."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from backlot.contracts.frozen import Frozen, Localized

TermId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+/[a-z0-9-]+$", max_length=96)]
"""A vocabulary term: facet, slash, slug; for example ``material/clear-glass``."""

FacetName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$", max_length=48)]
"""A vocabulary facet; for example ``material``."""


class FactSource(StrEnum):
    """Where a fact about the product comes from."""

    SEEN = "seen"
    MEASURED = "measured"
    HINT = "hint"


class FacetTerm(Frozen):
    """One term said of the product."""

    term: TermId
    label: Localized
    score: float = Field(ge=0, le=1, description="Calibrated unless `raw` is true.")
    source: FactSource
    raw: bool = Field(default=False, description="True while the score is not calibrated.")


class WeightedTerm(Frozen):
    """One term said of a background, with how strongly it shows."""

    term: TermId
    score: float = Field(default=1.0, ge=0, le=1)
