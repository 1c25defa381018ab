"""What a set pays for being shown too often, so that a large library is not six favourites.

Prices in the sense of linear programming: made-up products are matched, every set that more than
its share of them are shown raises its price, every other lowers it, until nobody is over. Relevance
decides everywhere else: most sets have no price, and the dearest still come first where nothing
else comes near. `backlot eval exposure` makes the prices anew when the library has changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from pydantic import Field

from backlot.contracts.background import BackgroundId
from backlot.contracts.frozen import Frozen
from backlot.vocabulary.reading import read_yaml
from services.matcher.ranking import Scored, in_order

FILE = Path(__file__).parent / "data" / "exposure.yaml"
SLOT = "exposure"


class Exposure(Frozen):
    """Prices of the sets that have one.

    Attributes:
        made_on: Number of products and backgrounds, for whoever wonders whether they still fit.
    """

    made_on: str
    prices: dict[BackgroundId, float] = Field(description="In parts of a score, 0 to 1.")


FREE = Exposure(made_on="nothing", prices={})
"""Nobody pays."""


def charged(ranked: Sequence[Scored], prices: Mapping[BackgroundId, float]) -> list[Scored]:
    """Return the sets in the order they have once each has paid its price."""
    return in_order(_charged(one, prices.get(one.stocked.asset.id, 0.0)) for one in ranked)


@cache
def load_exposure(path: Path = FILE) -> Exposure:
    """Read the prices; raise ConfigurationError with file and line when one is wrong."""
    return read_yaml(path).parse(Exposure)


def _charged(one: Scored, price: float) -> Scored:
    if price == 0.0:
        return one
    return replace(one, score=one.score - price, given={**one.given, SLOT: -price})
