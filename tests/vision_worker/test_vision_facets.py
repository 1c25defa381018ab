"""Facets: the seller's word first, then measures, then what was seen, with honest marks."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from backlot.contracts.terms import FacetTerm, FactSource
from backlot.encoder.synthetic import SyntheticImageTextEncoder
from backlot.vocabulary import load_vocabulary
from services.vision_worker.facets import Looker, combine, probabilities

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


@pytest.fixture(scope="module")
def looker(tmp_path_factory: pytest.TempPathFactory) -> Looker:
    """Looks with the encoder that needs no weights; this proves plumbing, not sight."""
    encoder = SyntheticImageTextEncoder()
    cache = tmp_path_factory.mktemp("tables")
    return Looker(WORDS, {"product": encoder, "scene": encoder}, cache)


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


def test_only_visible_facets_are_looked_at(looker: Looker) -> None:
    """Staging facets are never read off the photo; seen ones have their number of terms."""
    vector = looker.encoders["product"].encode_texts(["stainless steel"])
    found = looker.look({"product": vector, "scene": vector})
    assert set(found) == {n for n, facet in WORDS.facets.items() if facet.role == "seen"}
    for name, terms in found.items():
        assert len(terms) == WORDS.facets[name].top_k
        assert all(term.raw and term.source is FactSource.SEEN for term in terms)
    assert found["material"][0].term == "material/stainless-steel"


def test_without_encoders_nothing_is_seen(tmp_path: Path) -> None:
    """No image weights: no seen facets, and no table is made."""
    assert Looker(WORDS, {}, tmp_path).look({}) == {}
    assert list(tmp_path.iterdir()) == []


@settings(deadline=None)
@given(arrays(np.float32, st.integers(1, 40), elements=st.floats(-1, 1, width=32)))
def test_single_choice_shares_one(cosines: NDArray[np.float32]) -> None:
    """Scores of a single choice add up to 1 and keep the order of the cosines."""
    for bias in (None, -10.0):
        scores = probabilities(cosines, 100.0, bias, "single")
        assert scores.sum() == pytest.approx(1)
        assert scores[cosines.argmax()] == scores.max()


def test_sigmoid_models_score_terms_alone() -> None:
    """With a bias, several terms may hold at once, or none."""
    scores = probabilities(np.array([0.14, 0.14, 0.0], np.float32), 110.0, -13.0, "multi")
    assert scores[0] == scores[1] > 0.9
    assert scores[2] < 0.01
