"""Opens what the matcher's settings name and makes its handlers of it."""

import atexit
from functools import partial
from time import perf_counter

import structlog

from backlot.backgrounds import BackgroundRecords, LibraryReader
from backlot.blobs.port import BlobStore
from backlot.catalog import load_starter
from backlot.contracts.stages import Stage
from backlot.encoder.calibration import Calibration, calibration_for
from backlot.encoder.port import ImageTextEncoder, SentenceEncoder
from backlot.encoder.profiles import EncoderSettings, open_image_encoder, open_sentence_encoder
from backlot.encoder.tables import prompt_table
from backlot.line.runner import HandlerOf
from backlot.vocabulary import Vocabulary, load_vocabulary
from services.matcher.adapters.edge import EdgeIndex
from services.matcher.adapters.previews import StoredPreviews
from services.matcher.adapters.qdrant import QdrantIndex, open_url
from services.matcher.adapters.vault import BlobVault
from services.matcher.exposure import load_exposure
from services.matcher.fake import EmptyMatcher
from services.matcher.indexing import Indexer
from services.matcher.library import no_views, sync
from services.matcher.match import Matcher
from services.matcher.new_set import NewSetPlacer
from services.matcher.port import BackgroundIndex, VectorSpace
from services.matcher.settings import MatcherSettings
from services.matcher.stockroom import Stockroom
from services.matcher.weights import Support, Weights, load_weights
from services.matcher.witness import VISUAL_FACETS, Witness

log = structlog.get_logger(__name__)

SOURCES = ("starter", "imported", "generated")


def build_stages(
    settings: MatcherSettings, blobs: BlobStore, encoders: EncoderSettings | None = None
) -> HandlerOf:
    """Return the handlers of `match` and `index`, the index in step with the library.

    Args:
        settings: Which index, which library.
        blobs: Where records of backgrounds and vectors of photos are.
        encoders: Which encoders; read from the environment when None.

    Raises:
        SpaceMismatchError: The index was made with another encoder; says how to re-index.
        ConfigurationError: A setting, the catalog or the index cannot be used.
        IndexUnavailableError: The Qdrant server does not answer.
    """
    if settings.engines == "fake":
        return {Stage.MATCH: EmptyMatcher()}
    started = perf_counter()
    encoders = encoders or EncoderSettings()
    sentence = open_sentence_encoder(encoders)
    scene = open_image_encoder(encoders, "scene")
    vocabulary, weights = load_vocabulary(), load_weights()
    index = open_index(settings, space_of(sentence, scene))
    # Left to the collector, it is closed when the interpreter has lost its modules.
    atexit.register(index.close)
    views = StoredPreviews(scene, blobs, settings.catalog) if scene else no_views
    records = BackgroundRecords(blobs)
    library = LibraryReader(records, partial(load_starter, settings.catalog))
    for source in SOURCES:
        of_source = [asset for asset in library() if asset.source == source]
        # A rebuilt index is published when the last of its sources is in it.
        last = source == SOURCES[-1]
        sync(index, of_source, sentence, vocabulary, views=views, source=source, publish=last)
    witness = open_witness(encoders, vocabulary, blobs, weights)
    stockroom = Stockroom(library, vocabulary)
    matcher = Matcher(
        index, sentence, stockroom, vocabulary, weights, scene, witness, load_exposure()
    )
    matcher.warm()
    log.info(
        "matcher_ready", backgrounds=len(library()), start_s=round(perf_counter() - started, 2)
    )
    return {
        Stage.MATCH: matcher,
        Stage.INDEX: Indexer(
            index, sentence, vocabulary, records, library, views, NewSetPlacer(matcher)
        ),
    }


def open_witness(
    encoders: EncoderSettings, vocabulary: Vocabulary, blobs: BlobStore, weights: Weights
) -> Witness | None:
    """Make the words that photos are asked about; None without an encoder that sees any facet.

    The text tower is let go of again: the words are all that is ever compared.
    """
    product = open_image_encoder(encoders, "product", "text")
    if product is None:
        return None
    least = levels_of(calibration_for(product.space), weights.witness)
    if not least:
        return None
    tables = {
        name: prompt_table(product, vocabulary.facets[name], encoders.cache) for name in least
    }
    return Witness(BlobVault(blobs), tables, least)


def levels_of(calibration: Calibration | None, support: Support) -> dict[str, float]:
    """Return the facets that photos are asked about, each with its least place.

    Where an encoder was found not to see a facet, it is not asked about it at all.
    """
    known = calibration.facets if calibration else {}
    return {
        name: support.least if name in known and not known[name].raw else support.unmeasured
        for name in VISUAL_FACETS
        if name not in known or not known[name].silent
    }


def open_index(settings: MatcherSettings, space: VectorSpace) -> BackgroundIndex:
    """Open the server of the settings, or the embedded engine where they name none."""
    if not settings.qdrant_url:
        return EdgeIndex(
            settings.qdrant_folder / settings.qdrant_collection,
            space=space,
            wait_s=settings.qdrant_wait_s,
            rebuild=settings.reindex,
        )
    key = settings.qdrant_api_key.get_secret_value() or None
    return QdrantIndex(
        open_url(settings.qdrant_url, key, settings.qdrant_timeout_s),
        name=settings.qdrant_collection,
        space=space,
        embedded=False,
        rebuild=settings.reindex,
    )


def space_of(sentence: SentenceEncoder, scene: ImageTextEncoder | None) -> VectorSpace:
    """Return what the index's vectors are made with."""
    if scene is None:
        return VectorSpace(sentence.space, sentence.dim)
    return VectorSpace(sentence.space, sentence.dim, scene.space, scene.dim)
