"""Sentences about a product: at least four, grammatical, each with score and source."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backlot.contracts.caption import Measures, ProductGroup
from backlot.contracts.frozen import Swatch
from backlot.contracts.terms import FacetTerm, FactSource
from backlot.vocabulary import load_vocabulary
from services.vision_worker.facets import Facets
from services.vision_worker.texts import Known, describe_product

WORDS = load_vocabulary()
RED = Swatch(hex="#cc1f2c", name="colour_name/red", share=0.62)
WHITE = Swatch(hex="#fafafa", name="colour_name/white", share=0.3)
NAVY = Swatch(hex="#1c2a4f", name="colour_name/navy-blue", share=0.08)


def measures(**changes: float) -> Measures:
    """Ordinary measures with some changed."""
    ordinary = {
        "lightness": 50.0, "contrast": 40.0, "chroma": 20.0, "warmth": 0.0, "sharpness": 0.9,
        "clutter": 0.0, "frame_fill": 0.31, "aspect": 1.0, "photo_lightness": 75.0,
    }  # fmt: skip
    return Measures.model_validate(ordinary | changes)


def known(
    facets: Facets | None = None,
    title: str | None = None,
    *,
    cut: bool = True,
    found: Measures | None = None,
) -> Known:
    """What is known of a product."""
    return Known(title, facets or {}, (RED, WHITE, NAVY), found or measures(), 0.8, cut)


def term(name: str, source: FactSource = FactSource.HINT, score: float = 0.9) -> Facets:
    """One term as the only one of its facet."""
    fact = FacetTerm(term=name, label=WORDS.label(name), score=score, source=source)
    return {WORDS.term(name).facet: (fact,)}


def sentences(what: Known, most: int = 16) -> list[str]:
    """The sentences alone."""
    return [text.text for text in describe_product(what, WORDS, most)]


def test_measures_alone_give_four() -> None:
    """With no encoder, no title and no cut-out there are still four sentences."""
    found = describe_product(known(cut=False), WORDS, 8)
    assert [text.text for text in found] == [
        "Its main colour is red, covering about 62% of it.",
        "It also shows white and navy blue.",
        "It is medium in tone, with moderate contrast within it.",
        "Its colours are moderately saturated and neither warm nor cool.",
        "The photo is bright and sharp.",
    ]
    assert {text.source for text in found} == {FactSource.MEASURED}


def test_one_colour_still_gives_four() -> None:
    """A product of one colour is described in four sentences at least."""
    what = Known(None, {}, (RED.model_copy(update={"share": 1.0}),), measures(), 0.0, cut=False)
    assert len(sentences(what)) == 4
    assert sentences(what)[0] == "It is red nearly all over."


def test_surroundings_are_told_when_there_is_a_cutout() -> None:
    """With a cut-out the background and the place in the frame are told as well."""
    found = sentences(known(found=measures(aspect=2.0, clutter=0.9)))
    assert "The background is busy." in found
    assert "It appears taller than wide and covers 31% of the frame." in found


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("product_category/insulated-tumbler", "The product is an insulated tumbler."),
        ("product_category/coffee-mug", "The product is a coffee mug."),
        ("product_category/running-sneakers", "These are running sneakers."),
        ("product_category/fresh-fruit", "The product is fresh fruit."),
        ("material/glazed-ceramic", "It is made of glazed ceramic."),
        ("finish_texture/high-gloss", "It has a high gloss finish."),
        ("finish_texture/embossed", "It has an embossed finish."),
        ("shape_size/tall-and-slender", "It is tall and slender."),
        ("style/art-deco", "Its style is art deco."),
        ("mood/festive", "Its mood is festive."),
    ],
)
def test_hints_are_facts(name: str, sentence: str) -> None:
    """What the seller says is stated, in good English."""
    found = {text.text: text for text in describe_product(known(term(name)), WORDS, 16)}
    assert found[sentence].source is FactSource.HINT
    assert found[sentence].score == 0.9


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("product_category/coffee-mug", "The product looks like a coffee mug."),
        ("material/cork", "It seems to be made of cork."),
        ("finish_texture/matte", "It seems to have a matte finish."),
    ],
)
def test_what_was_seen_is_hedged(name: str, sentence: str) -> None:
    """What an encoder saw is not sold as a fact, and what it hardly saw is not said."""
    assert sentence in sentences(known(term(name, FactSource.SEEN, 0.4)))
    assert sentence not in sentences(known(term(name, FactSource.SEEN, 0.05)))


def test_title() -> None:
    """An English title is quoted on one line; a Korean one is not put into English sentences."""
    assert 'The seller calls it "Steel tumbler 500 ml".' in sentences(
        known(title="Steel  tumbler\n500 ml")
    )
    assert not any("텀블러" in text for text in sentences(known(title="스틸 텀블러")))


def test_the_most_telling_come_first() -> None:
    """With few sentences allowed, what the product is and its colour are kept."""
    found = sentences(known(term("product_category/coffee-mug"), title="Mug"), 4)
    assert found[0] == "The product is a coffee mug."
    assert "Its main colour is red, covering about 62% of it." in found
    assert len(found) == 4


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "lightness": st.floats(0, 100),
            "contrast": st.floats(0, 100),
            "chroma": st.floats(0, 150),
            "warmth": st.floats(-1, 1),
            "sharpness": st.floats(0, 1),
            "clutter": st.floats(0, 1),
            "frame_fill": st.floats(0, 1),
            "aspect": st.floats(0.001, 1000),
            "photo_lightness": st.floats(0, 100),
        }
    ),
    st.booleans(),
)
def test_any_measures(values: dict[str, float], cut: bool) -> None:
    """Whatever was measured: four to eight different sentences that end with a full stop."""
    what = known(cut=cut, found=measures(**values))
    found = sentences(what, 8)
    assert 4 <= len(found) <= 8
    assert len(set(found)) == len(found)
    assert all(text.endswith(".") and text[0].isupper() for text in found)


def test_every_term_can_be_said() -> None:
    """No label of a facet that is put into words breaks a sentence."""
    spoken = ("product_category", "material", "finish_texture", "style", "shape_size", "mood")
    for name, source in itertools.product(spoken, FactSource):
        for word in WORDS.facets[name].terms:
            found = sentences(known(term(word.id, source)))
            assert any(word.label.en in text for text in found)
            assert not any("{" in text or " a a" in text for text in found)


def test_only_the_group_is_known() -> None:
    """Where no category is sure, the group is said as what it seems, with its own score."""
    group = ProductGroup(name="Furniture", score=0.77, source=FactSource.SEEN)
    found = describe_product(replace(known(), group=group), WORDS, 8)
    assert found[0].text == "It seems to belong to Furniture."
    assert found[0].score == 0.77
    assert found[0].source is FactSource.SEEN
