"""Ranking, words in common, and variety."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matcher_builders import ROOM, STUDIO, VOCABULARY, asset, brief, caption, library, work

from backlot.contracts.background import BackgroundKind
from backlot.contracts.brief import StudioBrief
from backlot.contracts.caption import Caption
from backlot.contracts.jobs import Dimensions
from services.matcher.orders import Order
from services.matcher.overlap import wanted_by
from services.matcher.port import Hit, Where
from services.matcher.product import product_of
from services.matcher.ranking import Scored, rank, suits
from services.matcher.shelf import Shelf, stock
from services.matcher.variety import arrange
from services.matcher.weights import Weights, load_weights

WEIGHTS = load_weights()
WHITE, WOOD = "setting_studio/seamless-white-studio-backdrop", "setting_studio/wooden-tabletop"
# Lights that half of the library has, so that a word speaks for many sets.
COMMON = ("lighting/large-softbox", "lighting/soft-window-daylight")


def ranked(
    asked: StudioBrief,
    shelf: Shelf | None = None,
    where: Where | None = None,
    *,
    said: Caption | None = None,
    dimensions: Dimensions | None = None,
    setting_hits: tuple[Hit, ...] = (),
    weights: Weights = WEIGHTS,
) -> list[Scored]:
    """Rank a shelf for a brief, without an index unless hits are given."""
    request = work(dimensions_cm=dimensions).request
    order = Order(asked, product_of(said or caption(), request, VOCABULARY), where or Where())
    lists = {"setting": list(setting_hits)}
    return rank(order, shelf or stock(library()), lists, weights, VOCABULARY.rules)  # type: ignore[arg-type]


def ids(scored: list[Scored]) -> list[str]:
    """Background ids in order."""
    return [one.stocked.asset.id for one in scored]


class TestOverlap:
    """Words in common."""

    def test_everything_met_makes_one(self) -> None:
        """A set that shows all that was wanted reaches 1, whatever was left open."""
        wanted = wanted_by(brief(WHITE, moods=("mood/romantic", "mood/intimate")), WEIGHTS)
        shown = dict.fromkeys(
            (WHITE, "lighting/large-softbox", "mood/romantic", "mood/intimate"), 1.0
        )
        assert wanted.total(shown) == pytest.approx(1.0)

    def test_settings_are_alternatives_in_order(self) -> None:
        """One setting is enough; the second choice is worth less than the first."""
        wanted = wanted_by(brief(WHITE, WOOD), WEIGHTS)
        first, second = (wanted.given({term: 1.0})["setting"] for term in (WHITE, WOOD))
        both = wanted.given({WHITE: 1.0, WOOD: 1.0})["setting"]
        assert first > second > 0
        assert both == first

    def test_the_first_space_is_a_first_choice_too(self) -> None:
        """Spaces are not punished for standing behind the studios in the list."""
        wanted = wanted_by(brief(WHITE, WOOD, "setting_space/library"), WEIGHTS)
        given_ = [wanted.given({term: 1.0})["setting"] for term in (WHITE, "setting_space/library")]
        assert given_[0] == given_[1]

    def test_faint_words_count_a_little_and_are_not_said(self) -> None:
        """A word that hardly shows adds to the score but is not called met."""
        wanted = wanted_by(brief(WHITE), WEIGHTS)
        assert 0 < wanted.total({WHITE: 0.3}) < wanted.total({WHITE: 1.0})
        assert wanted.met("setting", {WHITE: 0.3}) == ()
        assert wanted.missed("setting", {WHITE: 0.3}) == (WHITE,)


class TestRank:
    """The order of the sets."""

    def test_the_set_the_brief_describes_is_first(self) -> None:
        """Words, colour and size of one set asked for give that set."""
        asked = brief(
            WOOD, lighting=("lighting/soft-window-daylight",), moods=("mood/cozy-and-warm",),
            styles=("style/scandinavian",), backdrop=("colour_name/tan",),
        )  # fmt: skip
        assert ids(ranked(asked))[0] == "oak-table"

    def test_scores_are_the_sum_of_their_parts_and_fall(self) -> None:
        """What a score is made of adds up to it; the list is in its order, within 0 and 1."""
        scored = ranked(brief(WHITE))
        for one in scored:
            assert sum(one.given.values()) == pytest.approx(one.score)
            assert 0 <= one.score <= 1
        assert [one.score for one in scored] == sorted((one.score for one in scored), reverse=True)

    def test_where_the_index_speaks_it_is_heard(self) -> None:
        """Between sets of the same words the answer of the index decides."""
        twins = stock([asset(f"twin-{n}", WOOD, "lighting/ring-light") for n in (1, 2, 3)])
        hits = tuple(
            Hit(twins.sets[n].point_id, similarity)
            for n, similarity in ((1, 0.9), (2, 0.8), (0, 0.7))
        )
        assert ids(ranked(brief(WOOD), twins)) == ["twin-1", "twin-2", "twin-3"]
        assert ids(ranked(brief(WOOD), twins, setting_hits=hits)) == ["twin-2", "twin-3", "twin-1"]

    def test_contrast_separates_equal_sets(self) -> None:
        """For a dark product the light one of two equal sets comes first, and the other way."""
        shelf = stock([asset("dark", WOOD, hexes=("#222222",)), asset("light", WOOD)])
        assert ids(ranked(brief(WOOD), shelf, said=caption(hexes=("#1c1c1c",))))[0] == "light"
        assert ids(ranked(brief(WOOD), shelf, said=caption(hexes=("#f2f2f2",))))[0] == "dark"

    def test_a_set_without_room_is_left_out(self) -> None:
        """A sofa is not put on a table."""
        sofa = Dimensions(width=200, height=90)
        found = ids(ranked(brief(WHITE, lighting=COMMON), dimensions=sofa))
        assert found == ["living-room"]

    def test_a_stage_of_the_right_size_is_preferred(self) -> None:
        """Of equal sets the one the product fills best comes first."""
        shelf = stock(
            [
                asset("huge", WOOD, stage_m=(9, 9, 5)),
                asset("right", WOOD, stage_m=(0.6, 0.6, 0.5)),
                asset("tight", WOOD, stage_m=(0.6, 0.6, 0.21)),
            ]
        )
        found = ids(ranked(brief(WOOD), shelf, dimensions=Dimensions(height=20)))
        assert found[0] == "right"

    def test_sets_nothing_speaks_for_are_left_out(self) -> None:
        """No common word and no answer of the index: not a recommendation."""
        shelf = stock([asset("alien", "setting_studio/neon-lit-set"), asset("wood", WOOD)])
        assert ids(ranked(brief(WOOD), shelf)) == ["wood"]


class TestFiltersAndOrder:
    """Properties that hold for every brief and library."""

    @given(
        kinds=st.frozensets(st.sampled_from(list(BackgroundKind)), min_size=1),
        avoid=st.frozensets(
            st.sampled_from([term for one in stock(library()).sets for term in one.shown]),
            max_size=6,
        ),
    )
    @settings(deadline=None, max_examples=60)
    def test_filters_are_never_violated(
        self, kinds: frozenset[BackgroundKind], avoid: frozenset[str]
    ) -> None:
        """No set of another kind, and none that shows an avoided word, is ever ranked."""
        for one in ranked(brief(WHITE), where=Where(kinds=kinds, avoid=avoid)):
            assert one.stocked.asset.kind in kinds
            assert avoid.isdisjoint(one.stocked.shown)

    @given(st.randoms(use_true_random=False))
    @settings(deadline=None, max_examples=25)
    def test_the_order_of_the_library_does_not_matter(self, rng: random.Random) -> None:
        """Records may be loaded in any order."""
        shuffled = list(library())
        rng.shuffle(shuffled)
        assert ids(ranked(brief(WHITE), stock(shuffled))) == ids(ranked(brief(WHITE)))


class TestSuits:
    """Whether the best set is good enough, whatever else there is."""

    def test_common_words_are_enough(self) -> None:
        """A set of the wanted setting suits without any index."""
        assert suits(ranked(brief(WHITE)), WEIGHTS)

    def test_a_near_setting_is_enough(self) -> None:
        """A set whose setting the index finds near suits without a common word."""
        shelf = stock([asset("near", "setting_studio/concrete-tabletop")])
        near = (Hit(shelf.sets[0].point_id, 0.7),)
        far = (Hit(shelf.sets[0].point_id, 0.3),)
        assert suits(ranked(brief(WOOD), shelf, setting_hits=near), WEIGHTS)
        assert not suits(ranked(brief(WOOD), shelf, setting_hits=far), WEIGHTS)

    def test_being_the_only_one_is_not_enough(self) -> None:
        """First of a library that has nothing fitting does not suit; nor does nothing."""
        assert not suits([], WEIGHTS)


class TestVariety:
    """What is shown of the ranked sets."""

    def test_a_setting_stands_at_most_three_times_among_six(self) -> None:
        """Five equal settings give way to others, and come later."""
        shades = ("#ffffff", "#d0d0d0", "#a0a0a0", "#707070", "#404040")
        whites = [asset(f"white-{n}", WHITE, hexes=(hex_,)) for n, hex_ in enumerate(shades)]
        shelf = stock([*whites, *(one for one in library() if not one.id.startswith("white"))])
        scored = ranked(brief(WHITE, lighting=COMMON), shelf)
        shown = ids(arrange(scored, 8, (), WEIGHTS.variety))
        assert sum(one.startswith("white-") for one in shown[:6]) == 3
        assert sum(one.startswith("white-") for one in shown) >= 4
        assert shown[0] == ids(scored)[0]

    def test_a_look_is_not_shown_twice(self) -> None:
        """Of two sets that look the same the better one is shown first, the other later."""
        twins = [asset(f"twin-{n}", WOOD, "lighting/ring-light") for n in (1, 2)]
        other = asset("other", WOOD, "lighting/neon-glow", hexes=("#202020",))
        shelf = stock([*twins, other])
        asked = brief(WOOD, lighting=("lighting/ring-light",))
        assert ids(ranked(asked, shelf)) == ["twin-1", "twin-2", "other"]
        shown = ids(arrange(ranked(asked, shelf), 6, (), WEIGHTS.variety))
        assert shown == ["twin-1", "other", "twin-2"]

    @pytest.mark.parametrize("top_k", [4, 6])
    def test_both_kinds_have_a_place(self, top_k: int) -> None:
        """With room for four, a brief full of studios still shows the best space."""
        asked = brief(WHITE, WOOD, "setting_studio/soft-gradient-backdrop", lighting=COMMON)
        scored = ranked(asked)
        plainly = WEIGHTS.variety.model_copy(update={"relevance": 1.0})
        shown = arrange(scored, top_k, (STUDIO, ROOM), plainly)
        rooms = [one for one in shown if one.stocked.asset.kind is ROOM]
        best_room = next(one for one in scored if one.stocked.asset.kind is ROOM)
        assert rooms[0].stocked.asset.id == best_room.stocked.asset.id
        assert len(shown) == top_k

    def test_with_less_room_the_best_are_shown(self) -> None:
        """Three places go to the three best, whatever their kind."""
        studios = [asset(f"wood-{n}", WOOD, hexes=(f"#{n}0{n}0{n}0",)) for n in (1, 5)]
        shelf = stock([*studios, asset("white", WHITE), asset("room", "setting_space/library")])
        shown = arrange(ranked(brief(WOOD, WHITE), shelf), 3, (STUDIO, ROOM), WEIGHTS.variety)
        assert {one.stocked.asset.kind for one in shown} == {STUDIO}

    @given(st.integers(1, 24), st.sampled_from([(WHITE,), (WOOD, WHITE), ("setting_space/gym",)]))
    @settings(deadline=None, max_examples=40)
    def test_nothing_is_lost_or_doubled(self, top_k: int, asked: tuple[str, ...]) -> None:
        """As many as were asked for are shown, as far as there are, each once."""
        scored = ranked(brief(*asked))
        shown = ids(arrange(scored, top_k, (STUDIO, ROOM), WEIGHTS.variety))
        assert len(shown) == min(top_k, len(scored))
        assert len(set(shown)) == len(shown)
        assert set(shown) <= set(ids(scored))
