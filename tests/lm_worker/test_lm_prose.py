"""Prose: length, language, grammar, and that it speaks of the slots."""

import re

import pytest
from lm_builders import (
    OFFICE_CHAIR,
    PERFUME,
    RING,
    SNEAKER,
    TUMBLER,
    UNKNOWN,
    caption,
    facts,
    many_facts,
    stylist,
)

from backlot.contracts.caption import Caption
from services.lm_worker.prose.compose import FEWEST_WORDS, MOST_WORDS, count_words

ALL = [TUMBLER, PERFUME, SNEAKER, OFFICE_CHAIR, RING, UNKNOWN]


class TestShape:
    """Length, marks, language."""

    @pytest.mark.parametrize("seen", ALL)
    def test_has_forty_to_ninety_words_in_both_languages(self, seen: Caption) -> None:
        """Long enough to be a brief, short enough to be read."""
        for brief in stylist().briefs(facts(seen)):
            assert FEWEST_WORDS <= count_words(brief.prose.en) <= MOST_WORDS
            assert FEWEST_WORDS <= count_words(brief.prose.ko) <= MOST_WORDS

    def test_leaves_no_mark_and_no_gap(self) -> None:
        """No placeholder, particle mark, double space or stray punctuation stays behind."""
        for known in many_facts(60):
            for brief in stylist().briefs(known):
                for text in (brief.prose.en, brief.prose.ko):
                    assert not re.search(r"[{}\[\]|]|  | [,.;:]|\.\.|,,", text), text
                    assert text.endswith(".")

    def test_english_articles_are_right(self) -> None:
        """No "a ivory", no "an mug"."""
        for known in many_facts(60):
            for brief in stylist().briefs(known):
                assert not re.search(r"\ba (?=[aeio]\w)(?!one|eu)", brief.prose.en), brief.prose.en
                assert not re.search(r"\ban (?=[bcdfgjklmnpqrstvwxz])", brief.prose.en)

    def test_sentences_begin_with_a_capital(self) -> None:
        """Also when a pattern begins with something filled in."""
        for brief in stylist().briefs(facts(SNEAKER)):
            for sentence in re.split(r"(?<=\.) ", brief.prose.en):
                assert sentence[0].isupper() or sentence[0].isdigit()

    def test_korean_is_korean(self) -> None:
        """Latin letters only in units."""
        for known in many_facts(40):
            for brief in stylist().briefs(known):
                assert set(re.findall(r"[A-Za-z]+", brief.prose.ko)) <= {"K", "mm", "cm", "LP"}


class TestAgreement:
    """One or several."""

    @pytest.mark.parametrize(
        ("category", "wrong"),
        [
            ("running-sneakers", r"a (?:matte )?running sneakers|sneakers (?:needs|looks|asks)\b"),
            ("jeans", r"\ba (?:\w+ )?jeans|jeans (?:needs|looks|asks)\b"),
            ("pair-of-earrings", r"\ba (?:\w+ )?earrings|earrings (?:needs|looks|asks)\b"),
        ],
    )
    def test_plural_products_are_treated_as_plural(self, category: str, wrong: str) -> None:
        """No article, and verbs that agree."""
        for seed in range(20):
            for brief in stylist().briefs(facts(caption(category)), seed=seed):
                assert not re.search(wrong, brief.prose.en), brief.prose.en


class TestContent:
    """What the text speaks of."""

    def test_speaks_of_the_product_its_light_and_its_props(self) -> None:
        """The tumbler's text names tumbler, kelvin and what stands beside it."""
        safe = stylist().briefs(facts(TUMBLER))[0]
        assert "tumbler" in safe.prose.en
        assert "텀블러" in safe.prose.ko
        assert f"{safe.lighting.kelvin} K" in safe.prose.en
        assert f"{safe.lighting.kelvin}K" in safe.prose.ko
        assert "lea" in safe.prose.en
        assert "small" in safe.prose.en

    def test_never_repeats_the_sellers_title(self) -> None:
        """The title is data; a name in it does not reach a buyer."""
        for brief in stylist().briefs(facts(TUMBLER, title="Nordvik Quencher XR-7000")):
            for text in (brief.prose.en, brief.prose.ko):
                assert "Nordvik" not in text
                assert "XR-7000" not in text

    def test_a_truth_about_a_material_argues_for_the_light(self) -> None:
        """Nobody says that cotton hates hard light and then uses hard light."""
        seen = caption("stuffed-plush-toy", ["cotton-fabric"], [], [("#b98a5e", 1.0)])
        for seed in range(30):
            for brief in stylist().briefs(facts(seen), seed=seed):
                if (
                    "otton looks stiff" in brief.prose.en
                    or "otton asks for gentle" in brief.prose.en
                ):
                    assert brief.lighting.contrast == "low"
