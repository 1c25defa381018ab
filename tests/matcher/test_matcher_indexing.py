"""The index stage, and the records it keeps."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest
from matcher_builders import VOCABULARY, asset, point, point_id, unit

from backlot.backgrounds import BackgroundRecords, LibraryReader
from backlot.blobs.memory import MemoryStore
from backlot.contracts.background import BackgroundAsset
from backlot.contracts.errors import CanceledError, TransientStageError
from backlot.contracts.ingest import IndexOrder
from backlot.contracts.jobs import JobKind, JobRequest
from backlot.contracts.match import Placed
from backlot.contracts.stages import Stage
from backlot.encoder.synthetic import SyntheticSentenceEncoder
from backlot.line.work import Work
from services.matcher.adapters.exact import ExactIndex
from services.matcher.indexing import Indexer
from services.matcher.port import Ask, BackgroundIndex, IndexUnavailableError, Point, VectorSpace
from services.matcher.stockroom import Stockroom

SHIPPED = (asset("shipped", "setting_space/library"),)
ENCODER = SyntheticSentenceEncoder()
EAST, NORTH = unit(1, 0, 0, 0), unit(0, 1, 0, 0)


def own(background_id: str = "my-set", *words: str, version: int = 1) -> BackgroundAsset:
    """A background that somebody brought."""
    return asset(
        background_id, "setting_studio/wooden-tabletop", *words, source="imported", version=version
    )


class Library:
    """Records, their reader, an index and the handler around them."""

    def __init__(self) -> None:
        self.records = BackgroundRecords(MemoryStore())
        self.reader = LibraryReader(self.records, lambda: SHIPPED, look_again_s=0.0)
        self.index: BackgroundIndex = ExactIndex(VectorSpace(ENCODER.space, ENCODER.dim))
        self.handler = Indexer(self.index, ENCODER, VOCABULARY, self.records, self.reader)

    def bring(self, background: BackgroundAsset, content: str = "a") -> Placed:
        """Run the stage."""
        output = self.handler(order(background, content)).output
        assert isinstance(output, Placed)
        return output


def order(
    background: BackgroundAsset | None,
    content: str = "",
    checkpoint: Callable[[], None] = lambda: None,
) -> Work:
    """A claimed `index` stage."""
    text = IndexOrder(background=background, content=content).model_dump_json()
    return Work(
        job_id=f"job_{0:032x}", kind=JobKind.INGEST, stage=Stage.INDEX, generation=1, fence=1,
        attempt=1, request=JobRequest(), photo=None, outputs={Stage.DESCRIBE: text},
        checkpoint=checkpoint,
    )  # fmt: skip


class TestIndexer:
    """The handler."""

    def test_a_new_background_is_recorded_and_can_be_found(self) -> None:
        """Record, index and library all have it."""
        library = Library()
        done = library.bring(own())
        assert done == Placed(background_id="my-set", version=1)
        assert [one.id for one in library.reader()] == ["shipped", "my-set"]
        assert len(library.index.fingerprints("imported")) == 1

    def test_the_same_content_twice_is_one(self) -> None:
        """A repeated import makes no version and no point."""
        library = Library()
        library.bring(own())
        again = library.bring(own())
        assert (again.version, again.fresh) == (1, False)
        assert len(library.records.versions("my-set")) == 1
        assert len(library.index.fingerprints("imported")) == 1

    def test_other_content_is_a_new_version_in_the_place_of_the_old(self) -> None:
        """Only the newest is searched; both can be read."""
        library = Library()
        library.bring(own())
        done = library.bring(own("my-set", "mood/dramatic"), "b")
        assert done.version == 2
        assert len(library.index.fingerprints("imported")) == 1
        assert [one.version for one in library.records.versions("my-set")] == [1, 2]

    def test_a_deleted_background_is_gone_and_may_come_back(self) -> None:
        """As a version of its own, even with the content it had."""
        library = Library()
        library.bring(own())
        assert library.records.delete("my-set")
        assert not library.records.delete("my-set")
        assert [one.id for one in library.reader()] == ["shipped"]
        assert library.bring(own()).version == 3

    def test_an_index_that_is_away_puts_the_job_back(self) -> None:
        """And the next try finds the record made and finishes."""
        library = Library()
        broken = Indexer(Away(library.index.space), ENCODER, VOCABULARY, library.records,
                         library.reader)  # fmt: skip
        with pytest.raises(TransientStageError, match="index-unavailable"):
            broken(order(own(), "a"))
        assert library.bring(own()).version == 1
        assert len(library.index.fingerprints("imported")) == 1

    def test_the_index_can_be_made_anew(self) -> None:
        """From the records alone, whatever it held."""
        library = Library()
        library.bring(own())
        stray = own("stray")
        library.index.put([_point(stray)])
        done = library.handler(order(None)).output
        assert done == Placed(points=2)
        assert len(library.index.fingerprints("imported")) == 1
        assert len(library.index.fingerprints("starter")) == 1

    def test_a_canceled_rebuild_leaves_the_index_as_it_was(self) -> None:
        """Half an index is never put in place."""
        library = Library()
        library.bring(own())

        def canceled() -> None:
            raise CanceledError

        with pytest.raises(CanceledError):
            library.handler(order(None, checkpoint=canceled))
        assert len(library.index.fingerprints("imported")) == 1


class Away(ExactIndex):
    """An index that does not answer."""

    def put(self, points: Sequence[Point]) -> None:
        """Fail."""
        raise IndexUnavailableError(str(len(points)))


class TestReplace:
    """Making an index anew, on every index there is."""

    def test_the_old_points_answer_until_the_swap(self, index: BackgroundIndex) -> None:
        """And the new ones alone afterwards."""
        index.put([point(1, EAST)])
        seen: list[list[str]] = []

        def batches() -> Iterator[Sequence[Point]]:
            yield [point(2, EAST)]
            seen.append(_found(index))
            yield [point(3, NORTH)]
            seen.append(_found(index))

        index.replace(batches())
        assert seen == [[point_id(1)], [point_id(1)]]
        assert _found(index) == [point_id(2), point_id(3)]

    def test_it_can_be_done_again_and_again(self, index: BackgroundIndex) -> None:
        """Each time the new points take the place of the old."""
        for number in (1, 2, 3):
            index.replace([[point(number, EAST)]])
            assert _found(index) == [point_id(number)]
            index.put([point(number + 10, NORTH)])
            assert len(_found(index)) == 2

    def test_an_error_on_the_way_changes_nothing(self, index: BackgroundIndex) -> None:
        """The one in use stays in use, and the next try is not in the way of what was left."""
        index.put([point(1, EAST)])

        def broken() -> Iterator[Sequence[Point]]:
            yield [point(2, EAST)]
            raise CanceledError

        with pytest.raises(CanceledError):
            index.replace(broken())
        assert _found(index) == [point_id(1)]
        index.replace([[point(4, EAST)]])
        assert _found(index) == [point_id(4)]


class TestStockroom:
    """The library in memory."""

    def test_it_follows_the_records(self) -> None:
        """A match that begins after a change sees it; one that has begun keeps what it had."""
        library = Library()
        room = Stockroom(library.reader, VOCABULARY)
        before = room.library
        library.bring(own())
        assert [one.asset.id for one in before.shelf.sets] == ["shipped"]
        assert [one.asset.id for one in room.library.shelf.sets] == ["my-set", "shipped"]
        assert room.library.version != before.version

    def test_without_a_change_nothing_is_made_anew(self) -> None:
        """The same library, not an equal one."""
        room = Stockroom(Library().reader, VOCABULARY)
        assert room.library is room.library


def _point(background: BackgroundAsset) -> Point:
    made = point(
        9, np.ones(ENCODER.dim, dtype=np.float32) / np.sqrt(ENCODER.dim), source="imported"
    )
    return Point(made.point_id, made.vectors, made.facts.model_copy(
        update={"background_id": background.id}))  # fmt: skip


def _found(index: BackgroundIndex) -> list[str]:
    (hits,) = index.search([Ask("caption", EAST)], 10)
    return [hit.point_id for hit in hits]
