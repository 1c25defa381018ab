"""What the settings open."""

from pathlib import Path

import pytest
from matcher_builders import VOCABULARY, asset, brief, work
from PIL import Image

from backlot.blobs.memory import MemoryStore
from backlot.catalog import load_starter
from backlot.contracts.background import BackgroundAsset
from backlot.contracts.errors import ConfigurationError
from backlot.contracts.match import Match
from backlot.contracts.stages import Stage
from backlot.encoder.profiles import EncoderSettings
from backlot.encoder.synthetic import SyntheticImageTextEncoder, SyntheticSentenceEncoder
from services.matcher.adapters.previews import StoredPreviews
from services.matcher.engines import build_stages, open_index, space_of
from services.matcher.fake import EmptyMatcher
from services.matcher.library import Synced, sync
from services.matcher.match import Matcher
from services.matcher.port import SpaceMismatchError
from services.matcher.settings import MatcherSettings
from services.matcher.weights import Weights, load_weights

SYNTHETIC = EncoderSettings(profile="synthetic")


class TestBuildMatcher:
    """From settings to the handler."""

    def test_the_whole_stage_runs_embedded(self, tmp_path: Path) -> None:
        """Synthetic encoders, embedded Qdrant and the shipped library give recommendations."""
        settings = MatcherSettings(qdrant_folder=tmp_path / "q")
        handler = opened(settings)
        match = handler(work(brief("setting_space/reading-room", kind="space"))).output
        assert isinstance(match, Match)
        assert match.cards[0].setting[0] == "setting_space/reading-room"
        handler.close()

    def test_a_second_start_finds_everything_indexed(self, tmp_path: Path) -> None:
        """The same folder serves the next process, which has nothing to store."""
        settings = MatcherSettings(qdrant_folder=tmp_path / "q")
        opened(settings).close()
        sentence, scene = SyntheticSentenceEncoder(), SyntheticImageTextEncoder()
        index = open_index(settings, space_of(sentence, scene))
        again = sync(index, load_starter(), sentence, VOCABULARY)
        index.close()
        assert again == Synced(stored=0, removed=0, unchanged=len(load_starter()))

    def test_another_encoder_is_refused_and_a_rebuild_helps(self, tmp_path: Path) -> None:
        """The advice of the refusal works as it stands."""
        settings = MatcherSettings(qdrant_folder=tmp_path / "q")
        opened(settings).close()
        plain = EncoderSettings(profile="mini", sentence_model="synthetic")
        with pytest.raises(SpaceMismatchError, match="BACKLOT_REINDEX=true"):
            build_stages(settings, MemoryStore(), plain)
        rebuilding = settings.model_copy(update={"reindex": True})
        opened(rebuilding, plain).close()
        opened(settings, plain).close()

    def test_a_broken_folder_says_what_to_do(self, tmp_path: Path) -> None:
        """An index that cannot be read may be removed: it holds nothing of its own."""
        (tmp_path / "backgrounds").mkdir()
        (tmp_path / "backgrounds" / "current.json").write_text("{")
        settings = MatcherSettings(qdrant_folder=tmp_path)
        with pytest.raises(ConfigurationError, match="remove the folder"):
            build_stages(settings, MemoryStore(), SYNTHETIC)

    def test_fake_engines_open_nothing(self, tmp_path: Path) -> None:
        """The fake needs no folder, no model and no library."""
        settings = MatcherSettings(
            engines="fake", qdrant_folder=tmp_path / "q", catalog=tmp_path / "none"
        )
        handlers = build_stages(settings, MemoryStore(), SYNTHETIC)
        assert isinstance(handlers[Stage.MATCH], EmptyMatcher)
        assert list(tmp_path.iterdir()) == []

    def test_settings_come_from_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The names of the variables are those of the documentation, and the key stays secret."""
        monkeypatch.setenv("BACKLOT_QDRANT_URL", "http://qdrant:6333")
        monkeypatch.setenv("BACKLOT_QDRANT_API_KEY", "s3cret")
        monkeypatch.setenv("BACKLOT_QDRANT_COLLECTION", "sets")
        monkeypatch.setenv("BACKLOT_REINDEX", "true")
        settings = MatcherSettings()
        assert settings.qdrant_url == "http://qdrant:6333"
        assert settings.qdrant_collection == "sets"
        assert settings.reindex
        assert "s3cret" not in repr(settings)


class TestPreviews:
    """Pictures of the catalog as vectors."""

    def test_every_readable_view_is_encoded(self, tmp_path: Path) -> None:
        """A set has a vector per picture; one without any readable picture is left out."""
        (tmp_path / "previews").mkdir()
        for name, colour in (("one-front", "white"), ("one-side", "red")):
            Image.new("RGB", (32, 24), colour).save(tmp_path / "previews" / f"{name}.webp")
        seen = with_previews("one", "one-front", "one-side", "lost")
        unseen = with_previews("two", "gone")
        views = StoredPreviews(SyntheticImageTextEncoder(), None, tmp_path)([seen, unseen])
        assert set(views) == {"one"}
        assert views["one"].shape[0] == 2


class TestWeights:
    """The one file of numbers."""

    def test_parts_must_make_a_whole(self) -> None:
        """Scores stay between 0 and 1 because the parts add up to 1."""
        weights = load_weights()
        assert sum(weights.parts.values()) == pytest.approx(1)
        with pytest.raises(ValueError, match="add up to"):
            weights.revised(parts={**weights.parts, "overlap": 0.9})

    def test_places_beyond_the_list_count_like_its_last(self) -> None:
        """A long list of words has no cliff at its end."""
        weights = load_weights()
        assert weights.worth(0) == 1
        assert weights.worth(99) == weights.order[-1]

    def test_every_question_and_slot_has_its_number(self) -> None:
        """Nothing the code asks for is missing from the file."""
        weights = load_weights()
        for name, field in (("questions", weights.questions), ("overlap", weights.overlap),
                            ("parts", weights.parts)):  # fmt: skip
            literal = Weights.model_fields[name].annotation
            assert literal is not None
            assert set(field) == set(literal.__args__[0].__args__)


def opened(settings: MatcherSettings, encoders: EncoderSettings = SYNTHETIC) -> Matcher:
    """The real handler for these settings."""
    handler = build_stages(settings, MemoryStore(), encoders)[Stage.MATCH]
    assert isinstance(handler, Matcher)
    return handler


def with_previews(background_id: str, *names: str) -> BackgroundAsset:
    """A background with preview keys."""
    one = asset(background_id, "setting_space/library")
    previews = [
        {"view": name, "key": f"catalog/previews/{name}.webp", "width": 32, "height": 24}
        for name in names
    ]
    return BackgroundAsset.model_validate({**one.model_dump(), "files": {"previews": previews}})
