"""Made-up products: repeatable, plausible, and hard enough."""

import pytest
from evaluation_builders import cases

from backlot.vocabulary import load_vocabulary
from backlot.vocabulary.colour import delta_e, hex_of, lab_of
from services.lm_worker.evaluation.makings import Makings, _unknown, shipped_makings
from services.lm_worker.evaluation.products import Case, make_cases


def test_the_seed_decides() -> None:
    """The same seed gives the same products, another gives others."""
    assert make_cases(30, 5) == make_cases(30, 5)
    assert make_cases(30, 5) != make_cases(30, 6)


def test_every_category_is_there() -> None:
    """The data file knows how every product of the vocabulary may be made."""
    known = {term.id for term in load_vocabulary().facets["product_category"].terms}
    assert {f"product_category/{slug}" for slug in shipped_makings().categories} == known


def test_no_category_twice_before_all_once() -> None:
    """As many products as categories name each of them at most once."""
    named = [_category(case) for case in cases(len(shipped_makings().categories))]
    recognised = [slug for slug in named if slug is not None]
    assert len(set(recognised)) == len(recognised) < len(named)


def _category(case: Case) -> str | None:
    seen = case.caption.facets.get("product_category", ())
    return seen[0].term if seen else None


def test_made_of_what_its_category_is_made_of() -> None:
    """Materials and finishes come from one way to make that category, never from chance alone."""
    makings = shipped_makings()
    for case in cases(200):
        category = _category(case)
        if category is None:
            continue
        seen = {fact.term for facet in _MATTER for fact in case.caption.facets[facet]}
        makes = [makings.makes[n] for n in makings.categories[category.partition("/")[2]].made]
        possible = [
            {f"material/{slug}" for slug in make.of}
            | {f"finish_texture/{slug}" for slug in make.look}
            for make in makes
        ]
        assert any(seen <= matter for matter in possible)


_MATTER = ("material", "finish_texture")


def test_measured_colours_stay_near_their_names() -> None:
    """No palette measures a color that its way of being made does not have."""
    makings = shipped_makings()
    offered = {slug for make in makings.makes.values() for slug in (*make.main, *make.accent)}
    labs = [lab_of(hex_of(f"colour_name/{slug}")) for slug in offered]
    for case in cases(100):
        for swatch in case.caption.palette:
            assert min(delta_e(lab_of(swatch.hex), lab) for lab in labs) < 8


def test_sellers_are_there_too() -> None:
    """Some give a size, some a title with claims or orders in it, some want one kind alone."""
    requests = [case.request for case in cases(200)]
    assert 40 < sum(request.dimensions_cm is not None for request in requests) < 120
    assert {request.title for request in requests} >= set(shipped_makings().titles)
    assert {len(request.kinds) for request in requests} == {1, 2}


@pytest.mark.parametrize(
    ("makes", "made"),
    [
        ({"of": ["unobtainium"], "look": ["matte"]}, "good"),
        ({"of": [], "look": ["matte"]}, "never-described"),
    ],
)
def test_unknown_words_are_named(makes: dict[str, object], made: str) -> None:
    """A misspelled word or a missing way to make things does not pass for a product."""
    make = {**makes, "main": ["black"], "accent": ["white"], "styles": ["minimalist"]}
    makings = Makings.model_validate(
        {
            "makes": {"good": make},
            "categories": {"coffee-mug": {"made": [made], "cm": [8, 12]}},
            "titles": ["x"],
        }
    )
    assert _unknown(makings, load_vocabulary()) in ({"material/unobtainium"}, {"never-described"})
