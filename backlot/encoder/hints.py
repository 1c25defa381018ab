"""Reads the seller's own words into terms: the category, and what else the title says."""

from pathlib import Path

from backlot.contracts.terms import FacetTerm, FactSource
from backlot.encoder.port import SentenceEncoder
from backlot.encoder.tables import phrase_table
from backlot.encoder.titles import (
    CATEGORY,
    FOLLOWING_FACETS,
    leading_categories,
    named_category,
    without_words_of,
)
from backlot.vocabulary import Term, Vocabulary
from backlot.vocabulary.phrases import has_hangul

# Set on tests/encoder/titles.yaml with all-MiniLM-L6-v2: 84 of 164 titles answered, 81 rightly; of
# 60 titles held out 34 and 32. Tests keep 90 %. Another sentence encoder has other cosines: measure
# again before trusting it.
NEAREST_COSINE = 0.57
NEAREST_MARGIN = 0.05
AGREED_COSINE = 0.50
OVERRULING_MARGIN = 0.20

# Order only: named categories were right in 87 of 89 cases, nearest ones in 26 of 29.
GIVEN_SCORE = 1.0
NAMED_SCORE = 0.9
NEAREST_SCORES = (0.5, 0.89)


class HintReader:
    """From a title and a category, as the seller wrote them, to facet terms; thread-safe.

    Args:
        vocabulary: The words.
        encoder: For titles that name no category; English.
        cache: Folder for label tables.
    """

    def __init__(self, vocabulary: Vocabulary, encoder: SentenceEncoder, cache: Path) -> None:
        self._vocabulary = vocabulary
        self._encoder = encoder
        self._table = phrase_table(encoder, vocabulary.facets[CATEGORY], cache)

    def read(self, title: str | None, category: str | None = None) -> tuple[FacetTerm, ...]:
        """Return what the words say: one category at most, then other facets.

        A category that is a term id, a label or a synonym holds as it is given (score 1). Other
        scores are raw: they order, and nothing more. Words that name nothing give nothing.
        """
        found = self._category(title or "", category or "")
        named = None if found is None else self._vocabulary.term(found.term)
        said = self._said(title or "", named)
        return said if found is None else (found, *said)

    def _category(self, title: str, category: str) -> FacetTerm | None:
        """Return the category: as given, else as the category's words or the title say."""
        given = self._vocabulary.find(category, CATEGORY) if category.strip() else None
        if given is not None:
            return _hint(given, GIVEN_SCORE, raw=False)
        return self._guess(category) or self._guess(title)

    def _guess(self, text: str) -> FacetTerm | None:
        """Return the category that a text names or, failing that, comes nearest to."""
        if not text.strip():
            return None
        named = named_category(self._vocabulary, text)
        if has_hangul(text):
            # The encoder does not read Korean and would answer anything.
            return None if named is None else _hint(named, NAMED_SCORE)
        query = self._encoder.encode([text])
        first, second = self._table.top_k(query, 2)[0]
        nearest = _hint(self._vocabulary.term(first.term), _score_of(first.cosine))
        if named is not None:
            place = self._table.terms.index(named.id)
            behind = first.cosine - float(self._table.cosines(query)[0, place])
            overruled = first.cosine >= NEAREST_COSINE and behind >= OVERRULING_MARGIN
            return nearest if overruled else _hint(named, NAMED_SCORE)
        if self._vocabulary.mentions(text, CATEGORY):
            leads = first.term in leading_categories(self._vocabulary, text)
            return nearest if leads and first.cosine >= AGREED_COSINE else None
        clear = first.cosine - second.cosine >= NEAREST_MARGIN
        return nearest if clear and first.cosine >= NEAREST_COSINE else None

    def _said(self, title: str, named: Term | None) -> tuple[FacetTerm, ...]:
        """Return what else stands in the title, word for word."""
        rest = title if named is None else without_words_of(named, title)
        return tuple(
            _hint(term, NAMED_SCORE)
            for facet in FOLLOWING_FACETS
            for term in self._vocabulary.mentions(rest if facet == "colour_name" else title, facet)
        )


def _hint(term: Term, score: float, *, raw: bool = True) -> FacetTerm:
    """Return a term as a fact from the seller."""
    return FacetTerm(term=term.id, label=term.label, score=score, source=FactSource.HINT, raw=raw)


def _score_of(cosine: float) -> float:
    """Return a raw score that grows with the cosine and stays below that of a named category."""
    low, high = NEAREST_SCORES
    share = (cosine - AGREED_COSINE) / (1.0 - AGREED_COSINE)
    return low + (high - low) * min(1.0, max(0.0, share))
