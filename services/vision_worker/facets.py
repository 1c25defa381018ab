"""Facets of a product: the seller's hints first, then what is measured, then what is seen."""

from collections.abc import Sequence
from itertools import chain

from backlot.contracts.terms import FacetTerm, FactSource
from backlot.vocabulary import Vocabulary

Facets = dict[str, tuple[FacetTerm, ...]]


def measured_terms(
    vocabulary: Vocabulary, terms: Sequence[tuple[str, float]]
) -> tuple[FacetTerm, ...]:
    """Terms that follow from measures, with their scores."""
    return tuple(
        FacetTerm(
            term=term,
            label=vocabulary.label(term),
            score=round(score, 4),
            source=FactSource.MEASURED,
        )
        for term, score in terms
    )


def combine(
    vocabulary: Vocabulary, hinted: Sequence[FacetTerm], measured: Facets, seen: Facets
) -> Facets:
    """One list of terms for each facet about which anything is known.

    What the seller says comes first, then what is measured, then what is seen, each term once and
    no more than the facet takes. Where only one term can hold, the seller's word is the last.
    """
    said: Facets = {}
    for hint in hinted:
        name = vocabulary.term(hint.term).facet
        said[name] = (*said.get(name, ()), hint)
    combined: Facets = {}
    for name, facet in vocabulary.facets.items():
        parts = (said.get(name, ()), measured.get(name, ()), seen.get(name, ()))
        if facet.select == "single" and parts[0]:
            parts = (parts[0][:1], (), ())
        terms: dict[str, FacetTerm] = {}
        for term in chain(*parts):
            terms.setdefault(term.term, term)
        if terms:
            combined[name] = tuple(terms.values())[: facet.top_k]
    return combined
