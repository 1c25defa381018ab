"""The matcher's stages."""

from backlot.blobs.port import BlobStore
from backlot.contracts.stages import Stage
from backlot.line.runner import HandlerOf
from services.matcher.engines import build_matcher
from services.matcher.settings import MatcherSettings


def stages(settings: MatcherSettings, blobs: BlobStore) -> HandlerOf:
    """What this worker does, engines loaded and the starter library indexed."""
    return {Stage.MATCH: build_matcher(settings, blobs)}
