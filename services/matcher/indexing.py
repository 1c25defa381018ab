"""The index stage: a described background into the records, which are the truth, and the index."""

from collections.abc import Callable

from backlot.backgrounds import BackgroundRecords, LibraryReader
from backlot.contracts.background import BackgroundAsset
from backlot.contracts.errors import TransientStageError, UnavailableError
from backlot.contracts.ingest import IndexOrder
from backlot.contracts.match import Match, Placed
from backlot.contracts.stages import Stage
from backlot.encoder.port import SentenceEncoder
from backlot.line.work import Outcome, Work
from backlot.vocabulary import Vocabulary
from services.matcher.library import Views, no_views, rebuild, sync
from services.matcher.port import BackgroundIndex


def _nowhere(work: Work, background_id: str) -> None:
    """Leave a job's recommendations as they are."""
    del work, background_id


class Indexer:
    """Handles `index`; what it does twice is done once.

    Args:
        index: Where the matcher searches.
        encoder: The sentence encoder it was made with.
        vocabulary: Where the tags' words are.
        records: Where backgrounds are kept.
        library: Reads them; told when something has changed.
        views: Previews to vectors.
        place: Puts a set that was made for a job among that job's recommendations.
    """

    def __init__(
        self,
        index: BackgroundIndex,
        encoder: SentenceEncoder,
        vocabulary: Vocabulary,
        records: BackgroundRecords,
        library: LibraryReader,
        views: Views = no_views,
        place: Callable[[Work, str], Match | None] = _nowhere,
    ) -> None:
        self._index = index
        self._encoder = encoder
        self._vocabulary = vocabulary
        self._records = records
        self._library = library
        self._views = views
        self._place = place

    def __call__(self, work: Work) -> Outcome:
        """Store and index one background, or make the index anew."""
        order = work.output(Stage.DESCRIBE, IndexOrder)
        versions = {"sentence": self._encoder.space}
        try:
            done = (
                self._added(work, order.background, order.content)
                if order.background
                else self._anew(work)
            )
        except UnavailableError as error:
            raise TransientStageError("index-unavailable", str(error)) from error
        return Outcome(done, versions=versions)

    def _added(self, work: Work, background: BackgroundAsset, content: str) -> Placed:
        """Record first: killed in between, the next try or the next start finishes the index."""
        asset, fresh = self._records.put(background, content)
        self._library.look_again()
        of_source = [one for one in self._library() if one.source == asset.source]
        sync(
            self._index,
            of_source,
            self._encoder,
            self._vocabulary,
            views=self._views,
            source=asset.source,
        )
        match = self._place(work, asset.id)
        return Placed(background_id=asset.id, version=asset.version, fresh=fresh, match=match)

    def _anew(self, work: Work) -> Placed:
        """Fill another collection while this one is searched, then put it in its place."""
        self._library.look_again()
        assets = self._library()

        def told(share: float) -> None:
            work.checkpoint()
            work.progress(share, "indexing")

        points = rebuild(
            self._index,
            assets,
            self._encoder,
            self._vocabulary,
            views=self._views,
            progress=told,
        )
        return Placed(points=points)
