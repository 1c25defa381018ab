"""The product as ranking and reasons see it: its name, colours, size and optics."""

from dataclasses import dataclass

from backlot.contracts.caption import Caption
from backlot.contracts.frozen import Localized
from backlot.contracts.jobs import Dimensions, JobRequest
from backlot.contracts.terms import FactSource
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
        tones: Measured colours, the largest share first; empty when none were measured.
        lightness: CIELAB L* of its main colour, None when not measured.
    """

    noun: Localized
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
    return Product(
        noun=_noun(caption, vocabulary),
        tones=tones,
        lightness=(tones[0].lab[0] if tones else caption.measures.lightness) if measured else None,
        transparent=not sure.isdisjoint(TRANSPARENT_TERMS),
        mirror=not sure.isdisjoint(MIRROR_TERMS),
        dimensions_cm=request.dimensions_cm,
    )


def _noun(caption: Caption, vocabulary: Vocabulary) -> Localized:
    """Return the label of the most certain category; a general word without one."""
    categories = caption.facets.get("product_category", ())
    if not categories:
        return UNNAMED
    best = max(categories, key=lambda term: term.score)
    if best.score < SURE and best.source is not FactSource.HINT:
        return UNNAMED
    return vocabulary.label(best.term) if vocabulary.has(best.term) else best.label
