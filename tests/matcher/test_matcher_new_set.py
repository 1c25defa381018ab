"""A set that was made for a job: when it is wanted, and where it comes in the recommendations."""

from dataclasses import replace

import pytest
from matcher_builders import VOCABULARY, asset, brief, library, matcher_of, work

from backlot.backgrounds import BackgroundRecords, LibraryReader
from backlot.blobs.memory import MemoryStore
from backlot.contracts.background import BackgroundAsset
from backlot.contracts.ingest import IndexOrder
from backlot.contracts.jobs import JobRequest
from backlot.contracts.match import Match, Placed
from backlot.contracts.stages import Stage
from backlot.encoder.synthetic import SyntheticSentenceEncoder
from backlot.line.work import Work
from services.matcher.adapters.exact import ExactIndex
from services.matcher.indexing import Indexer
from services.matcher.library import sync
from services.matcher.match import Matcher
from services.matcher.new_set import NewSetPlacer, wants_new_set
from services.matcher.port import VectorSpace
from services.matcher.stockroom import Stockroom
from services.matcher.weights import load_weights

ENCODER = SyntheticSentenceEncoder()
STRANGE = brief("setting_space/concert-stage", lighting=("lighting/neon-glow",), prose="A stage.")
NEW = asset(
    "made-concert-stage", "setting_space/concert-stage", "lighting/neon-glow", source="generated"
)


@pytest.mark.parametrize(
    ("request_", "wanted"),
    [
        ({"render": "draft"}, True),
        ({"render": "none"}, False),
        ({"render": "draft", "generate": "never"}, False),
        ({"render": "draft", "shot": {"backgrounds": ("a",)}}, False),
        ({"render": "draft", "shot": {"preset": "marketplace"}}, False),
    ],
)
def test_when_a_job_wants_a_new_set(request_: dict[str, object], wanted: bool) -> None:
    """Only with pictures, and not where its sets are decided already."""
    assert wants_new_set(JobRequest.model_validate(request_)) is wanted


def test_a_job_that_nothing_suits_gets_a_new_set_built() -> None:
    """Where something does suit, the line stays as it is."""
    few = library()[:2]
    matcher = matcher_of(assets=few)
    poor = matcher(work(STRANGE, render="draft"))
    assert isinstance(poor.output, Match)
    assert not poor.output.suits
    assert poor.insert == (Stage.BUILD,)
    assert matcher(work(STRANGE)).insert == ()
    setting = few[0].facets["setting_studio"][0].term
    rich = matcher(work(brief(setting, prose=few[0].caption.en), render="draft"))
    assert isinstance(rich.output, Match)
    assert rich.output.suits
    assert rich.insert == ()


class Shop:
    """A matcher and an indexer over one library."""

    def __init__(self) -> None:
        self.records = BackgroundRecords(MemoryStore())
        reader = LibraryReader(self.records, library, look_again_s=0.0)
        index = ExactIndex(VectorSpace(ENCODER.space, ENCODER.dim))
        sync(index, library(), ENCODER, VOCABULARY, source="starter")
        stockroom = Stockroom(reader, VOCABULARY)
        self.match = Matcher(index, ENCODER, stockroom, VOCABULARY, load_weights())
        place = NewSetPlacer(self.match)
        self.index = Indexer(index, ENCODER, VOCABULARY, self.records, reader, place=place)

    def placed(self, job: Work, made: BackgroundAsset) -> Placed:
        """Match, and then index what was made."""
        found = self.match(job).output
        order = IndexOrder(background=made, content="a")
        outputs = {
            **job.outputs,
            Stage.MATCH: found.model_dump_json(),
            Stage.DESCRIBE: order.model_dump_json(),
        }
        output = self.index(replace(job, stage=Stage.INDEX, outputs=outputs)).output
        assert isinstance(output, Placed)
        return output


def test_the_new_set_comes_first_with_reasons_of_its_own() -> None:
    """The others keep their order behind it, the list its length, and the brief stays the same."""
    shop, job = Shop(), work(STRANGE, render="draft", top_k=3)
    before = shop.match(job).output
    assert isinstance(before, Match)
    after = shop.placed(job, NEW).match
    assert after is not None
    names = [one.background_id for one in after.ranked]
    assert names == [NEW.id, *(one.background_id for one in before.ranked[:2])]
    assert [one.rank for one in after.ranked] == [1, 2, 3]
    assert [card.id for card in after.cards] == names
    assert after.ranked[0].reasons
    assert after.brief == before.brief


def test_a_redelivered_index_gives_the_same_list() -> None:
    """The set is not put in twice."""
    shop, job = Shop(), work(STRANGE, render="draft", top_k=3)
    first = shop.placed(job, NEW)
    again = shop.placed(job, NEW)
    assert again.match is not None
    assert first.match is not None
    ids = [one.background_id for one in again.match.ranked]
    assert ids[0] == NEW.id
    assert len(set(ids)) == len(ids)
    assert not again.fresh


def test_a_set_that_the_brief_avoids_is_not_recommended() -> None:
    """It stays in the library for others."""
    avoiding = STRANGE.model_copy(update={"avoid": ("lighting/neon-glow",)})
    shop, job = Shop(), work(avoiding, render="draft")
    found = shop.match(job).output
    assert isinstance(found, Match)
    after = shop.placed(job, NEW).match
    assert after == found
    assert shop.records.newest(NEW.id) is not None
