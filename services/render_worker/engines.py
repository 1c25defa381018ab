"""Opens what the render worker's settings name and makes its handlers of it."""

import atexit

import structlog

from backlot.blobs.port import BlobStore
from backlot.catalog import STARTER_FOLDER
from backlot.contracts.stages import Stage
from backlot.line.runner import HandlerOf
from services.render_worker.adapters.darkroom import BlenderDarkroom
from services.render_worker.adapters.flat import FlatDarkroom
from services.render_worker.adapters.process import Limits
from services.render_worker.adapters.recipes import read_recipes
from services.render_worker.adapters.store import ShotStore
from services.render_worker.port import Darkroom
from services.render_worker.render import Shooter
from services.render_worker.set_view import SetViewer, view_of
from services.render_worker.settings import RenderSettings
from services.render_worker.shots import WHITE_SET
from services.render_worker.view import Viewer

log = structlog.get_logger(__name__)


def open_darkroom(settings: RenderSettings) -> Darkroom:
    """Start what takes the pictures, warm when this returns.

    Raises:
        TransientStageError: Blender does not start; its own words are on standard error.
    """
    if settings.engines == "fake":
        return FlatDarkroom()
    limits = Limits(settings.render_start_s, settings.render_limit_s, settings.render_memory_mb)
    darkroom = BlenderDarkroom(settings.render_python, settings.render_device, limits)
    atexit.register(darkroom.close)
    darkroom.start()
    return darkroom


def build_stages(settings: RenderSettings, blobs: BlobStore) -> HandlerOf:
    """Return the handlers of `view` and `render`, Blender started."""
    recipes = {recipe.id: recipe for recipe in read_recipes(STARTER_FOLDER / "recipes")}
    darkroom = open_darkroom(settings)
    store = ShotStore(blobs)
    log.info("render_worker_ready", sets=len(recipes), **darkroom.versions)
    return {
        Stage.VIEW: view_of(
            Viewer(darkroom, store, recipes), SetViewer(darkroom, store, recipes[WHITE_SET])
        ),
        Stage.RENDER: Shooter(darkroom, store, recipes),
    }
