"""Facets: the seller's word first, then measures, then what was seen."""

from backlot.contracts.terms import FacetTerm, FactSource
from backlot.vocabulary import load_vocabulary
from services.vision_worker.facets import combine

WORDS = load_vocabulary()


def said(term: str, source: FactSource, score: float = 0.5) -> FacetTerm:
    """A term of some source."""
    return FacetTerm(term=term, label=WORDS.label(term), score=score, source=source)


def hint(term: str) -> FacetTerm:
    """A term the seller said."""
    return said(term, FactSource.HINT)


def seen(*terms: str) -> tuple[FacetTerm, ...]:
    """Terms an encoder saw."""
    return tuple(said(term, FactSource.SEEN) for term in terms)


def test_category_of_the_seller_is_the_only_one() -> None:
    """Where one term holds, what the encoder saw does not stand beside the seller's word."""
    facets = combine(
        WORDS,
        [hint("product_category/insulated-tumbler")],
        {},
        {"product_category": seen("product_category/coffee-mug", "product_category/wine-bottle")},
    )
    assert [t.term for t in facets["product_category"]] == ["product_category/insulated-tumbler"]
    assert facets["product_category"][0].source is FactSource.HINT


def test_other_facets_add_up() -> None:
    """Where several terms hold: hint, measure, sight; each term once; no more than fit."""
    measured = (said("colour_name/red", FactSource.MEASURED),)
    facets = combine(
        WORDS,
        [hint("material/stainless-steel"), hint("colour_name/red")],
        {"colour_name": measured},
        {"material": seen("material/brass", "material/stainless-steel", "material/cork")},
    )
    assert [t.term for t in facets["material"]] == [
        "material/stainless-steel",
        "material/brass",
        "material/cork",
    ]
    assert facets["material"][0].source is FactSource.HINT
    assert [t.source for t in facets["colour_name"]] == [FactSource.HINT]


def test_unknown_facets_are_absent() -> None:
    """A facet about which nothing is known is not there, rather than empty."""
    assert combine(WORDS, [], {"shape_size": ()}, {}) == {}
