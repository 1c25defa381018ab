"""Keeps the index in step with the background records, which are the truth."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import structlog

from backlot.contracts.background import BackgroundAsset
from backlot.encoder.port import SentenceEncoder, Vectors
from backlot.vocabulary import Vocabulary
from services.matcher.index import fingerprint_of, point_id_of, points_of
from services.matcher.port import BackgroundIndex, Point

log = structlog.get_logger(__name__)

BATCH = 16
STARTER = "starter"

Views = Callable[[Sequence[BackgroundAsset]], Mapping[str, Vectors]]
"""Backgrounds to their previews' vectors by background id; those without previews are left out."""


def no_views(_: Sequence[BackgroundAsset]) -> Mapping[str, Vectors]:
    """Previews are not indexed when no image encoder is there."""
    return {}


@dataclass(frozen=True)
class Synced:
    """What a sync did, in points."""

    stored: int
    removed: int
    unchanged: int


def sync(
    index: BackgroundIndex,
    assets: Sequence[BackgroundAsset],
    encoder: SentenceEncoder,
    vocabulary: Vocabulary,
    *,
    views: Views = no_views,
    source: str = STARTER,
    publish: bool = True,
) -> Synced:
    """Index what is new or changed, remove what is gone, and publish a rebuilt index.

    Only points of the given source are looked at. Killed half-way and run again it goes on where
    it was: point ids come from the records, and each point says what it was made from.

    Raises:
        IndexUnavailableError: The index does not answer.
    """
    held = index.fingerprints(source)
    wanted = {point_id_of(asset): asset for asset in assets}
    stale = [
        asset
        for point_id, asset in wanted.items()
        if held.get(point_id) != fingerprint_of(asset, index.space)
    ]
    for done, batch in _batches(stale):
        index.put(points_of(batch, encoder, vocabulary, index.space, views(batch)))
        log.info("library_indexing", source=source, done=done, total=len(stale))
    gone = sorted(held.keys() - wanted.keys())
    index.delete(gone)
    if publish:
        index.publish()
    synced = Synced(len(stale), len(gone), len(wanted) - len(stale))
    log.info(
        "library_synced",
        source=source,
        stored=synced.stored,
        removed=synced.removed,
        unchanged=synced.unchanged,
    )
    return synced


def rebuild(
    index: BackgroundIndex,
    assets: Sequence[BackgroundAsset],
    encoder: SentenceEncoder,
    vocabulary: Vocabulary,
    *,
    views: Views = no_views,
    progress: Callable[[float], None] = lambda _: None,
) -> int:
    """Make the whole index anew beside the one in use, then swap; returns how many points.

    Args:
        index: Answers from the old points until the swap.
        assets: The whole library.
        encoder: Makes the text vectors.
        vocabulary: Where the terms' words are.
        views: Previews to vectors.
        progress: Called with the share that is done; what it raises ends the rebuild, and the old
            index stays.

    Raises:
        IndexUnavailableError: The index does not answer.
    """

    def points() -> Iterator[Sequence[Point]]:
        for done, batch in _batches(assets):
            yield points_of(batch, encoder, vocabulary, index.space, views(batch))
            progress(done / len(assets))

    index.replace(points())
    log.info("library_rebuilt", points=len(assets))
    return len(assets)


def _batches(
    assets: Sequence[BackgroundAsset],
) -> Iterator[tuple[int, Sequence[BackgroundAsset]]]:
    """Yield batches, each with how many will be done after it."""
    for start in range(0, len(assets), BATCH):
        batch = assets[start : start + BATCH]
        yield start + len(batch), batch
