"""Opens what the vision worker's settings name and makes its handlers of it."""

from time import perf_counter

import structlog

from backlot.blobs.port import BlobStore
from backlot.encoder.hints import HintReader
from backlot.encoder.profiles import EncoderSettings, open_image_encoders, open_sentence_encoder
from backlot.line.work import Handler
from backlot.vocabulary import load_vocabulary
from services.vision_worker.adapters.store import PictureStore
from services.vision_worker.caption import Captioner
from services.vision_worker.facets import Looker
from services.vision_worker.fake import EmptyCaptioner
from services.vision_worker.pixels import use_threads
from services.vision_worker.settings import VisionSettings

log = structlog.get_logger(__name__)


def build_captioner(
    settings: VisionSettings, blobs: BlobStore, encoders: EncoderSettings | None = None
) -> Handler:
    """Return the handler of `caption`, encoders loaded and label tables ready.

    Args:
        settings: What is made of a photo.
        blobs: Where photos lie and cut-outs go.
        encoders: Which encoders; read from the environment when None.

    Raises:
        MissingExtraError: An engine is not installed.
        ConfigurationError: A model is not what it should be, or cannot be had.
    """
    if settings.engines == "fake":
        return EmptyCaptioner()
    started = perf_counter()
    use_threads(settings.vision_threads)
    encoders = encoders or EncoderSettings()
    vocabulary = load_vocabulary()
    sentence = open_sentence_encoder(encoders)
    towers = open_image_encoders(encoders)
    versions = {"vocabulary": vocabulary.version, "sentence": sentence.space}
    versions.update((role, tower.space) for role, tower in towers.items())
    captioner = Captioner(
        store=PictureStore(blobs),
        vocabulary=vocabulary,
        hints=HintReader(vocabulary, sentence, encoders.cache),
        looker=Looker(vocabulary, towers, encoders.cache),
        versions=versions,
        texts=settings.caption_texts,
        cutout_side=settings.cutout_side,
    )
    log.info("captioner_ready", **versions, start_s=round(perf_counter() - started, 2))
    return captioner
