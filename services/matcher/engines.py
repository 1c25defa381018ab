"""Opens what the matcher's settings name and makes its handlers of it."""

import atexit
from time import perf_counter

import structlog

from backlot.blobs.port import BlobStore
from backlot.catalog import load_starter
from backlot.encoder.port import ImageTextEncoder, SentenceEncoder
from backlot.encoder.profiles import EncoderSettings, open_image_encoder, open_sentence_encoder
from backlot.line.work import Handler
from backlot.vocabulary import load_vocabulary
from services.matcher.adapters.previews import CatalogPreviews
from services.matcher.adapters.qdrant import QdrantIndex, open_folder, open_url
from services.matcher.fake import EmptyMatcher
from services.matcher.library import no_views, sync
from services.matcher.match import Matcher
from services.matcher.port import VectorSpace
from services.matcher.settings import MatcherSettings
from services.matcher.weights import load_weights

log = structlog.get_logger(__name__)


def build_matcher(
    settings: MatcherSettings, _blobs: BlobStore, encoders: EncoderSettings | None = None
) -> Handler:
    """Return the handler of `match`, its index in step with the starter library.

    Args:
        settings: Which index, which library.
        encoders: Which encoders; read from the environment when None.

    Raises:
        SpaceMismatchError: The index was made with another encoder; says how to re-index.
        ConfigurationError: A setting, the catalog or the index cannot be used.
        IndexUnavailableError: The Qdrant server does not answer.
    """
    if settings.engines == "fake":
        return EmptyMatcher()
    started = perf_counter()
    encoders = encoders or EncoderSettings()
    assets = load_starter(settings.catalog)
    sentence = open_sentence_encoder(encoders)
    scene = open_image_encoder(encoders, "scene")
    vocabulary = load_vocabulary()
    index = open_index(settings, space_of(sentence, scene))
    # The embedded client closes itself too late, when the interpreter has lost its modules.
    atexit.register(index.close)
    views = CatalogPreviews(scene, settings.catalog) if scene else no_views
    sync(index, assets, sentence, vocabulary, views=views)
    matcher = Matcher(index, sentence, assets, vocabulary, load_weights(), scene)
    matcher.warm()
    log.info("matcher_ready", backgrounds=len(assets), start_s=round(perf_counter() - started, 2))
    return matcher


def open_index(settings: MatcherSettings, space: VectorSpace) -> QdrantIndex:
    """Open the server of the settings, or the embedded engine where they name none."""
    if settings.qdrant_url:
        key = settings.qdrant_api_key.get_secret_value() or None
        client = open_url(settings.qdrant_url, key, settings.qdrant_timeout_s)
    else:
        client = open_folder(settings.qdrant_folder, settings.qdrant_wait_s)
    return QdrantIndex(
        client,
        name=settings.qdrant_collection,
        space=space,
        embedded=not settings.qdrant_url,
        rebuild=settings.reindex,
    )


def space_of(sentence: SentenceEncoder, scene: ImageTextEncoder | None) -> VectorSpace:
    """Return what the index's vectors are made with."""
    if scene is None:
        return VectorSpace(sentence.space, sentence.dim)
    return VectorSpace(sentence.space, sentence.dim, scene.space, scene.dim)
