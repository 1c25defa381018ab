"""What products are plausibly made of, read from a data file and checked against the vocabulary."""

from functools import cache
from pathlib import Path

from pydantic import Field

from backlot.contracts.errors import ConfigurationError
from backlot.contracts.frozen import Frozen
from backlot.vocabulary import Vocabulary, load_vocabulary
from services.lm_worker.stylist.reading import DataFile

_FOLDER = Path(__file__).parent


class Make(Frozen):
    """One way to make things; every word is a slug.

    Attributes:
        of: Materials: the first always shows, one of the others sometimes.
        look: Finishes.
        main: Colours the largest part may have.
        accent: Colours a smaller part may have.
        styles: Styles such a thing is often seen in.
    """

    of: tuple[str, ...]
    look: tuple[str, ...] = Field(min_length=1)
    main: tuple[str, ...] = Field(min_length=1)
    accent: tuple[str, ...] = Field(min_length=1)
    styles: tuple[str, ...] = Field(min_length=1)


class Category(Frozen):
    """How a product category may be made, and its largest side in centimetres, from and to."""

    made: tuple[str, ...] = Field(min_length=1)
    cm: tuple[float, float]


class Makings(Frozen):
    """The whole file."""

    makes: dict[str, Make]
    categories: dict[str, Category]
    titles: tuple[str, ...] = Field(min_length=1)


@cache
def shipped_makings() -> Makings:
    """Return the makings that ship; a word the vocabulary lacks is a ConfigurationError."""
    makings = DataFile("products", _FOLDER).parse(Makings)
    unknown = sorted(_unknown(makings, load_vocabulary()))
    if unknown:
        raise ConfigurationError(f"products.yaml: unknown words: {', '.join(unknown)}")
    return makings


def _unknown(makings: Makings, vocabulary: Vocabulary) -> set[str]:
    """Return every word that is no term of its facet, or no way to make things."""
    terms = {f"product_category/{slug}" for slug in makings.categories}
    for make in makings.makes.values():
        terms |= {f"material/{slug}" for slug in make.of}
        terms |= {f"finish_texture/{slug}" for slug in make.look}
        terms |= {f"colour_name/{slug}" for slug in (*make.main, *make.accent)}
        terms |= {f"style/{slug}" for slug in make.styles}
    named = {name for category in makings.categories.values() for name in category.made}
    return {term for term in terms if not vocabulary.has(term)} | (named - makings.makes.keys())
