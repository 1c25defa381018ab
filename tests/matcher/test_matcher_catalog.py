"""Reading the starter library."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from matcher_builders import VOCABULARY, asset

from backlot.catalog import card, load_starter, preview_path, terms_of
from backlot.contracts.background import BackgroundKind
from backlot.contracts.errors import ConfigurationError

Entry = dict[str, Any]


def entry(background_id: str = "a-room") -> Entry:
    """One entry as a manifest holds it."""
    made = asset(background_id, "setting_space/library", "mood/romantic").model_dump(mode="json")
    made["palette"] = [{"hex": "#ffffff", "share": 0.8}, {"hex": "#aa0000", "share": 0.2}]
    return made


def manifest(folder: Path, *entries: Any) -> Path:
    """Write a manifest; returns its folder."""
    text = yaml.safe_dump({"version": 1, "backgrounds": list(entries)}, allow_unicode=True)
    (folder / "manifest.yaml").write_text(text, encoding="utf-8")
    return folder


def without(name: str) -> Callable[[Entry], None]:
    """Forget a field."""
    return lambda one: one.pop(name)


def with_facet(facet: str, term: str) -> Callable[[Entry], None]:
    """Say another term."""
    return lambda one: one["facets"].update({facet: [{"term": term}]})


class TestShipped:
    """The library that comes with the package."""

    def test_it_has_the_sets_that_were_promised(self) -> None:
        """At least 16 studios and 8 spaces, a reading room and a meeting room among them."""
        assets = load_starter()
        kinds = [one.kind for one in assets]
        assert kinds.count(BackgroundKind.STUDIO) >= 16
        assert kinds.count(BackgroundKind.SPACE) >= 8
        settings = {term.term for one in assets for term in one.facets.get("setting_space", ())}
        assert {"setting_space/reading-room", "setting_space/meeting-room"} <= settings

    def test_every_set_can_be_ranked(self) -> None:
        """Each names its light, mood and style, in words the vocabulary has."""
        for one in load_starter():
            assert one.source == "starter"
            for facet in ("lighting", "mood", "style"):
                assert terms_of(one, facet), one.id

    def test_it_is_read_once(self) -> None:
        """The second reading costs nothing."""
        assert load_starter() is load_starter()


class TestReading:
    """Manifests, right and wrong."""

    def test_colour_names_are_filled_in(self, tmp_path: Path) -> None:
        """A swatch without a name gets the nearest one; a given name stays."""
        one = entry()
        one["palette"][1]["name"] = "colour_name/burgundy"
        (read,) = load_starter(manifest(tmp_path, one))
        assert [swatch.name for swatch in read.palette] == [
            "colour_name/white",
            "colour_name/burgundy",
        ]

    @pytest.mark.parametrize(
        ("spoil", "complaint"),
        [
            (without("licence"), "licence"),
            (without("stage"), "stage"),
            (lambda one: one.update(surprise=1), "surprise"),
            (lambda one: one.update(palette=[]), "palette"),
            (lambda one: one.update(palette=[{"hex": "white", "share": 1}]), "hex"),
            (lambda one: one.update(palette=["#ffffff"]), "palette"),
            (lambda one: one["facets"].clear(), "setting_space"),
            (with_facet("mood", "mood/nonexistent"), "mood/nonexistent"),
            (with_facet("mood", "style/minimalist"), "style/minimalist is not a term of mood"),
            (with_facet("smell", "mood/romantic"), "there is no facet smell"),
        ],
    )
    def test_a_wrong_entry_is_refused_by_its_id(
        self, tmp_path: Path, spoil: Callable[[Entry], None], complaint: str
    ) -> None:
        """The message names the entry and what is wrong with it."""
        wrong = entry("wrong-room")
        spoil(wrong)
        with pytest.raises(ConfigurationError, match="wrong-room") as refused:
            load_starter(manifest(tmp_path, entry(), wrong))
        assert complaint in str(refused.value)

    def test_an_entry_without_id_is_refused_by_its_number(self, tmp_path: Path) -> None:
        """Even then it can be found."""
        nameless = entry()
        del nameless["id"]
        with pytest.raises(ConfigurationError, match="entry 2"):
            load_starter(manifest(tmp_path, entry(), nameless))

    def test_an_id_stands_once(self, tmp_path: Path) -> None:
        """Two backgrounds of one id are refused."""
        with pytest.raises(ConfigurationError, match=r"a-room.*2 times"):
            load_starter(manifest(tmp_path, entry(), entry()))

    @pytest.mark.parametrize("text", ["", "[]", "version: 1", "backgrounds: {}", "{"])
    def test_what_is_no_manifest_is_refused(self, tmp_path: Path, text: str) -> None:
        """A file of another shape is an error in words."""
        (tmp_path / "manifest.yaml").write_text(text)
        with pytest.raises(ConfigurationError, match=r"manifest\.yaml"):
            load_starter(tmp_path)

    def test_a_missing_manifest_is_refused(self, tmp_path: Path) -> None:
        """An empty folder is not an empty library."""
        with pytest.raises(ConfigurationError, match="no catalog manifest"):
            load_starter(tmp_path)


class TestCard:
    """A background as it is shown."""

    def test_the_card_shows_the_words_of_its_kind(self) -> None:
        """Setting, light, mood and style, the strongest first; previews as stored."""
        of = asset("a-room", "setting_space/library", "mood/romantic", "lighting/candlelight")
        shown = card(of)
        assert shown.setting == ("setting_space/library",)
        assert shown.lighting == ("lighting/candlelight",)
        assert shown.mood == ("mood/romantic",)
        assert shown.style == ()
        assert shown.palette == of.palette
        assert shown.name == VOCABULARY.label("setting_space/library")

    def test_previews_are_found_below_the_folder(self, tmp_path: Path) -> None:
        """A preview key of the manifest is a path beside it."""
        found = preview_path("catalog/previews/x.webp", tmp_path)
        assert found == tmp_path / "previews" / "x.webp"
