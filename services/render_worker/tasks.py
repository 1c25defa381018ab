"""The render worker's stages."""

from backlot.blobs.port import BlobStore
from backlot.line.runner import HandlerOf
from services.render_worker.engines import build_stages
from services.render_worker.settings import RenderSettings


def stages(settings: RenderSettings, blobs: BlobStore) -> HandlerOf:
    """What this worker does, engines loaded and warm."""
    return build_stages(settings, blobs)
