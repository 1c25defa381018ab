"""The vision worker's stages."""

from backlot.blobs.port import BlobStore
from backlot.contracts.stages import Stage
from backlot.line.runner import HandlerOf
from backlot.vocabulary import load_vocabulary
from services.vision_worker.describe import Describer
from services.vision_worker.engines import build_captioner
from services.vision_worker.settings import VisionSettings


def stages(settings: VisionSettings, blobs: BlobStore) -> HandlerOf:
    """What this worker does, engines loaded and warm."""
    return {
        Stage.CAPTION: build_captioner(settings, blobs),
        Stage.DESCRIBE: Describer(blobs, load_vocabulary()),
    }
