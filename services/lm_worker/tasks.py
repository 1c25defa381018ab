"""The language worker's stages."""

from backlot.contracts.stages import Stage
from backlot.line.runner import HandlerOf
from services.lm_worker.engines import build_refiner
from services.lm_worker.settings import LmSettings


def stages(settings: LmSettings) -> HandlerOf:
    """What this worker does, engines ready."""
    return {Stage.REFINE: build_refiner(settings)}
