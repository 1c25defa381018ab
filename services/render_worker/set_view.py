"""The `view` stage of a background that came as a GLB alone: pictures of it, to know it by.

Where it is known where products stand in it, it is seen from there, as it will be shot; else from
outside, like a model of itself.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from backlot.contracts.background import BackgroundAsset, Preview, StageArea
from backlot.contracts.errors import PermanentStageError
from backlot.contracts.ingest import SetDraft
from backlot.contracts.jobs import JobKind, View
from backlot.contracts.render import Angle, ShotWishes
from backlot.contracts.stages import Stage
from backlot.line.work import Handler, Outcome, Work
from services.render_worker.adapters.encoding import encode
from services.render_worker.adapters.store import ShotStore, sha256_of
from services.render_worker.composing.brought import brought_model, walked
from services.render_worker.notices import warning
from services.render_worker.port import MASK, PICTURE, Darkroom, Progress
from services.render_worker.port import View as Frame
from services.render_worker.provenance import drawn_xmp, xmp
from services.render_worker.sets.recipe import Recipe
from services.render_worker.shots import Order, Subject, plan_shot
from services.render_worker.sizing import Size

VIEWS: Mapping[str, Angle] = {"front": "hero", "three-quarter": "three-quarter", "high": "high"}
"""What a preview is called, and the angle it is taken from."""

WITHIN: Mapping[str, tuple[float, float]] = {
    "front": (0.0, 0.0), "three-quarter": (24.0, 9.0), "high": (8.0, 35.0),
}  # fmt: skip
"""The same names from within: degrees to the right of the front, least degrees of elevation."""

_SIZE, _SAMPLES = (768, 576), 8
_SIDE_M = 0.36
"""Longest side of the set as it stands in the photo studio, like a model of itself."""
_WISHES = ShotWishes(padding=0.04)
_AIR = 0.03
"""Of the picture's longer side, left around the set."""


class SetViewer:
    """The handler of `view` for backgrounds.

    From outside the set is photographed in the white studio, and the pictures are cut to it. A
    model that cannot be shot is no reason to refuse the background: its colours then come from its
    materials, and a warning says so.

    Args:
        darkroom: Takes the pictures.
        store: Holds models and pictures.
        studio: Where it stands.
    """

    def __init__(self, darkroom: Darkroom, store: ShotStore, studio: Recipe) -> None:
        self._darkroom = darkroom
        self._store = store
        self._studio = studio

    def __call__(self, work: Work) -> Outcome:
        """Photograph the set from three sides."""
        draft = work.output(Stage.BUILD, SetDraft)
        if draft.glb is None:
            raise PermanentStageError("missing-product", "The background has no model.")
        try:
            if draft.said.stage is not None:
                previews = self._from_within(work, draft, draft.said.stage, draft.glb)
            else:
                previews = self._previews(work, draft, draft.glb)
        except PermanentStageError:
            return Outcome(View(), warnings=(warning("set-not-shot"),))
        return Outcome(View(previews=previews), versions=self._darkroom.versions)

    def _from_within(
        self, work: Work, draft: SetDraft, stage: StageArea, key: str
    ) -> tuple[Preview, ...]:
        """Pictures of the empty set in its own light, around where products will stand."""
        recipe = brought_model(_as_asset(draft, stage), key)
        plan = walked(recipe.plan, stage.anchor, WITHIN)
        taken = []
        with tempfile.TemporaryDirectory(prefix="backlot-") as name:
            path = Path(name) / "preview.png"
            self._store.set_files(plan, path.parent)
            digest = sha256_of(path.with_name(Path(key).name))
            for number, view in enumerate(WITHIN):
                work.progress(number / len(WITHIN), "preview")
                self._darkroom.preview(
                    plan, Frame(view, *_SIZE, _SAMPLES), path, attempt=work.attempt,
                    checkpoint=work.checkpoint,
                )  # fmt: skip
                with Image.open(path) as opened:
                    picture = opened.convert("RGB")
                kept = self._keep(draft, f"{digest[:32]}-{view}", picture)
                taken.append(kept.model_copy(update={"view": view}))
        return tuple(taken)

    def _keep(self, draft: SetDraft, name: str, picture: Image.Image) -> Preview:
        data = encode(picture, "webp", drawn_xmp(name))
        key = self._store.keep_preview(draft.said.id, name, data)
        width, height = picture.size
        return Preview(view=name, key=key, width=width, height=height)

    def _previews(self, work: Work, draft: SetDraft, key: str) -> tuple[Preview, ...]:
        with tempfile.TemporaryDirectory(prefix="backlot-") as name:
            folder = Path(name)
            path = self._store.model(key, folder)
            facts = self._darkroom.inspect(path, attempt=work.attempt, checkpoint=work.checkpoint)
            scale = _SIDE_M / max(facts.size)
            x, y, z = (side * scale for side in facts.size)
            digest = sha256_of(path)
            subject = Subject(digest, Size((x, y, z), scale, known=True), facts)
            taken = []
            for number, (view, angle) in enumerate(VIEWS.items()):
                shot = plan_shot(self._studio, angle, subject, Order("draft", _WISHES))
                self._darkroom.shoot(
                    shot, path, folder, attempt=work.attempt, checkpoint=work.checkpoint,
                    progress=_part_of(work, number),
                )  # fmt: skip
                picture = _cut(folder)
                data = encode(picture, "webp", xmp(shot))
                kept = self._store.keep_preview(draft.said.id, f"{digest[:32]}-{view}", data)
                width, height = picture.size
                taken.append(Preview(view=view, key=kept, width=width, height=height))
        return tuple(taken)


def _as_asset(draft: SetDraft, stage: StageArea) -> BackgroundAsset:
    """The background as far as it is known before it is described."""
    said = draft.said
    return BackgroundAsset(
        id=said.id,
        kind=said.kind,
        name=said.name,
        caption=said.caption or said.name,
        facets=said.facets,
        palette=draft.palette,
        stage=stage,
        cameras=said.cameras,
        lights=said.lights,
        licence=said.licence,
        source=draft.source,
    )


def _part_of(work: Work, number: int) -> Progress:
    """Return what tells the progress of one picture as that of all."""
    return lambda part: work.progress((number + part) / len(VIEWS), "preview")


def view_of(product: Handler, background: Handler) -> Handler:
    """Return the handler of `view`: one for products, one for backgrounds."""

    def view(work: Work) -> Outcome:
        return (background if work.kind is JobKind.INGEST else product)(work)

    return view


def _cut(folder: Path) -> Image.Image:
    """The picture around what stands in it: the studio is not part of the set."""
    with Image.open(folder / PICTURE) as opened:
        picture = opened.convert("RGB")
    with Image.open(folder / MASK) as opened:
        seen = np.argwhere(np.asarray(opened.getchannel(opened.getbands()[-1])) > 0)
    if not len(seen):
        return picture
    air = round(max(picture.size) * _AIR)
    (top, left), (bottom, right) = seen.min(axis=0) - air, seen.max(axis=0) + 1 + air
    wide, tall = picture.size
    box = (max(int(left), 0), max(int(top), 0), min(int(right), wide), min(int(bottom), tall))
    return picture.crop(box)
