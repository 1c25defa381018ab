"""What language model calls cost, from a dated table."""

import re
from datetime import date
from functools import cache

from pydantic import Field

from backlot.contracts.frozen import Frozen
from services.lm_worker.stylist.reading import DataFile

# Dated snapshots of a model cost what the model costs: "name-2026-03-05".
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_PER = 1_000_000


class Price(Frozen):
    """US dollars for a million tokens."""

    prompt: float = Field(ge=0)
    cached: float = Field(ge=0)
    completion: float = Field(ge=0)


class PriceTable(Frozen):
    """Prices by model, as of a day, with where they were read."""

    as_of: date
    source: str
    models: dict[str, Price]

    def price_of(self, model: str) -> Price | None:
        """Return a model's price; None for a model the table does not know."""
        return self.models.get(model) or self.models.get(_SNAPSHOT.sub("", model))

    def cost_usd(self, model: str, prompt: int, cached: int, completion: int) -> float:
        """Return the cost of a call; 0 for a model the table does not know.

        Args:
            model: Name as configured.
            prompt: Prompt tokens, cached ones included.
            cached: Prompt tokens the endpoint had cached.
            completion: Completion tokens, reasoning included.
        """
        price = self.price_of(model)
        if price is None:
            return 0.0
        fresh = max(0, prompt - cached)
        usd = fresh * price.prompt + cached * price.cached + completion * price.completion
        return usd / _PER

    def note(self, model: str) -> str:
        """Say which prices were used, for the job's record."""
        known = self.price_of(model) is not None
        return f"{self.as_of.isoformat()}" if known else f"{self.as_of.isoformat()}, none for model"


@cache
def shipped_prices() -> PriceTable:
    """Return the table that ships with this service."""
    return DataFile("prices").parse(PriceTable)
