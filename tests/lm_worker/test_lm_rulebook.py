"""The rulebook: complete, and refused when wrong."""

import shutil
from pathlib import Path

import pytest

from backlot.contracts.errors import ConfigurationError
from backlot.vocabulary import load_vocabulary
from services.lm_worker.prose.lexicon import shipped_lexicon
from services.lm_worker.prose.particles import joined
from services.lm_worker.stylist.reading import DATA
from services.lm_worker.stylist.rulebook import (
    UNKNOWN_GROUP,
    load_rulebook,
    shipped_rulebook,
    stylist_version,
)


def _terms(facet: str) -> set[str]:
    return {term.id for term in load_vocabulary().facets[facet].terms}


class TestCoverage:
    """Every word has its rule and its phrase."""

    def test_every_staging_word_has_a_rule(self) -> None:
        """No word of the vocabulary leaves the stylist without an opinion."""
        rules = shipped_rulebook()
        assert set(rules.sets) == _terms("setting_studio") | _terms("setting_space")
        assert set(rules.lights) == _terms("lighting")
        assert set(rules.techniques) == _terms("photo_technique")
        assert set(rules.props) == _terms("props")
        assert set(rules.matters) == _terms("material") | _terms("finish_texture")
        assert set(rules.moods) == _terms("mood")
        assert set(rules.seasons) == _terms("season_occasion")
        assert set(rules.categories) == _terms("product_category")
        groups = load_vocabulary().facets["product_category"].groups
        assert set(rules.groups) == {*groups, UNKNOWN_GROUP}

    def test_every_word_that_can_be_chosen_can_be_said(self) -> None:
        """Prose has a phrase in both languages for whatever the rules may choose."""
        rules, words = shipped_rulebook(), shipped_lexicon()
        assert set(words.sets) == set(rules.sets)
        assert set(words.lights) == set(rules.lights)
        assert set(words.props) == set(rules.props)
        assert set(words.matters) == set(rules.matters)
        assert set(words.moods) == set(rules.moods)
        assert set(words.seasons) == set(rules.seasons)
        assert set(words.styles) == _terms("style")
        assert set(words.colours) == _terms("colour_name")
        possible = {term for term, one in rules.techniques.items() if one.possible}
        assert set(words.techniques) == possible
        avoided = {term for matter in rules.matters.values() for term in matter.avoid}
        avoided |= {term for terms in rules.house.avoid.values() for term in terms}
        assert avoided <= set(words.avoid)

    def test_every_korean_predicate_can_go_on(self) -> None:
        """What closes a sentence can also join it to the next."""
        words = shipped_lexicon()
        closing = [
            *(one for phrases in words.sets.values() for one in phrases.ko.do),
            *(one for phrases in words.lights.values() for one in phrases.ko.do),
            *(one for phrases in words.props.values() for one in phrases.ko.why),
            *(one for phrases in words.techniques.values() for one in phrases.ko.so),
        ]
        assert all(joined(one).endswith("고") for one in closing)


class TestConsistency:
    """Rules do not fight each other."""

    def test_every_set_has_a_light_that_can_be_had(self) -> None:
        """No set forces a light its own key contradicts."""
        rules = shipped_rulebook()
        for term, place in rules.sets.items():
            fitting = [
                light
                for light in place.lights
                if {rules.lights[light].key, place.key} != {"light", "dark"}
                and rules.fits(light, frozenset({term}))
            ]
            assert fitting, term

    def test_every_floor_set_says_where_large_products_stand(self) -> None:
        """A set that takes large products has a surface and a phrase for the floor."""
        rules, words = shipped_rulebook(), shipped_lexicon()
        for term, place in rules.sets.items():
            if "floor" in place.stands:
                assert place.surfaces.get("floor"), term
                assert words.sets[term].en.floor, term

    def test_kelvin_lies_in_its_own_range(self) -> None:
        """The usual colour temperature is one the light can have."""
        for light in shipped_rulebook().lights.values():
            assert light.low <= light.kelvin <= light.high

    def test_contradictions_work_both_ways(self) -> None:
        """If one word bars another, the other bars it."""
        rules = shipped_rulebook()
        for term, others in rules.clashes.items():
            assert term not in others
            assert all(term in rules.clashes[other] for other in others)


class TestRefusal:
    """Broken rules stop the process."""

    def test_an_unknown_word_is_refused_with_its_file(self, tmp_path: Path) -> None:
        """A slug that is no vocabulary term stops the process and names the file."""
        folder = tmp_path / "data"
        shutil.copytree(DATA, folder)
        path = folder / "lighting.yaml"
        path.write_text(path.read_text().replace("beauty-dish:", "beauty-fish:"))
        with pytest.raises(ConfigurationError, match=r"lighting\.yaml: 'beauty-fish' is no term"):
            load_rulebook(folder=folder)

    def test_a_broken_rule_is_refused(self, tmp_path: Path) -> None:
        """A rule of the wrong shape says which field."""
        folder = tmp_path / "data"
        shutil.copytree(DATA, folder)
        path = folder / "moods.yaml"
        path.write_text(path.read_text().replace("{hue: 230,", "{hue: 730,"))
        with pytest.raises(ConfigurationError, match=r"moods\.yaml: hue"):
            load_rulebook(folder=folder)

    def test_an_unreadable_file_is_refused(self, tmp_path: Path) -> None:
        """A missing file is a fault of the installation, said as such."""
        with pytest.raises(ConfigurationError, match="cannot be read"):
            load_rulebook(folder=tmp_path)


def test_the_version_is_short_and_stable() -> None:
    """The same rules have the same version in every process."""
    assert stylist_version().startswith("rules@")
    assert len(stylist_version()) == len("rules@") + 8
