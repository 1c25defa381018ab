"""The rulebook: every rule of the stylist, loaded and checked once."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from backlot.contracts.errors import ConfigurationError
from backlot.vocabulary import Vocabulary, load_vocabulary
from services.lm_worker.stylist.reading import DATA, DataFile
from services.lm_worker.stylist.rules import (
    CategoryRule,
    Contradiction,
    GroupRule,
    HouseRule,
    LightRule,
    MatterRule,
    MoodRule,
    PropRule,
    SeasonRule,
    SetRule,
    TechniqueRule,
)

M = TypeVar("M", bound=BaseModel)
UNKNOWN_GROUP = "unknown"


@dataclass(frozen=True)
class Rulebook:
    """All rules by term id; `sets` holds studios and spaces, `matters` materials and finishes."""

    vocabulary: Vocabulary
    sets: dict[str, SetRule]
    lights: dict[str, LightRule]
    techniques: dict[str, TechniqueRule]
    props: dict[str, PropRule]
    matters: dict[str, MatterRule]
    categories: dict[str, CategoryRule]
    groups: dict[str, GroupRule]
    moods: dict[str, MoodRule]
    seasons: dict[str, SeasonRule]
    contradictions: tuple[Contradiction, ...]
    house: HouseRule

    @cached_property
    def clashes(self) -> dict[str, frozenset[str]]:
        """For each term, the terms that must not stand beside it."""
        found: dict[str, set[str]] = defaultdict(set)
        for pair in self.contradictions:
            for one in pair.a:
                found[one].update(pair.b)
            for other in pair.b:
                found[other].update(pair.a)
        return {term: frozenset(others) for term, others in found.items()}

    def fits(self, term: str, chosen: frozenset[str]) -> bool:
        """Tell whether a term may stand beside those chosen already."""
        clashing = self.clashes.get(term)
        return clashing is None or clashing.isdisjoint(chosen)

    @cached_property
    def sets_of(self) -> dict[str, dict[str, SetRule]]:
        """The sets of each facet."""
        found: dict[str, dict[str, SetRule]] = defaultdict(dict)
        for term, place in self.sets.items():
            found[term.partition("/")[0]][term] = place
        return found

    @cached_property
    def edges(self) -> dict[str, LightRule]:
        """The lights that draw edges."""
        return {term: light for term, light in self.lights.items() if light.edge}

    @cached_property
    def takes(self) -> dict[tuple[str, str], dict[str, TechniqueRule]]:
        """The techniques a still set can give, by part and candidate."""
        found: dict[tuple[str, str], dict[str, TechniqueRule]] = defaultdict(dict)
        for term, technique in self.techniques.items():
            for variant in technique.only if technique.possible else ():
                found[technique.part, variant][term] = technique
        return found

    @property
    def least_gap(self) -> float:
        """By how much L* a background must differ from the product."""
        return self.vocabulary.rules.contrast.min_lightness_gap

    @cached_property
    def rule_names(self) -> frozenset[str]:
        """Every name a claim may point to as its rule."""
        fixed = {"contrast", "clear-edge", "mirror-surround", "scale", "size", "variety", "taste"}
        named = {f"prior/{prior.name}" for prior in self.vocabulary.priors}
        named |= {f"set/{term}" for term in self.sets}
        named |= {f"category/{term.partition('/')[2]}" for term in self.categories}
        named |= {f"season/{term.partition('/')[2]}" for term in self.seasons}
        schemes = self.vocabulary.layout["colour_scheme"]
        named |= {f"harmony/{scheme.replace(' ', '-')}" for scheme in schemes}
        return frozenset(fixed | named)


def load_rulebook(vocabulary: Vocabulary | None = None, folder: Path = DATA) -> Rulebook:
    """Load the rules; a rule that is missing, broken or names an unknown word is refused."""
    words = vocabulary or load_vocabulary()

    def table(name: str, facets: tuple[str, ...], model: type[M]) -> dict[str, M]:
        file = DataFile(name, folder)
        entries = file.entries(facets, words)
        return {term: file.parse(model, entry) for term, entry in entries.items()}

    sets = {
        **table("settings_studio", ("setting_studio",), SetRule),
        **table("settings_space", ("setting_space",), SetRule),
    }
    matters = {
        **table("materials", ("material",), MatterRule),
        **table("finishes", ("finish_texture",), MatterRule),
    }
    return Rulebook(
        vocabulary=words,
        sets=sets,
        lights=table("lighting", ("lighting",), LightRule),
        techniques=table("technique", ("photo_technique",), TechniqueRule),
        props=table("props", ("props",), PropRule),
        matters=matters,
        categories=table("categories", ("product_category",), CategoryRule),
        groups=_groups(words, folder),
        moods=table("moods", ("mood",), MoodRule),
        seasons=table("seasons", ("season_occasion",), SeasonRule),
        contradictions=_contradictions(words, folder),
        house=_house(words, folder),
    )


@cache
def shipped_rulebook() -> Rulebook:
    """Return the rulebook that ships with this service, loaded once."""
    return load_rulebook()


@cache
def stylist_version() -> str:
    """Return ``rules@`` and eight digits that change with any rule, phrase or line of it."""
    here = Path(__file__).parent
    sources = [*DATA.rglob("*.yaml"), *here.glob("*.py"), *(here.parent / "prose").glob("*.py")]
    digest = hashlib.sha256()
    for path in sorted(sources, key=lambda path: path.relative_to(here.parent).as_posix()):
        digest.update(path.read_bytes())
    return f"rules@{digest.hexdigest()[:8]}"


def _groups(vocabulary: Vocabulary, folder: Path) -> dict[str, GroupRule]:
    file = DataFile("groups", folder)
    entries: dict[str, Any] = file.resolved(file.content, vocabulary)
    return {name: file.parse(GroupRule, entry) for name, entry in entries.items()}


def _contradictions(vocabulary: Vocabulary, folder: Path) -> tuple[Contradiction, ...]:
    file = DataFile("contradictions", folder)
    pairs = tuple(file.parse(Contradiction, entry) for entry in file.content)
    for pair in pairs:
        for term in (*pair.a, *pair.b):
            if not vocabulary.has(term):
                raise ConfigurationError(f"{file.path}: {pair.name}: {term!r} is no term")
    return pairs


def _house(vocabulary: Vocabulary, folder: Path) -> HouseRule:
    file = DataFile("house_rules", folder)
    return file.parse(HouseRule, file.resolved(file.content, vocabulary))
