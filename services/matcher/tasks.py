"""The matcher's stages."""

from backlot.blobs.port import BlobStore
from backlot.line.runner import HandlerOf
from services.matcher.engines import build_stages
from services.matcher.settings import MatcherSettings


def stages(settings: MatcherSettings, blobs: BlobStore) -> HandlerOf:
    """What this worker does, engines loaded and the library indexed."""
    return build_stages(settings, blobs)
