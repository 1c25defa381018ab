"""The product as ranking and reasons see it: its name, colours, size and optics."""

from dataclasses import dataclass

from backlot.contracts.caption import Caption
from backlot.contracts.frozen import Localized
from backlot.contracts.jobs import Dimensions, JobRequest
from backlot.contracts.terms import FacetTerm, FactSource
from backlot.vocabulary import Vocabulary
from services.matcher.shelf import Tone, tones_of

SURE = 0.5
"""A facet below this score changes neither how a product is lit nor what it is called."""

TRANSPARENT_TERMS = frozenset({"material/clear-glass", "finish_texture/fully-transparent"})
MIRROR_TERMS = frozenset({"finish_texture/mirror-polished", "material/chrome-plated-metal"})
UNNAMED = Localized(en="product", ko="제품")


@dataclass(frozen=True)
class Product:
    """What the matcher knows of the product.

    Attributes:
        noun: What to call it in a sentence, without an article.
        category: Term id of the category, None when none is sure.
        group: Group of the categories, None when that is not sure either.
        tones: Measured colours, the largest share first; empty when none were measured.
        lightness: CIELAB L* of its main colour, None when not measured.
    """

    noun: Localized
    category: str | None
    group: str | None
    tones: tuple[Tone, ...]
    lightness: float | None
    transparent: bool
    mirror: bool
    dimensions_cm: Dimensions | None


def product_of(caption: Caption, request: JobRequest, vocabulary: Vocabulary) -> Product:
    """Read the product out of what the caption and the request say."""
    sure = {term.term for terms in caption.facets.values() for term in terms if term.score >= SURE}
    tones = tones_of((swatch.hex, swatch.name, swatch.share) for swatch in caption.palette)
    measured = tones or caption.measures.lightness > 0
    category = _category(caption)
    return Product(
        noun=_noun(category, vocabulary),
        category=category.term if category else None,
        group=caption.group.name if caption.group else None,
        tones=tones,
        lightness=(tones[0].lab[0] if tones else caption.measures.lightness) if measured else None,
        transparent=not sure.isdisjoint(TRANSPARENT_TERMS),
        mirror=not sure.isdisjoint(MIRROR_TERMS),
        dimensions_cm=request.dimensions_cm,
    )


def _category(caption: Caption) -> FacetTerm | None:
    """Return the most certain category; None when even that is not sure."""
    categories = caption.facets.get("product_category", ())
    best = max(categories, key=lambda term: term.score, default=None)
    if best is None or (best.score < SURE and best.source is not FactSource.HINT):
        return None
    return best


def _noun(category: FacetTerm | None, vocabulary: Vocabulary) -> Localized:
    """Return the label of the category; a general word without one."""
    if category is None:
        return UNNAMED
    known = vocabulary.has(category.term)
    return vocabulary.label(category.term) if known else category.label
