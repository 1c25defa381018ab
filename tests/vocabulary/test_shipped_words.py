"""Promises of the words that ship."""

import re
from typing import get_args

import pytest

from backlot.contracts.brief import ColourScheme, Placement, ScaleRelation
from backlot.vocabulary import Vocabulary, load_vocabulary
from backlot.vocabulary.loading import DATA, FACET_ORDER
from backlot.vocabulary.phrases import has_hangul

WORDS = load_vocabulary()
FACETS = tuple(WORDS.facets.values())
TERMS = tuple(term for facet in FACETS for term in facet.terms)


def test_every_facet_file_is_loaded() -> None:
    """No facet file lies in the folder without being read, and the order is the stated one."""
    files = {path.stem for path in (DATA / "facets").glob("*.yaml")}
    assert files == set(FACET_ORDER)
    assert tuple(WORDS.facets) == FACET_ORDER


def test_ids_are_unique_and_carry_their_facet() -> None:
    """An id names one term and begins with its facet."""
    assert len({term.id for term in TERMS}) == len(TERMS)
    for facet in FACETS:
        for term in facet.terms:
            assert term.facet == facet.name
            assert re.fullmatch(rf"{facet.name}/[a-z0-9]+(-[a-z0-9]+)*", term.id)


def test_every_term_speaks_korean() -> None:
    """Every shipped term has a Korean label written in Hangul, and an English one without."""
    assert [term.id for term in TERMS if not has_hangul(term.label.ko)] == []
    assert [term.id for term in TERMS if has_hangul(term.label.en)] == []


def test_product_categories_have_groups_and_no_other_facet_has() -> None:
    """`group_of` answers for every product category and for nothing else."""
    for term in TERMS:
        assert (term.group is not None) == (term.facet == "product_category")
    assert WORDS.group_of("product_category/insulated-tumbler") == "Home & Garden"
    with pytest.raises(KeyError):
        WORDS.group_of("material/cork")
    with pytest.raises(KeyError):
        WORDS.group_of("product_category/no-such-thing")


def test_roles_decide_how_facets_are_chosen() -> None:
    """Staging facets are ranked, only colours are measured, only the audience is advisory."""
    roles = {facet.name: facet.role for facet in FACETS}
    assert [name for name, role in roles.items() if role == "measured"] == ["colour_name"]
    assert [name for name, role in roles.items() if role == "advisory"] == ["audience"]
    assert {facet.select for facet in FACETS if facet.role == "staging"} == {"rank"}


def test_prompts_read_as_english() -> None:
    """A prompt holds the label with the article it needs, and no placeholder."""
    category = WORDS.facets["product_category"]
    tumbler = category.prompts(WORDS.term("product_category/insulated-tumbler"))
    assert tumbler[0] == "a product photo of an insulated tumbler"
    jeans = category.prompts(WORDS.term("product_category/jeans"))
    assert jeans[0] == "a product photo of jeans"
    colour = WORDS.facets["colour_name"]
    assert colour.prompts(WORDS.term("colour_name/ivory-cream"))[0] == "an ivory cream product"


def test_no_prompt_is_long_or_doubles_an_article() -> None:
    """Every filled template stays short enough for the smallest text window."""
    for facet in FACETS:
        for term in facet.terms:
            for prompt in facet.prompts(term):
                assert "{" not in prompt
                assert len(prompt.split()) <= 20
                assert not re.search(r"\b(an?|the) (an?|the)\b", prompt), prompt


def test_priors_lead_from_the_particular_to_the_general() -> None:
    """A category's own prior leads, then its group's, and everything else gets the last one."""
    assert WORDS.prior_for("product_category/insulated-tumbler", "Home & Garden").name == (
        "drinkware"
    )
    assert WORDS.prior_for("product_category/wall-clock", None).name == "home"
    assert WORDS.prior_for(None, "Furniture").name == "furniture"
    assert WORDS.prior_for(None, None).name == WORDS.priors[-1].name == "any-product"
    assert WORDS.prior_for("product_category/no-such-thing", "No Such Group").is_fallback


def test_every_group_has_a_prior_of_its_own() -> None:
    """No shipped product falls through to the prior for everything."""
    for group in WORDS.facets["product_category"].groups:
        assert not WORDS.prior_for(None, group).is_fallback, group


def test_layout_words_are_those_of_the_contracts() -> None:
    """Every placement, scale relation and colour scheme of a brief has labels, and no other."""
    assert {name: set(values) for name, values in WORDS.layout.items()} == {
        "prop_placement": set(get_args(Placement)),
        "prop_scale": set(get_args(ScaleRelation)),
        "colour_scheme": set(get_args(ColourScheme)),
    }
    labels = [label for values in WORDS.layout.values() for label in values.values()]
    assert all(has_hangul(label.ko) for label in labels)


def test_house_rules_are_numbers() -> None:
    """The contrast and scale rules can be computed with."""
    assert WORDS.rules.contrast.min_lightness_gap == 25
    assert WORDS.rules.scale.min_height_share == 0.15
    assert WORDS.rules.scale.max_height_share == 0.7


def test_loading_again_gives_the_same_object() -> None:
    """The words are read once for a process."""
    assert load_vocabulary() is WORDS


def test_version_has_number_and_hash() -> None:
    """The version enters cache keys: a number and eight hex digits."""
    assert re.fullmatch(r"1\+[0-9a-f]{8}", WORDS.version)


def test_vocabulary_does_not_change() -> None:
    """What was loaded cannot be written to."""
    with pytest.raises(TypeError):
        WORDS.facets["material"] = WORDS.facets["style"]  # type: ignore[index]
    with pytest.raises(TypeError):
        WORDS.layout["prop_scale"]["huge"] = WORDS.label("style/minimalist")  # type: ignore[index]
    with pytest.raises(AttributeError):
        WORDS.version = "2"  # type: ignore[misc]
    assert isinstance(WORDS, Vocabulary)
