"""Opens what the vision worker's settings name and makes its handlers of it."""

from collections.abc import Mapping
from time import perf_counter

import structlog

from backlot.blobs.port import BlobStore
from backlot.encoder.calibration import Calibration, calibration_for
from backlot.encoder.hints import HintReader
from backlot.encoder.port import ForgetfulEncoder, ImageTextEncoder
from backlot.encoder.profiles import (
    EncoderSettings,
    Role,
    open_image_encoders,
    open_sentence_encoder,
)
from backlot.line.work import Handler
from backlot.vocabulary import load_vocabulary
from services.vision_worker.adapters.mask_network import open_mask_network
from services.vision_worker.adapters.rembg_masks import open_rembg
from services.vision_worker.adapters.store import PictureStore
from services.vision_worker.batching import BatchLimits, MicroBatcher
from services.vision_worker.caption import Captioner
from services.vision_worker.eye import Eye
from services.vision_worker.fake import EmptyCaptioner
from services.vision_worker.learned import Finder
from services.vision_worker.looker import Looker
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
    batcher = MicroBatcher(
        BatchLimits(
            size=settings.batch_size,
            linger_s=settings.batch_wait_ms / 1000,
            stuck_s=settings.engine_stuck_s,
        )
    )
    eye = Eye(towers, batcher)
    captioner = Captioner(
        store=PictureStore(blobs),
        vocabulary=vocabulary,
        hints=HintReader(vocabulary, sentence, encoders.cache),
        eye=eye,
        looker=Looker(vocabulary, towers, encoders.cache, calibrations_of(settings, towers)),
        versions=versions,
        texts=settings.caption_texts,
        cutout_side=settings.cutout_side,
        finder=open_finder(settings),
    )
    if encoders.low_memory:
        # The label tables are made; nothing else asks the image-text encoders about words.
        for tower in towers.values():
            if isinstance(tower, ForgetfulEncoder):
                tower.let_go_of_texts()
    eye.warm_up()
    log.info("captioner_ready", **versions, start_s=round(perf_counter() - started, 2))
    return captioner


def open_finder(settings: VisionSettings) -> Finder | None:
    """Open the network that finds the product for the cut-out; None where there is none.

    Raises:
        MissingExtraError: rembg is asked for and not installed.
        ConfigurationError: The network's weights are damaged, or rembg has no such model.
    """
    if settings.cutout_network == "none":
        return None
    if settings.cutout_network == "own":
        return open_mask_network()
    return open_rembg(settings.cutout_network)


def calibrations_of(
    settings: VisionSettings, encoders: Mapping[Role, ImageTextEncoder]
) -> tuple[Calibration, ...]:
    """Return the calibration of each encoder's space, where there is one."""
    folders = () if settings.calibrations is None else (settings.calibrations,)
    spaces = {encoder.space for encoder in encoders.values()}
    found = (calibration_for(space, folders) for space in sorted(spaces))
    return tuple(calibration for calibration in found if calibration is not None)
