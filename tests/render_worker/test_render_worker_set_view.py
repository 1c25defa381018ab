"""Backgrounds that come as a model alone are photographed, so that their colours are known."""

import io

import pytest
from PIL import Image
from render_builders import FAKE_GLB, RECIPES

from backlot.blobs.memory import MemoryStore
from backlot.contracts.background import Licence, StageArea
from backlot.contracts.errors import TransientStageError
from backlot.contracts.frozen import Localized
from backlot.contracts.ingest import NewBackground, SetDraft
from backlot.contracts.jobs import JobKind, JobRequest, View
from backlot.contracts.stages import Stage
from backlot.line.work import Outcome, Work
from services.render_worker.adapters.flat import FlatDarkroom
from services.render_worker.adapters.store import ShotStore
from services.render_worker.errors import stopped
from services.render_worker.set_view import VIEWS, WITHIN, SetViewer, view_of
from services.render_worker.shots import WHITE_SET

KEY = "library/files/my-set/model.glb"
SAID = NewBackground(
    id="my-set",
    kind="studio",
    name=Localized(en="My set", ko="내 세트"),
    licence=Licence(id="CC0-1.0", evidence="made by us"),
)


def work(kind: JobKind = JobKind.INGEST, said: NewBackground = SAID) -> Work:
    """A claimed `view` stage of a background."""
    draft = SetDraft(said=said, content="a", glb=KEY, to_view=True)
    return Work(
        job_id=f"job_{0:032x}", kind=kind, stage=Stage.VIEW, generation=1, fence=1, attempt=1,
        request=JobRequest(), photo=None, outputs={Stage.BUILD: draft.model_dump_json()},
    )  # fmt: skip


def viewed(model: bytes, darkroom: FlatDarkroom | None = None) -> tuple[Outcome, MemoryStore]:
    """Run the stage on a model."""
    blobs = MemoryStore()
    blobs.put(KEY, model, "model/gltf-binary")
    viewer = SetViewer(darkroom or FlatDarkroom(), ShotStore(blobs), RECIPES[WHITE_SET])
    return viewer(work()), blobs


def test_a_set_with_a_stage_is_seen_from_within() -> None:
    """Whole frames, from around where products stand, in the light of the record."""
    stage = StageArea(anchor=(0, 0.7, 0), width_m=1, depth_m=1, height_m=1, floor_area_m2=1)
    blobs = MemoryStore()
    blobs.put(KEY, FAKE_GLB, "model/gltf-binary")
    viewer = SetViewer(FlatDarkroom(), ShotStore(blobs), RECIPES[WHITE_SET])
    outcome = viewer(work(said=SAID.model_copy(update={"stage": stage})))
    assert isinstance(outcome.output, View)
    assert [preview.view for preview in outcome.output.previews] == list(WITHIN)
    for preview in outcome.output.previews:
        with Image.open(io.BytesIO(blobs.get(preview.key))) as picture:
            assert picture.size == (preview.width, preview.height) == (768, 576)


def test_three_pictures_are_kept_beside_the_model() -> None:
    """Each is there, as large as it says, and cut to the set."""
    outcome, blobs = viewed(FAKE_GLB)
    assert isinstance(outcome.output, View)
    assert [preview.view for preview in outcome.output.previews] == list(VIEWS)
    for preview in outcome.output.previews:
        assert preview.key.startswith("library/files/my-set/")
        with Image.open(io.BytesIO(blobs.get(preview.key))) as picture:
            assert picture.size == (preview.width, preview.height)
            assert picture.height > picture.width  # the fake's box is twice as high as wide


def test_a_second_claim_overwrites_its_own_pictures() -> None:
    """Keys come from the model, not from the claim."""
    first, _ = viewed(FAKE_GLB)
    second, _ = viewed(FAKE_GLB)
    assert first.output == second.output


def test_a_model_that_cannot_be_shot_is_no_reason_to_refuse_the_background() -> None:
    """The job goes on without pictures, and says so."""
    outcome, _ = viewed(b"no model at all")
    assert outcome.output == View()
    assert [warning.code for warning in outcome.warnings] == ["set-not-shot"]


def test_a_renderer_that_hangs_is_tried_again() -> None:
    """What is no fault of the model is not swallowed."""

    class Hanging(FlatDarkroom):
        def shoot(self, *_: object, **__: object) -> object:  # type: ignore[override]
            raise stopped("renderer-hung", "It did not answer.", 1)

    with pytest.raises(TransientStageError):
        viewed(FAKE_GLB, Hanging())


def test_each_kind_of_job_has_its_viewer() -> None:
    """A product's photo and a background's previews are different pictures."""
    product, background = Outcome(View()), Outcome(View())
    view = view_of(lambda _: product, lambda _: background)
    assert view(work(JobKind.INGEST)) is background
    assert view(work(JobKind.RECOMMEND)) is product
