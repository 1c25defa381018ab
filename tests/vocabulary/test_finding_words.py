"""Promises of finding words by id, by label, and inside titles."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlot.vocabulary import Term, load_vocabulary

WORDS = load_vocabulary()
CATEGORY = "product_category"


def slugs(title: str, facet: str = CATEGORY) -> list[str]:
    """Return the slugs of the terms a title mentions."""
    return [term.id.partition("/")[2] for term in WORDS.mentions(title, facet)]


@pytest.mark.parametrize(
    ("text", "term_id"),
    [
        ("product_category/insulated-tumbler", "product_category/insulated-tumbler"),
        ("Insulated  TUMBLER ", "product_category/insulated-tumbler"),
        ("an insulated tumbler", "product_category/insulated-tumbler"),
        ("텀블러", "product_category/insulated-tumbler"),
        ("보온텀블러", "product_category/insulated-tumbler"),
        ("T shirt", "product_category/t-shirt"),
        ("컵", "product_category/coffee-mug"),
        ("향수", "product_category/perfume-bottle"),
        ("living room", "setting_space/living-room"),
        ("회의실", "setting_space/meeting-room"),
        ("children\u2019s room", "setting_space/children-s-room"),
        (unicodedata.normalize("NFD", "운동화"), "product_category/running-sneakers"),
    ],
)
def test_find_forgives_case_spacing_and_composition(text: str, term_id: str) -> None:
    """One word is found however it is typed, in both languages."""
    found = WORDS.find(text)
    assert found is not None
    assert found.id == term_id


def test_find_takes_whole_words_only() -> None:
    """A text that only contains a word is not that word; an empty one is none."""
    assert WORDS.find("my nice tumbler") is None
    assert WORDS.find("보온 텀블러 500ml") is None
    assert WORDS.find("") is None
    assert WORDS.find("   ") is None


def test_find_keeps_to_its_facet() -> None:
    """The same word means different terms in different facets."""
    gold = WORDS.find("gold", "colour_name")
    assert gold is not None
    assert gold.id == "colour_name/gold"
    assert WORDS.find("tumbler", "material") is None
    assert WORDS.find("product_category/sofa", "material") is None
    with pytest.raises(KeyError):
        WORDS.find("tumbler", "no_such_facet")


def test_every_label_and_synonym_finds_its_own_term() -> None:
    """No word of a facet leads to another term of the facet."""
    for facet in WORDS.facets.values():
        for term in facet.terms:
            for words in (term.id, term.label.en, term.label.ko, *term.synonyms):
                found = WORDS.find(words, facet.name)
                assert found is not None
                assert found.id == term.id, words


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("스테인리스 보온 텀블러 500ml", ["insulated-tumbler"]),
        ("보온텀블러 대용량", ["insulated-tumbler"]),
        ("Insulated Tumblers 20oz with straw", ["insulated-tumbler"]),
        ("Women's running-sneakers, white", ["running-sneakers"]),
        ("summer dresses", ["dress"]),
        ("천연가죽 남성 반지갑", ["wallet"]),
        ("노트북 거치대", ["laptop-computer"]),
        ("스프링 노트 A5", ["notebook"]),
        ("아이폰 케이스 투명", ["phone-case"]),
        ("나이키sneakers정품", ["running-sneakers"]),
        ("블루투스 이어폰 & smartphone", ["smartphone", "wireless-earbuds"]),
        ("mug mug mugs", ["coffee-mug"]),
        ("keyring", []),
        ("칼국수", []),
        ("", []),
    ],
)
def test_titles_mention_their_products(title: str, expected: list[str]) -> None:
    """Titles as sellers write them name the product, the longest words first."""
    assert slugs(title) == expected


def test_a_word_inside_a_longer_word_does_not_count() -> None:
    """A phone case is no phone, and a wine glass no wine."""
    assert slugs("leather phone case") == ["phone-case"]
    assert slugs("와인잔 세트") == ["drinking-glass"]


def test_english_words_match_whole_words_only() -> None:
    """Letters inside another English word are no mention."""
    assert slugs("captain", CATEGORY) == []
    assert slugs("red", "colour_name") == ["red"]
    assert slugs("hundred", "colour_name") == []


def test_titles_mention_materials_and_colours() -> None:
    """Any facet can be asked of a title."""
    title = "블랙 무광 스테인리스 텀블러"
    assert slugs(title, "material") == ["stainless-steel"]
    assert slugs(title, "colour_name") == ["black"]
    assert slugs(title, "finish_texture") == ["matte"]
    with pytest.raises(KeyError):
        WORDS.mentions(title, "no_such_facet")


@given(st.text(max_size=80))
def test_any_text_may_be_asked(text: str) -> None:
    """Whatever a seller types, the answer is a list of different terms of the facet."""
    found = WORDS.mentions(text, CATEGORY)
    assert len({term.id for term in found}) == len(found)
    assert all(term.facet == CATEGORY for term in found)
    exact = WORDS.find(text, CATEGORY)
    assert exact is None or exact.facet == CATEGORY


@given(
    st.sampled_from(WORDS.facets[CATEGORY].terms), st.sampled_from(["{}", "새 {} 특가", "new {}"])
)
def test_a_title_with_a_label_mentions_its_term(term: Term, title: str) -> None:
    """A label put into a title is found again, in both languages."""
    for label in (term.label.en, term.label.ko):
        if len(label) > 1:
            assert term in WORDS.mentions(title.replace("{}", label), CATEGORY)
