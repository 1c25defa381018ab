"""Opens what the render worker's settings name and makes its handlers of it."""

import atexit

import structlog

from backlot.backgrounds import BackgroundRecords
from backlot.blobs.port import BlobStore
from backlot.catalog import STARTER_FOLDER
from backlot.contracts.stages import Stage
from backlot.line.runner import HandlerOf
from backlot.vocabulary import load_vocabulary
from services.render_worker.adapters.darkroom import BlenderDarkroom
from services.render_worker.adapters.flat import FlatDarkroom
from services.render_worker.adapters.openai_images import Endpoint, OpenAiPainter
from services.render_worker.adapters.process import Limits
from services.render_worker.adapters.recipes import read_recipes
from services.render_worker.adapters.sets import RecipeShelf, SetStore
from services.render_worker.adapters.store import ShotStore
from services.render_worker.build import Builder
from services.render_worker.painter import Painter
from services.render_worker.port import Darkroom
from services.render_worker.render import Shooter
from services.render_worker.set_view import SetViewer, view_of
from services.render_worker.settings import RenderSettings
from services.render_worker.shots import WHITE_SET
from services.render_worker.subjects import ProductReader
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


def open_painter(settings: RenderSettings) -> Painter | None:
    """What paints backdrops; None where no endpoint is set."""
    if not (settings.images_base_url and settings.images_model):
        return None
    return OpenAiPainter(
        Endpoint(
            settings.images_base_url, settings.images_model, settings.images_api_key,
            timeout_s=settings.images_timeout_s,
        )
    )  # fmt: skip


def build_stages(settings: RenderSettings, blobs: BlobStore) -> HandlerOf:
    """Return the handlers of `view`, `build` and `render`, Blender started."""
    starter = {recipe.id: recipe for recipe in read_recipes(STARTER_FOLDER / "recipes")}
    darkroom = open_darkroom(settings)
    store, sets = ShotStore(blobs), SetStore(blobs)
    shelf = RecipeShelf(starter, BackgroundRecords(blobs), sets)
    read = ProductReader(darkroom, store)
    log.info("render_worker_ready", sets=len(starter), **darkroom.versions)
    return {
        Stage.VIEW: view_of(
            Viewer(darkroom, store, starter), SetViewer(darkroom, store, starter[WHITE_SET])
        ),
        Stage.BUILD: Builder(
            darkroom, sets, store, read, load_vocabulary(), open_painter(settings)
        ),
        Stage.RENDER: Shooter(darkroom, store, shelf.find),
    }
