"""What a job's product is: its model, or the cut-out of its photo, and how large."""

from pathlib import Path
from typing import NamedTuple

import structlog
from PIL import Image

from backlot.contracts.caption import Caption
from backlot.contracts.errors import PermanentStageError
from backlot.contracts.jobs import Dimensions, JobWarning
from backlot.contracts.stages import Stage
from backlot.line.work import Work
from services.render_worker.adapters.store import ShotStore, sha256_of
from services.render_worker.notices import warning
from services.render_worker.port import Darkroom
from services.render_worker.shots import Subject
from services.render_worker.sizing import Size, size_of_cutout, size_of_model
from services.render_worker.wished import sized

log = structlog.get_logger(__name__)


class Product(NamedTuple):
    """What will be shot.

    Attributes:
        path: GLB, or the cropped cut-out.
        aspect: Height over width of a cut-out.
        warnings: About how it came to be this one.
    """

    path: Path
    subject: Subject
    aspect: float
    warnings: tuple[JobWarning, ...] = ()

    def size_in(self, work: Work, stage_height_m: float) -> Size:
        """Its size; a guess depends on how much room there is."""
        size = self.subject.size
        if size.known or not self.subject.is_card:
            return size
        return size_of_cutout(self.aspect, _said(work), stage_height_m)


class ProductReader:
    """Fetches and measures products.

    Args:
        darkroom: Looks into models.
        store: Holds them.
    """

    def __init__(self, darkroom: Darkroom, store: ShotStore) -> None:
        self._darkroom = darkroom
        self._store = store

    def __call__(self, work: Work, folder: Path) -> Product:
        """The model, or the cut-out; a model that cannot be used is no reason to give up.

        Raises:
            PermanentStageError: There is neither, or the job is strict about its model.
        """
        if work.product_key is not None:
            try:
                return self._model(work, folder, work.product_key)
            except PermanentStageError as error:
                log.info("product_refused", job_id=work.job_id, reason=error.reason)
                found = self._cutout(work, folder, (warning(error.reason),))
                if found is None or work.request.policy == "strict":
                    raise
                return found
        found = self._cutout(work, folder, ())
        if found is None:
            raise PermanentStageError(
                "no-cutout", "The product could not be cut out of the photo; send a plainer one."
            )
        return found

    def _model(self, work: Work, folder: Path, key: str) -> Product:
        path = self._store.model(key, folder)
        facts = self._darkroom.inspect(path, attempt=work.attempt, checkpoint=work.checkpoint)
        size = size_of_model(facts, _said(work))
        issues = tuple(warning(code) for code in (*facts.issues, *size.issues))
        return Product(path, Subject(sha256_of(path), size, facts), 1.0, issues)

    def _cutout(self, work: Work, folder: Path, warnings: tuple[JobWarning, ...]) -> Product | None:
        if Stage.CAPTION not in work.outputs:
            return None
        caption = work.output(Stage.CAPTION, Caption)
        path = caption.cutout and self._store.cutout(caption.cutout.key, folder)
        if not path:
            return None
        with Image.open(path) as opened:
            aspect = opened.height / opened.width
        size = size_of_cutout(aspect, _said(work), 1.0)
        if not size.known:
            warnings = (*warnings, warning("size-guessed"))
        return Product(path, Subject(sha256_of(path), size), aspect, warnings)


def _said(work: Work) -> Dimensions | None:
    return sized(work.request.dimensions_cm, work.request.shot)
