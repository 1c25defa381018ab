"""Reads judged products and grades sets for them; the rules stand in the data folder."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field

from backlot.contracts.background import BackgroundAsset
from backlot.contracts.errors import ConfigurationError
from backlot.contracts.frozen import Frozen
from backlot.vocabulary import Vocabulary
from backlot.vocabulary.reading import SourceFile, read_yaml

Half = Literal["dev", "locked"]

NAMED_BY_ITSELF = 1
"""A short name of one setting; longer ones are families, which it wins over."""

SHOWN = 0.5
LOST_SHARE = 0.05
IDEAL, FITS, NEUTRAL, ABSURD = 3, 2, 1, 0
FESTIVE = "mood/festive"
CM_PER_M = 100.0


class Words(Frozen):
    """Short names of settings and of looks."""

    settings: dict[str, tuple[str, ...]]
    looks: dict[str, tuple[str, ...]]


class Judged(Frozen):
    """One product with what suits it, in short names."""

    id: str
    category: str
    seen: tuple[str, ...]
    colours: dict[str, float] = Field(min_length=1)
    cm: tuple[float, float, float] = Field(description="Width, depth, height.")
    ideal: tuple[str, ...] = Field(min_length=1)
    fits: tuple[str, ...]
    absurd: tuple[str, ...]
    needs: tuple[str, ...] = ()
    spoils: tuple[str, ...] = ()
    drowns: tuple[str, ...] = ()
    festive: Literal["welcome", "ideal"] | None = None


class JudgedFile(Frozen):
    """One half."""

    products: tuple[Judged, ...] = Field(min_length=1)


class Judge:
    """Grades sets for one product.

    Args:
        product: The product.
        words: The short names.
    """

    def __init__(self, product: Judged, words: Words) -> None:
        self.product = product
        self._words = words

    @cached_property
    def levels(self) -> Mapping[str, int]:
        """Setting slug to its level; settings not named are neutral."""
        levels: dict[str, int] = {}
        for of_family in (True, False):  # what is named by itself is written last, and wins
            for names, level in (
                (self.product.absurd, ABSURD),
                (self.product.fits, FITS),
                (self.product.ideal, IDEAL),
            ):
                for name in names:
                    slugs = self._words.settings[name]
                    if (len(slugs) > NAMED_BY_ITSELF) is of_family:
                        levels.update(dict.fromkeys(slugs, level))
        return levels

    def settings(self, level: int) -> tuple[str, ...]:
        """Return the slugs of one level, in the order they were named."""
        return tuple(slug for slug, of_slug in self.levels.items() if of_slug == level)

    def looks(self, names: Iterable[str]) -> frozenset[str]:
        """Return the terms behind short names of looks; a term id stands for itself."""
        return frozenset(term for name in names for term in self._words.looks.get(name, (name,)))

    def grade(self, asset: BackgroundAsset) -> int:
        """Return 0 to 3 for a set."""
        if not self.has_room(asset):
            return ABSURD
        level = self._level(asset)
        shown = {
            term.term for terms in asset.facets.values() for term in terms if term.score >= SHOWN
        }
        needs = self.looks(self.product.needs)
        if level == IDEAL and needs and needs.isdisjoint(shown):
            level = FITS
        if not self.looks(self.product.spoils).isdisjoint(shown):
            level -= 1
        if _main_colour(asset) in self.product.drowns:
            level -= 1
        if FESTIVE in shown:
            level = self._festive(level)
        if max(self.product.cm) / CM_PER_M < LOST_SHARE * asset.stage.height_m:
            level = min(level, NEUTRAL)
        return max(level, ABSURD)

    def has_room(self, asset: BackgroundAsset) -> bool:
        """Tell whether the product stands on the set at all."""
        stage = asset.stage
        rooms = (stage.width_m, stage.depth_m, stage.height_m)
        return all(cm / CM_PER_M <= room for cm, room in zip(self.product.cm, rooms, strict=True))

    def _level(self, asset: BackgroundAsset) -> int:
        """Return what the settings of a set are worth."""
        terms = sorted(asset.facets.get(f"setting_{asset.kind}", ()), key=lambda term: -term.score)
        levels = [
            self.levels.get(term.term.partition("/")[2], NEUTRAL)
            for term in terms
            if term.score >= SHOWN
        ]
        if not levels:
            return NEUTRAL
        if levels[0] == ABSURD:
            return ABSURD
        return max(levels[0], *(level - 1 for level in levels[1:]), ABSURD)

    def _festive(self, level: int) -> int:
        """Return the level of a festive set."""
        if self.product.festive == "ideal":
            return IDEAL
        return level if self.product.festive == "welcome" else min(level, NEUTRAL)


def load_judges(folder: Path, half: Half, vocabulary: Vocabulary) -> tuple[Judge, ...]:
    """Read one half.

    Raises:
        ConfigurationError: A file is missing, or says a word nobody knows.
    """
    words = read_yaml(folder / "words.yaml").parse(Words)
    source = read_yaml(folder / f"{half}.yaml")
    products = source.parse(JudgedFile).products
    for number, product in enumerate(products):
        unknown = sorted(_unknown(product, words, vocabulary))
        if unknown:
            raise _refused(source, number, unknown)
    return tuple(Judge(product, words) for product in products)


def _refused(source: SourceFile, number: int, unknown: list[str]) -> ConfigurationError:
    return source.refuse(f"nobody knows {', '.join(unknown)}", ("products", number))


def _unknown(product: Judged, words: Words, vocabulary: Vocabulary) -> set[str]:
    """Return the words of a product that are neither short names nor terms."""
    settings = {*product.ideal, *product.fits, *product.absurd} - words.settings.keys()
    looks = {*product.needs, *product.spoils} - words.looks.keys()
    terms = {
        f"product_category/{product.category}",
        *product.seen,
        *(f"colour_name/{slug}" for slug in product.drowns),
        *looks,
    }
    return settings | {term for term in terms if not vocabulary.has(term)}


def _main_colour(asset: BackgroundAsset) -> str:
    """Return the slug of the colour that covers most of a set."""
    swatch = max(asset.palette, key=lambda one: one.share)
    return swatch.name.partition("/")[2]
