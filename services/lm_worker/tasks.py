"""The language worker's stages."""

from backlot.blobs.port import BlobStore
from backlot.contracts.stages import Stage
from backlot.line.runner import HandlerOf
from services.lm_worker.engines import build_refiner
from services.lm_worker.settings import LmSettings


def stages(settings: LmSettings, blobs: BlobStore | None) -> HandlerOf:
    """What this worker does, engines ready; without blobs no model sees a photo."""
    return {Stage.REFINE: build_refiner(settings, blobs)}
