"""How many of a brief's words a set shows, slot by slot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backlot.contracts.brief import StudioBrief
from services.matcher.weights import Slot, Weights

SHOWN_CLEARLY = 0.5
"""A word that shows less counts a little, but nobody is told that it is there."""

Worths = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Wanted:
    """The words of a brief, each with what it adds to a total of at most 1.

    Attributes:
        slots: Slot to its term ids, the most wanted first; slots the brief leaves open are absent.
            Settings are alternatives, of which the best one met counts; the worths of every other
            slot are added up.
        whole: Slot to the most it can add.
    """

    slots: Mapping[Slot, Worths]
    whole: Mapping[Slot, float]

    def given(self, shown: Mapping[str, float]) -> dict[Slot, float]:
        """Return what each slot adds for a set that shows these terms."""
        given: dict[Slot, float] = {}
        for slot, terms in self.slots.items():
            met = [worth * shown[term] for term, worth in terms if term in shown]
            given[slot] = (max(met) if slot == "setting" else sum(met)) if met else 0.0
        return given

    def total(self, shown: Mapping[str, float]) -> float:
        """Return how well a set shows what was wanted, 0 to 1."""
        return sum(self.given(shown).values())

    def met(self, slot: Slot, shown: Mapping[str, float]) -> tuple[str, ...]:
        """Return the wanted terms a set shows clearly."""
        return tuple(
            term for term, _ in self.slots.get(slot, ()) if shown.get(term, 0.0) >= SHOWN_CLEARLY
        )

    def missed(self, slot: Slot, shown: Mapping[str, float]) -> tuple[str, ...]:
        """Return the wanted terms a set does not show, or hardly."""
        met = self.met(slot, shown)
        return tuple(term for term, _ in self.slots.get(slot, ()) if term not in met)


def wanted_by(brief: StudioBrief, weights: Weights) -> Wanted:
    """Return the brief's words with their worth.

    Settings are ranked within their own facet: the first studio and the first space are both a
    first choice of their kind.
    """
    named: dict[Slot, Worths] = {
        "setting": _settings(brief.settings, weights),
        "lighting": _in_order(brief.lighting.types, weights),
        "mood": _in_order(brief.moods, weights),
        "style": _in_order(brief.styles, weights),
        "surface": _in_order(surfaces_of(brief), weights),
        "props": _in_order([prop.term for prop in brief.props], weights),
        "season": _in_order([brief.season] if brief.season else [], weights),
    }
    asked: dict[Slot, Worths] = {slot: terms for slot, terms in named.items() if terms}
    total = sum(weights.overlap[slot] for slot in asked)
    whole = {slot: weights.overlap[slot] / total if total else 0.0 for slot in asked}
    return Wanted(
        slots={slot: _scaled(slot, terms, whole[slot]) for slot, terms in asked.items()},
        whole=whole,
    )


def surfaces_of(brief: StudioBrief) -> tuple[str, ...]:
    """Return the surface and the texture words of a brief."""
    return (*((brief.surface,) if brief.surface else ()), *brief.textures)


def _scaled(slot: Slot, terms: Worths, whole: float) -> Worths:
    """Return worths that make `whole` when every term, or the best setting, is met."""
    reached = max(worth for _, worth in terms)
    if slot != "setting":
        reached = sum(worth for _, worth in terms)
    return tuple((term, whole * worth / reached) for term, worth in terms)


def _settings(terms: Sequence[str], weights: Weights) -> Worths:
    """Return settings with their worth, each facet counted from its own first."""
    seen: dict[str, int] = {}
    ranked = []
    for term in dict.fromkeys(terms):
        facet = term.partition("/")[0]
        ranked.append((term, weights.worth(seen.get(facet, 0))))
        seen[facet] = seen.get(facet, 0) + 1
    return tuple(ranked)


def _in_order(terms: Sequence[str], weights: Weights) -> Worths:
    """Return terms with what their place is worth; a repeated term counts once."""
    return tuple((term, weights.worth(place)) for place, term in enumerate(dict.fromkeys(terms)))
