"""The library as ranking needs it: every record with what can be computed before any job."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from backlot.contracts.background import BackgroundAsset
from backlot.vocabulary.colour import Lab, lab_of
from services.matcher.index import point_id_of, shown_terms
from services.matcher.port import Where

_FILTERS = 256
FULL_SHARE = 0.4  # a colour that covers this much of a set is its colour


@dataclass(frozen=True)
class Tone:
    """One colour of a palette."""

    hex: str
    name: str
    lab: Lab
    share: float

    @cached_property
    def chroma(self) -> float:
        """CIELAB chroma."""
        return math.hypot(self.lab[1], self.lab[2])

    @cached_property
    def cover(self) -> float:
        """How much of a set's colour this is: half for a dab, 1 where it covers the set."""
        return 0.5 + 0.5 * min(1.0, self.share / FULL_SHARE)

    @cached_property
    def hue(self) -> float:
        """CIELAB hue in degrees."""
        return math.degrees(math.atan2(self.lab[2], self.lab[1])) % 360


@dataclass(frozen=True)
class StockedSet:
    """One background with its words and colours at hand.

    Attributes:
        shown: Term id to how strongly it shows.
        tones: Palette, the largest share first.
    """

    asset: BackgroundAsset
    point_id: str
    shown: dict[str, float]
    tones: tuple[Tone, ...]

    @property
    def main_tone(self) -> Tone:
        """The colour behind the product."""
        return self.tones[0]

    @cached_property
    def main_setting(self) -> str:
        """The setting that shows most."""
        return _strongest(self, f"setting_{self.asset.kind}")

    @cached_property
    def main_light(self) -> str:
        """The light that shows most; empty when none is named."""
        return _strongest(self, "lighting")


@dataclass(frozen=True)
class Shelf:
    """All sets that can be recommended, in the order of their ids."""

    sets: tuple[StockedSet, ...]

    def admitted(self, where: Where) -> tuple[StockedSet, ...]:
        """Return the sets a filter lets through, by the same rule the index follows."""
        known = self._admitted.get(where)
        if known is not None:
            return known
        if len(self._admitted) >= _FILTERS:
            self._admitted.clear()
        return self._admitted.setdefault(
            where,
            tuple(
                stocked
                for stocked in self.sets
                if where.admits(stocked.asset.kind, stocked.asset.licence.id, stocked.shown)
            ),
        )

    @cached_property
    def _admitted(self) -> dict[Where, tuple[StockedSet, ...]]:
        """What the last filters let through: the orders of one job ask again and again."""
        return {}


def stock(assets: Sequence[BackgroundAsset]) -> Shelf:
    """Return the shelf for these records."""
    ordered = sorted(assets, key=lambda asset: asset.id)
    return Shelf(
        tuple(
            StockedSet(
                asset=asset,
                point_id=point_id_of(asset),
                shown=shown_terms(asset),
                tones=tones_of((swatch.hex, swatch.name, swatch.share) for swatch in asset.palette),
            )
            for asset in ordered
        )
    )


def tones_of(palette: Iterable[tuple[str, str, float]]) -> tuple[Tone, ...]:
    """Return hex, name and share as tones, the largest share first."""
    tones = (Tone(hex_, name, lab_of(hex_), share) for hex_, name, share in palette)
    return tuple(sorted(tones, key=lambda tone: (-tone.share, tone.hex)))


def _strongest(stocked: StockedSet, facet: str) -> str:
    """Return the strongest term of a facet; empty without any."""
    terms = stocked.asset.facets.get(facet, ())
    return min(terms, key=lambda term: (-term.score, term.term)).term if terms else ""
