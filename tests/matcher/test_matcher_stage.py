"""The match stage as a whole, on the small library and on the one that ships."""

from collections.abc import Sequence

import pytest
from matcher_builders import ROOM, STUDIO, VOCABULARY, brief, caption, library, matcher_of, work

from backlot.catalog import load_starter
from backlot.contracts.background import BackgroundKind
from backlot.contracts.errors import CanceledError, PermanentStageError, TransientStageError
from backlot.contracts.jobs import Dimensions
from backlot.contracts.match import Match
from backlot.contracts.stages import Stage
from backlot.encoder.port import Vectors
from backlot.encoder.synthetic import SyntheticImageTextEncoder, SyntheticSentenceEncoder
from backlot.line.work import Work
from services.matcher.adapters.exact import ExactIndex
from services.matcher.fake import EmptyMatcher
from services.matcher.library import sync
from services.matcher.match import Matcher
from services.matcher.orders import where_for
from services.matcher.port import Ask, Hit, IndexUnavailableError, VectorSpace
from services.matcher.stockroom import Stockroom
from services.matcher.weights import load_weights

TUMBLER = brief(
    "setting_studio/seamless-white-studio-backdrop", "setting_studio/soft-gradient-backdrop",
    "setting_space/modern-kitchen-counter",
    lighting=("lighting/bright-high-key-lighting", "lighting/large-softbox"),
    moods=("mood/fresh-and-clean",), styles=("style/minimalist", "style/contemporary"),
    backdrop=("colour_name/white", "colour_name/light-gray"), props=("props/green-leaves",),
    prose="A cool, modern studio with clean lines, a simple white background and some greenery.",
)  # fmt: skip
BOOK = brief(
    "setting_studio/wooden-tabletop", "setting_space/reading-room", "setting_space/library",
    lighting=("lighting/warm-lamp-light", "lighting/soft-window-daylight"),
    moods=("mood/cozy-and-warm",), styles=("style/classic-traditional",),
    props=("props/stacked-books",), prose="A warm corner to read in, with a lamp and oak shelves.",
)  # fmt: skip
PROJECTOR = brief(
    "setting_studio/seamless-white-studio-backdrop", "setting_space/meeting-room",
    "setting_space/open-plan-office",
    lighting=("lighting/even-diffuse-light-tent-lighting", "lighting/soft-window-daylight"),
    moods=("mood/professional-and-trustworthy",), styles=("style/contemporary",),
    prose="A bright meeting room with a long table and a wall to project on.",
)  # fmt: skip


def matched(matcher: Matcher, job: Work) -> Match:
    """What the stage gives."""
    output = matcher(job).output
    assert isinstance(output, Match)
    return output


def ids(match: Match, kind: BackgroundKind | None = None) -> list[str]:
    """Recommended background ids, of one kind or of all."""
    kinds = {one.id: one.kind for one in match.cards}
    return [
        one.background_id
        for one in match.ranked
        if kind is None or kinds[one.background_id] is kind
    ]


class BrokenIndex(ExactIndex):
    """Refuses every question."""

    def search(self, asks: Sequence[Ask], limit: int) -> list[tuple[Hit, ...]]:
        """Be away."""
        raise IndexUnavailableError(f"nobody answers {len(asks)} questions for {limit} points")


class BrokenEncoder(SyntheticSentenceEncoder):
    """Runs out of memory."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Fail as torch does."""
        raise RuntimeError(f"out of memory for {len(texts)} texts")


class CountingEncoder(SyntheticSentenceEncoder):
    """Counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode and count."""
        self.calls += 1
        return super().encode(texts)


@pytest.fixture(scope="module", params=["small", "starter"])
def stocked(request: pytest.FixtureRequest) -> Matcher:
    """A matcher over the small library, and one over the library that ships."""
    return matcher_of(assets=library() if request.param == "small" else load_starter())


class TestRecommendations:
    """What comes out for products the library was made for."""

    def test_a_tumbler_gets_bright_white_or_cool_studios(self, stocked: Matcher) -> None:
        """On top stand studios of light, hardly coloured backdrops."""
        size = Dimensions(height=20, width=8, depth=8)
        match = matched(stocked, work(TUMBLER, dimensions_cm=size))
        for card in match.cards[:2]:
            assert card.kind is STUDIO
            assert card.palette[0].name in {
                "colour_name/white", "colour_name/light-gray", "colour_name/sky-blue",
                "colour_name/silver",
            }  # fmt: skip
        assert match.suits

    def test_a_book_gets_the_reading_room(self, stocked: Matcher) -> None:
        """Among the spaces the reading room is first."""
        match = matched(stocked, work(BOOK, said=caption("product_category/hardcover-book")))
        assert "reading-room" in ids(match, ROOM)[0]

    def test_a_projector_gets_the_meeting_room(self, stocked: Matcher) -> None:
        """Among the spaces the meeting room is first."""
        said = caption("product_category/conference-room-projector", hexes=("#33363a",))
        assert "meeting-room" in ids(matched(stocked, work(PROJECTOR, said=said)), ROOM)[0]

    def test_every_recommendation_is_complete(self, stocked: Matcher) -> None:
        """Ranks count up, every background has its card and reasons, as many as asked for."""
        match = matched(stocked, work(TUMBLER, top_k=5))
        assert [one.rank for one in match.ranked] == [1, 2, 3, 4, 5]
        assert [one.background_id for one in match.ranked] == [card.id for card in match.cards]
        for one in match.ranked:
            assert one.reasons
            assert any(reason.slot == "setting" for reason in one.reasons)


class TestFilters:
    """What is asked for and what must not come."""

    def test_only_asked_kinds(self, matcher: Matcher) -> None:
        """A client that wants rooms gets rooms, whatever the brief prefers."""
        match = matched(matcher, work(TUMBLER, kinds=(ROOM,)))
        assert {card.kind for card in match.cards} == {ROOM}

    def test_a_brief_may_narrow_the_kinds(self) -> None:
        """A studio brief keeps to studios; where nothing would be left, the client decides."""
        both = (STUDIO, ROOM)
        assert where_for(brief(kind="studio"), both).kinds == {STUDIO}
        assert where_for(brief(kind="both"), both).kinds == {STUDIO, ROOM}
        assert where_for(brief(kind="space"), (STUDIO,)).kinds == {STUDIO}

    def test_avoided_words_never_come(self, matcher: Matcher) -> None:
        """An avoided light is not recommended, even if nothing else were left."""
        asked = TUMBLER.model_copy(update={"avoid": ("mood/fresh-and-clean",)})
        found = ids(matched(matcher, work(asked, top_k=24)))
        assert not {"white-softbox", "white-greenery", "kitchen"} & set(found)
        assert found

    def test_both_kinds_are_shown(self, matcher: Matcher) -> None:
        """A brief for both kinds shows both when there is room."""
        assert ids(matched(matcher, work(TUMBLER, top_k=4)), ROOM)
        assert ids(matched(matcher, work(TUMBLER, top_k=4)), STUDIO)


class TestCompanions:
    """A candidate for one kind of set, asked for by a client who wants both."""

    STUDIO_BRIEF = TUMBLER.model_copy(
        update={
            "kind": "studio",
            "settings": TUMBLER.settings[:2],
            "claims": brief(claims=[("measured", "palette")]).claims,
        }
    )
    ROOM_BRIEF = BOOK.model_copy(
        update={"kind": "space", "settings": BOOK.settings[1:], "variant": "lifestyle"}
    )

    def test_the_other_kind_comes_from_the_other_candidate(self, matcher: Matcher) -> None:
        """The chosen brief fills most places; the best space of the other is there and says so."""
        match = matched(matcher, work(self.STUDIO_BRIEF, self.ROOM_BRIEF))
        assert match.chosen == 0
        assert ids(match)[0] in {"white-softbox", "white-greenery"}
        assert ids(match, ROOM)[0] == "reading-room"
        reasons = {one.background_id: one.reasons for one in match.ranked}
        assert "lifestyle suggestion" in reasons["reading-room"][0].text.en
        assert all(reason.slot != "kind" for reason in reasons[ids(match, STUDIO)[0]])

    def test_a_companion_keeps_to_what_the_chosen_brief_avoids(self, matcher: Matcher) -> None:
        """Nothing recommended shows what the brief beside it says to avoid."""
        lead = self.STUDIO_BRIEF.model_copy(update={"avoid": ("lighting/warm-lamp-light",)})
        assert "reading-room" not in ids(matched(matcher, work(lead, self.ROOM_BRIEF, top_k=24)))

    def test_one_kind_asked_means_one_kind(self, matcher: Matcher) -> None:
        """A client that wants studios gets no companion."""
        match = matched(matcher, work(self.STUDIO_BRIEF, self.ROOM_BRIEF, kinds=(STUDIO,)))
        assert ids(match, ROOM) == []

    def test_a_sellers_brief_speaks_alone(self, matcher: Matcher) -> None:
        """What the seller wrote is not mixed with anything."""
        written = self.STUDIO_BRIEF.model_copy(update={"source": "seller", "variant": "seller"})
        assert ids(matched(matcher, work(written)), ROOM) == []


class TestWarnings:
    """What is said when the library has no answer."""

    def test_nothing_suits_is_said_and_the_nearest_come(self) -> None:
        """A brief for what is not there gets the nearest sets and a warning."""
        asked = brief(
            "setting_space/concert-stage", kind="space", lighting=("lighting/ring-light",), prose=""
        )
        outcome = matcher_of()(work(asked))
        assert isinstance(outcome.output, Match)
        assert not outcome.output.suits
        assert outcome.output.ranked
        assert [warning.code for warning in outcome.warnings] == ["no-background-suits"]

    def test_nothing_found_is_said(self, matcher: Matcher) -> None:
        """A product that fits nowhere gets no background and a warning, not an error."""
        outcome = matcher(work(TUMBLER, dimensions_cm=Dimensions(height=900)))
        assert isinstance(outcome.output, Match)
        assert outcome.output.ranked == ()
        assert [warning.code for warning in outcome.warnings] == ["no-background-found"]

    def test_a_good_match_warns_of_nothing(self, matcher: Matcher) -> None:
        """No warning without a reason."""
        assert matcher(work(TUMBLER)).warnings == ()


class TestHandler:
    """The stage inside the line."""

    def test_the_chosen_brief_and_the_versions_are_given(self, matcher: Matcher) -> None:
        """Which candidate, without its unfounded claims, and what it was made with."""
        claimed = brief(claims=[("facet", "product_category/insulated-tumbler")])
        unfounded = TUMBLER.model_copy(
            update={"claims": brief(claims=[("facet", "material/velvet")]).claims}
        )
        outcome = matcher(work(unfounded, claimed))
        assert isinstance(outcome.output, Match)
        assert outcome.output.chosen == 1
        assert matched(matcher, work(unfounded)).dropped_claims == 1
        named = {"sentence", "vocabulary", "weights", "library", "witness"}
        assert set(outcome.versions) == named
        assert outcome.versions["witness"] == "not asked"

    def test_the_same_job_gives_the_same_bytes(self, matcher: Matcher) -> None:
        """A stage that runs twice gives one answer."""
        first, second = (matched(matcher, work(TUMBLER)).model_dump_json() for _ in range(2))
        assert first == second

    def test_all_texts_are_encoded_in_one_call(self) -> None:
        """A match costs one run of the encoder."""
        encoder = CountingEncoder()
        matcher = matcher_of(encoder=encoder)
        matcher(work(TUMBLER, BOOK, PROJECTOR))
        assert encoder.calls == 1

    def test_an_index_that_is_away_puts_the_job_back(self) -> None:
        """Qdrant's failure is not the job's."""
        encoder = SyntheticSentenceEncoder()
        matcher = matcher_of(index=BrokenIndex(VectorSpace(encoder.space, encoder.dim)))
        with pytest.raises(TransientStageError, match="index-unavailable"):
            matcher(work(TUMBLER))

    def test_an_encoder_that_fails_puts_the_job_back(self) -> None:
        """Out of memory is not the job's fault either."""
        with pytest.raises(TransientStageError, match="encoder-failed"):
            matcher_of(encoder=BrokenEncoder())(work(TUMBLER))

    def test_a_canceled_job_stops_before_the_engines(self) -> None:
        """The checkpoint is passed before anything is spent."""

        def canceled() -> None:
            raise CanceledError

        job = work(TUMBLER)
        stopped = Work(**{**job.__dict__, "checkpoint": canceled})
        with pytest.raises(CanceledError):
            matcher_of(encoder=BrokenEncoder())(stopped)

    @pytest.mark.parametrize("missing", [Stage.CAPTION, Stage.REFINE])
    def test_a_missing_input_is_a_broken_line(self, matcher: Matcher, missing: Stage) -> None:
        """What earlier stages did not give is never waited for."""
        job = work(TUMBLER)
        outputs = {stage: text for stage, text in job.outputs.items() if stage is not missing}
        with pytest.raises(PermanentStageError, match="missing-input"):
            matcher(Work(**{**job.__dict__, "outputs": outputs}))

    def test_previews_are_asked_where_they_are_indexed(self) -> None:
        """With an image encoder the previews speak too, and the answer stays sensible."""
        sentence, scene = SyntheticSentenceEncoder(), SyntheticImageTextEncoder()
        assets = library()
        index = ExactIndex(VectorSpace(sentence.space, sentence.dim, scene.space, scene.dim))
        shown = {one.id: scene.encode_texts([one.caption.en]) for one in assets}
        sync(index, assets, sentence, VOCABULARY, views=lambda _: shown)
        room = Stockroom(lambda: assets, VOCABULARY)
        matcher = Matcher(index, sentence, room, VOCABULARY, load_weights(), scene)
        matcher.warm()
        assert ids(matched(matcher, work(BOOK)), ROOM)[0] == "reading-room"

    def test_the_fake_answers_at_once(self) -> None:
        """Without engines the first brief is taken and nothing is recommended."""
        outcome = EmptyMatcher()(work(TUMBLER, BOOK))
        assert outcome.output == Match(brief=TUMBLER, chosen=0, ranked=(), cards=())
