"""Sentences about a product, built from facets and measures; at least four, whatever is known."""

from collections.abc import Iterator
from dataclasses import dataclass

from backlot.contracts.caption import CaptionText, Measures, ProductGroup
from backlot.contracts.frozen import Swatch
from backlot.contracts.terms import FacetTerm, FactSource
from backlot.vocabulary import Term, Vocabulary
from backlot.vocabulary.phrases import has_hangul, with_article
from services.vision_worker.facets import Facets

LEAST_SEEN = 0.1
"""Raw score below which what an encoder saw is not put into words."""
DARK, LIGHT = 35.0, 70.0
SOFT, STRONG = 25.0, 60.0
MUTED, VIVID = 12.0, 40.0
WARM = 0.15
DIM, BRIGHT = 30.0, 70.0
SHARP, BLURRED = 0.6, 0.25
CALM, BUSY = 0.1, 0.5
TALL, WIDE = 1.4, 0.7
SECOND_COLOURS = 2
WHOLE = 0.9
"""Share from which a colour covers nearly all of a product."""


@dataclass(frozen=True)
class Known:
    """All that can be put into words.

    Attributes:
        title: The seller's, if any.
        facets: Terms by facet.
        group: Of the product, where no category is known.
        palette: The product's colours.
        measures: Facts of product and photo.
        certainty: How far facts of the product hold, 0..1: the quality of its cut-out.
        cut: Whether the product could be told apart from its background at all.
    """

    title: str | None
    facets: Facets
    palette: tuple[Swatch, ...]
    measures: Measures
    certainty: float
    cut: bool
    group: ProductGroup | None = None


def describe_product(known: Known, vocabulary: Vocabulary, most: int) -> tuple[CaptionText, ...]:
    """Say the most telling things about a product, the most telling first.

    Args:
        known: What is known.
        vocabulary: For articles and labels.
        most: At most so many sentences.
    """
    return tuple(_sentences(known, vocabulary))[:most]


def _sentences(known: Known, vocabulary: Vocabulary) -> Iterator[CaptionText]:
    yield from _identity(known, vocabulary)
    yield from _from_facet(known, "material", "It is made of {}.", "It seems to be made of {}.")
    yield _main_colour(known, vocabulary)
    yield from _from_facet(
        known, "finish_texture", "It has {a} finish.", "It seems to have {a} finish."
    )
    yield from _other_colours(known, vocabulary)
    yield _tone(known)
    yield _temper(known)
    yield from _from_facet(known, "style", "Its style is {}.", "Its style seems {}.")
    yield from _from_facet(known, "shape_size", "It is {}.", "It seems to be {}.")
    yield from _from_facet(known, "mood", "Its mood is {}.", "The picture feels {}.")
    yield _photo(known)
    yield from _place(known)


def _identity(known: Known, vocabulary: Vocabulary) -> Iterator[CaptionText]:
    """What the product is, in the words of the vocabulary and of the seller."""
    for term in known.facets.get("product_category", ())[:1]:
        if _worth_saying(term):
            named = _named(vocabulary.term(term.term), seen=term.source is FactSource.SEEN)
            yield _text(named, term.score, term.source)
    if known.group is not None:
        group = known.group
        yield _text(f"It seems to belong to {group.name}.", group.score, group.source)
    title = " ".join((known.title or "").split())
    # The sentences are English; a Korean title has become terms, or stays with the job.
    if title and not has_hangul(title):
        yield _text(f'The seller calls it "{title}".', 1.0, FactSource.HINT)


def _named(noun: Term, *, seen: bool) -> str:
    label = with_article(noun.label.en) if noun.takes_article else noun.label.en
    if seen:
        return f"The product looks like {label}."
    plural = not noun.takes_article and label.endswith("s")
    return f"These are {label}." if plural else f"The product is {label}."


def _from_facet(known: Known, facet: str, plain: str, seeming: str) -> Iterator[CaptionText]:
    """One sentence with the best term of a facet; what was only seen is not stated as a fact."""
    for term in known.facets.get(facet, ())[:1]:
        if _worth_saying(term):
            sentence = seeming if term.source is FactSource.SEEN else plain
            label = term.label.en
            text = sentence.replace("{a}", with_article(label)).replace("{}", label)
            yield _text(text, term.score, term.source)


def _worth_saying(term: FacetTerm) -> bool:
    return term.source is not FactSource.SEEN or term.score >= LEAST_SEEN


def _main_colour(known: Known, vocabulary: Vocabulary) -> CaptionText:
    first = known.palette[0]
    name = vocabulary.label(first.name).en
    if first.share >= WHOLE:
        return _measured(known, f"It is {name} nearly all over.")
    return _measured(
        known, f"Its main colour is {name}, covering about {round(first.share * 100)}% of it."
    )


def _other_colours(known: Known, vocabulary: Vocabulary) -> Iterator[CaptionText]:
    first = known.palette[0].name
    names = dict.fromkeys(swatch.name for swatch in known.palette if swatch.name != first)
    labels = [vocabulary.label(name).en for name in names][:SECOND_COLOURS]
    if labels:
        yield _measured(known, f"It also shows {' and '.join(labels)}.")


def _tone(known: Known) -> CaptionText:
    measures = known.measures
    tone = _level(measures.lightness, (DARK, LIGHT), ("dark", "medium", "light"))
    spread = _level(measures.contrast, (SOFT, STRONG), ("little", "moderate", "strong"))
    return _measured(known, f"It is {tone} in tone, with {spread} contrast within it.")


def _temper(known: Known) -> CaptionText:
    measures = known.measures
    strength = _level(measures.chroma, (MUTED, VIVID), ("muted", "moderately saturated", "vivid"))
    leaning = _level(measures.warmth, (-WARM, WARM), ("cool", "neither warm nor cool", "warm"))
    return _measured(known, f"Its colours are {strength} and {leaning}.")


def _photo(known: Known) -> CaptionText:
    measures = known.measures
    light = _level(
        measures.photo_lightness, (DIM, BRIGHT), ("dim", "of medium brightness", "bright")
    )
    focus = _level(measures.sharpness, (BLURRED, SHARP), ("blurred", "slightly soft", "sharp"))
    return _text(f"The photo is {light} and {focus}.", 1.0, FactSource.MEASURED)


def _place(known: Known) -> Iterator[CaptionText]:
    """How the product stands in its photo; nothing where it could not be told apart."""
    if not known.cut:
        return
    measures = known.measures
    around = _level(measures.clutter, (CALM, BUSY), ("plain", "fairly quiet", "busy"))
    form = _level(
        measures.aspect,
        (WIDE, TALL),
        ("wider than tall", "about as tall as wide", "taller than wide"),
    )
    yield _measured(known, f"The background is {around}.")
    yield _measured(
        known,
        f"It appears {form} and covers {max(1, round(measures.frame_fill * 100))}% of the frame.",
    )


def _level(value: float, steps: tuple[float, float], words: tuple[str, str, str]) -> str:
    low, high = steps
    if value < low:
        return words[0]
    return words[1] if value <= high else words[2]


def _measured(known: Known, text: str) -> CaptionText:
    return _text(text, known.certainty, FactSource.MEASURED)


def _text(text: str, score: float, source: FactSource) -> CaptionText:
    return CaptionText(text=text, score=round(score, 4), source=source)
