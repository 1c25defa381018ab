"""The `view` stage: a neutral photo of a product that came as a 3D model alone."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from backlot.contracts.errors import PermanentStageError
from backlot.contracts.jobs import View
from backlot.contracts.render import ShotWishes
from backlot.line.work import Outcome, Work
from services.render_worker.adapters.encoding import encode
from services.render_worker.adapters.store import ShotStore, sha256_of
from services.render_worker.notices import warning
from services.render_worker.port import PICTURE, Darkroom
from services.render_worker.provenance import xmp
from services.render_worker.sets.recipe import Recipe
from services.render_worker.shots import WHITE_SET, Order, Subject, plan_shot
from services.render_worker.sizing import Size, size_of_model

_SIDE_M = 0.36
"""Longest side of the product in the photo studio: size says nothing there, light does."""
_WISHES = ShotWishes(camera="three-quarter", padding=0.14)


class Viewer:
    """The handler of `view`.

    Args:
        darkroom: Takes the photo.
        store: Holds models and photos.
        recipes: The sets; the white one is where the photo is taken.
    """

    def __init__(self, darkroom: Darkroom, store: ShotStore, recipes: Mapping[str, Recipe]) -> None:
        self._darkroom = darkroom
        self._store = store
        self._studio = recipes[WHITE_SET]

    def __call__(self, work: Work) -> Outcome:
        """Photograph the model from its front, a little from above, in even light."""
        if work.product_key is None:
            raise PermanentStageError("missing-product", "The job has neither photo nor model.")
        with tempfile.TemporaryDirectory(prefix="backlot-") as name:
            folder = Path(name)
            path = self._store.model(work.product_key, folder)
            facts = self._darkroom.inspect(path, attempt=work.attempt, checkpoint=work.checkpoint)
            longest = max(facts.size)
            scale = _SIDE_M / longest
            x, y, z = (side * scale for side in facts.size)
            subject = Subject(sha256_of(path), Size((x, y, z), scale, known=True), facts)
            shot = plan_shot(self._studio, "three-quarter", subject, Order("draft", _WISHES))
            self._darkroom.shoot(
                shot, path, folder, attempt=work.attempt, checkpoint=work.checkpoint,
                progress=lambda fraction: work.progress(fraction, "photo"),
            )  # fmt: skip
            with Image.open(folder / PICTURE) as opened:
                data = encode(opened.convert("RGB"), "jpeg", xmp(shot))
        issues = (*facts.issues, *size_of_model(facts, work.request.dimensions_cm).issues)
        return Outcome(
            View(photo=self._store.keep_photo(work, data, shot.width, shot.height)),
            warnings=tuple(warning(code) for code in issues),
            versions=self._darkroom.versions,
        )
