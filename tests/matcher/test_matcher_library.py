"""The index follows the background records."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from matcher_builders import ROOM, VOCABULARY, asset, library, point

from backlot.contracts.background import BackgroundAsset
from backlot.contracts.frozen import Localized
from backlot.encoder.port import Vectors
from backlot.encoder.synthetic import SyntheticSentenceEncoder
from services.matcher.adapters.exact import ExactIndex
from services.matcher.adapters.qdrant import QdrantIndex, open_folder
from services.matcher.index import blend, facts_of, phrase, point_id_of, points_of
from services.matcher.library import Synced, sync
from services.matcher.port import Ask, BackgroundIndex, Point, VectorSpace, Where

ENCODER = SyntheticSentenceEncoder()
SPACE = VectorSpace(ENCODER.space, ENCODER.dim)


class DyingIndex(ExactIndex):
    """Dies after some writes."""

    def __init__(self, writes: int) -> None:
        super().__init__(SPACE)
        self.writes = writes

    def put(self, points: Sequence[Point]) -> None:
        """Store, or die."""
        if self.writes == 0:
            raise KeyboardInterrupt
        self.writes -= 1
        super().put(points)


def synced(index: BackgroundIndex, assets: Sequence[BackgroundAsset]) -> Synced:
    """Bring the index in step."""
    return sync(index, assets, ENCODER, VOCABULARY)


class TestSync:
    """What a start does to the index."""

    def test_a_first_start_stores_all_and_a_second_nothing(self) -> None:
        """Nothing is encoded twice."""
        index = ExactIndex(SPACE)
        assert synced(index, library()) == Synced(stored=12, removed=0, unchanged=0)
        assert synced(index, library()) == Synced(stored=0, removed=0, unchanged=12)

    def test_only_what_changed_is_stored_again(self) -> None:
        """A new word in one record costs one point."""
        index = ExactIndex(SPACE)
        synced(index, library())
        first, *rest = library()
        changed = first.model_copy(update={"caption": Localized(en="Another.", ko="다른 배경.")})
        assert synced(index, [changed, *rest]) == Synced(stored=1, removed=0, unchanged=11)

    def test_gone_and_outdated_records_leave_the_index(self) -> None:
        """A removed background is not found, nor is the old version of a new one."""
        index = ExactIndex(SPACE)
        synced(index, library())
        first, second, *rest = library()
        newer = second.model_copy(update={"version": 2})
        assert synced(index, [newer, *rest]) == Synced(stored=1, removed=2, unchanged=10)
        assert point_id_of(first) not in index.fingerprints("starter")
        assert point_id_of(newer) in index.fingerprints("starter")

    def test_backgrounds_of_others_stay(self) -> None:
        """The starter library does not sweep away what was imported."""
        index = ExactIndex(SPACE)
        index.put([point(1, ENCODER.encode(["mine"])[0], source="imported")])
        synced(index, library())
        assert len(index.fingerprints("imported")) == 1

    def test_a_killed_start_goes_on_where_it_was(self) -> None:
        """Nothing is doubled and nothing that was stored is stored again."""
        many = [asset(f"set-{n}", "setting_space/library") for n in range(40)]
        index = DyingIndex(writes=1)
        with pytest.raises(KeyboardInterrupt):
            synced(index, many)
        index.writes = 99
        assert synced(index, many) == Synced(stored=24, removed=0, unchanged=16)
        assert len(index.fingerprints("starter")) == 40

    def test_a_rebuild_is_filled_and_published(self, tmp_path: Path) -> None:
        """A start with another encoder and the order to rebuild ends with a whole new index."""
        before = QdrantIndex(open_folder(tmp_path), name="b", space=SPACE, embedded=True)
        synced(before, library())
        before.close()
        other = VectorSpace("sentence:other", ENCODER.dim)
        index = QdrantIndex(
            open_folder(tmp_path), name="b", space=other, embedded=True, rebuild=True
        )
        assert synced(index, library()).stored == 12
        index.close()
        again = QdrantIndex(open_folder(tmp_path), name="b", space=other, embedded=True)
        assert synced(again, library()) == Synced(stored=0, removed=0, unchanged=12)
        again.close()


class TestPoints:
    """What is stored of a background."""

    def test_a_question_in_the_same_words_finds_the_set(self) -> None:
        """The planted structure comes back: each setting's own words find that set first."""
        index = ExactIndex(SPACE)
        synced(index, library())
        rooms = [one for one in library() if one.kind is ROOM]
        for room in rooms:
            setting = room.facets["setting_space"][0].term
            vector = ENCODER.encode([phrase(setting, VOCABULARY)])[0]
            where = Where(kinds=frozenset({ROOM}))
            (hits,) = index.search([Ask("setting", vector, where)], 1)
            assert hits[0].point_id == point_id_of(room)
            assert hits[0].similarity == pytest.approx(1.0, abs=1e-5)

    def test_vectors_have_length_one_and_mood_light_and_style_weigh_the_same(self) -> None:
        """Three words for light do not drown one for mood."""
        of = asset(
            "a-set", "setting_space/library", "mood/romantic", "lighting/candlelight",
            "lighting/neon-glow", "lighting/ring-light",
        )  # fmt: skip
        (stored,) = points_of([of], ENCODER, VOCABULARY, SPACE)
        for vector in stored.vectors.values():
            assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)
        mood = ENCODER.encode([phrase("mood/romantic", VOCABULARY)])[0]
        lights = [f"lighting/{slug}" for slug in ("candlelight", "neon-glow", "ring-light")]
        words = ENCODER.encode([phrase(light, VOCABULARY) for light in lights])
        light = blend((word, 1.0) for word in words)
        assert light is not None
        look = stored.vectors["look"]
        assert float(look @ mood) == pytest.approx(float(look @ light), abs=1e-5)

    def test_a_stronger_word_pulls_more(self) -> None:
        """A word with twice the score is nearer to what is stored."""
        east, north = np.eye(2, dtype=np.float32)
        blended = blend([(east, 1.0), (north, 0.5)])
        assert blended is not None
        assert blended[0] == pytest.approx(2 * blended[1])

    def test_nothing_to_blend_gives_nothing(self) -> None:
        """No words, and words that cancel out, have no direction."""
        east = np.asarray([1, 0], dtype=np.float32)
        assert blend([]) is None
        assert blend([(east, 1.0), (-east, 1.0)]) is None

    def test_facts_hold_what_filters_need(self) -> None:
        """Kind, words with the visible palette, licence, Lab palette and stage are stored."""
        of = asset("a-set", "setting_space/library", "mood/romantic", hexes=("#ffffff", "#000000"))
        facts = facts_of(of, SPACE)
        assert facts.kind is ROOM
        assert set(facts.terms) == {
            "setting_space/library", "mood/romantic", "colour_name/white", "colour_name/black",
        }  # fmt: skip
        assert facts.palette_lab[0][0] == pytest.approx(100, abs=0.1)
        assert facts.stage_m == (0.5, 0.4, 0.5)
        assert (facts.licence, facts.version, facts.source) == ("Apache-2.0", 1, "starter")

    def test_point_ids_follow_id_and_version_alone(self) -> None:
        """The same background has the same point in every process; a new version another."""
        of = asset("a-set", "setting_space/library")
        reworded = of.model_copy(update={"name": Localized(en="New", ko="새")})
        assert point_id_of(of) == point_id_of(reworded)
        assert point_id_of(of) != point_id_of(of.model_copy(update={"version": 2}))

    def test_fingerprints_change_with_record_and_space(self) -> None:
        """Anything a point is made from makes it stale."""
        of = asset("a-set", "setting_space/library")
        reworded = of.model_copy(update={"name": Localized(en="New", ko="새")})
        prints = {
            facts_of(of, SPACE).fingerprint,
            facts_of(reworded, SPACE).fingerprint,
            facts_of(of, VectorSpace("other", ENCODER.dim)).fingerprint,
        }
        assert len(prints) == 3

    def test_views_are_stored_where_there_are_any(self) -> None:
        """Previews become the vector with several views; without them there is none."""
        with_views, without = asset("one", "setting_space/gym"), asset("two", "setting_space/gym")
        views: Mapping[str, Vectors] = {"one": np.eye(2, 3, dtype=np.float32)}
        stored = points_of([with_views, without], ENCODER, VOCABULARY, SPACE, views)
        assert stored[0].vectors["preview"].shape == (2, 3)
        assert "preview" not in stored[1].vectors
