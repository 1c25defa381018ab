from collections.abc import Iterator

import pytest
from record_fixtures import make_manifest
from render_builders import FAKE_GLB, MODEL_KEY, RECIPES, SIZE, caption, match, stored

from backlot.blobs.memory import MemoryStore
from backlot.contracts.frozen import Frozen, Localized
from backlot.contracts.hints import Hint
from backlot.contracts.jobs import JobKind, JobStatus, Manifest, View
from backlot.contracts.stages import Stage
from backlot.embedded.renderer import can_render, without_renderer
from backlot.line.body import job_body
from backlot.line.heart import Heart
from backlot.line.record import JobRecord, JobRecords
from backlot.line.runner import Runner
from backlot.line.table import line_for
from backlot.line.work import Handler, Outcome, Work
from services.render_worker.adapters.flat import FlatDarkroom
from services.render_worker.adapters.store import ShotStore
from services.render_worker.render import Shooter
from services.render_worker.view import Viewer


def manifest(*, photo: bool = True, **request: object) -> Manifest:
    """A job with a model, and a photo unless told otherwise."""
    size = SIZE.model_dump()
    made = make_manifest(dimensions_cm=size, **request).model_copy(
        update={"product_key": MODEL_KEY}
    )
    return made if photo else made.model_copy(update={"photo": None})


class Line:
    """One job that goes through its stages by hand."""

    def __init__(self, records: JobRecords, heart: Heart) -> None:
        self.records = records
        self.runner = Runner(records, heart, "w1", max_tries=2)
        self.blobs = stored(model=FAKE_GLB)
        store, darkroom = ShotStore(self.blobs), FlatDarkroom()
        self.render = Shooter(darkroom, store, RECIPES)
        self.view = Viewer(darkroom, store, RECIPES)

    def start(self, job: Manifest) -> None:
        """Bring a job into being."""
        self.records.create(job)
        self.job_id = job.job_id

    def run(self, stage: Stage, handler: Handler) -> str:
        """Run a stage."""
        return self.runner.run(Hint(job_id=self.job_id, stage=stage, generation=1), handler)

    def until_match(self) -> None:
        """The stages before the pictures, as they would have ended."""
        for stage, output in (
            (Stage.CAPTION, caption(with_cutout=False)),
            (Stage.REFINE, Localized(en="x", ko="x")),
            (Stage.MATCH, match()),
        ):
            self.run(stage, _gives(output))

    @property
    def record(self) -> JobRecord:
        """The job now."""
        record = self.records.get(self.job_id)
        assert record is not None
        return record


def _gives(output: Frozen) -> Handler:
    def handler(_: Work) -> Outcome:
        return Outcome(output)

    return handler


@pytest.fixture
def line(records: JobRecords) -> Iterator[Line]:
    """A line whose heart stops afterwards."""
    heart = Heart(records, 60)
    yield Line(records, heart)
    heart.stop()


def test_pictures_are_a_stage_only_when_asked_for() -> None:
    """Without a wish the line ends with match; a rematch follows the same rule."""
    assert Stage.RENDER not in line_for(manifest())
    assert line_for(manifest(render="draft"))[-1] is Stage.RENDER
    again = manifest(render="final").model_copy(update={"kind": JobKind.REMATCH})
    assert line_for(again) == (Stage.MATCH, Stage.RENDER)


def test_a_model_without_a_photo_is_viewed_first() -> None:
    """View comes before caption, and only then."""
    assert line_for(manifest(photo=False))[0] is Stage.VIEW
    assert Stage.VIEW not in line_for(manifest())


def test_without_a_render_worker_other_jobs_finish(line: Line) -> None:
    """A job that did not ask for pictures ends with its recommendations."""
    line.start(manifest())
    line.until_match()
    assert line.record.status is JobStatus.SUCCEEDED


def test_a_job_that_wants_pictures_waits_for_the_worker_and_then_finishes(line: Line) -> None:
    """At zero workers it stays at render with all else done; the worker's return ends it."""
    line.start(manifest(render="draft", renders=2))
    line.until_match()
    assert (line.record.status, line.record.stage) == (JobStatus.PROCESSING, Stage.RENDER)
    body = job_body(line.record, line.blobs, "http://127.0.0.1")
    assert body.result.recommendations is not None
    assert body.result.renders is None
    assert line.run(Stage.RENDER, line.render) == "final"
    body = job_body(line.record, line.blobs, "http://127.0.0.1")
    assert body.status is JobStatus.SUCCEEDED
    assert body.result.renders is not None
    assert len(body.result.renders) == 2
    assert all(render.url and render.recipe_url for render in body.result.renders)


def test_the_photo_of_a_model_is_what_caption_reads(line: Line) -> None:
    """What view stored is the photo of every later stage."""
    line.start(manifest(photo=False))
    line.run(Stage.VIEW, line.view)
    seen: list[Work] = []

    def look(work: Work) -> Outcome:
        seen.append(work)
        return Outcome(caption(with_cutout=False))

    line.run(Stage.CAPTION, look)
    stored_view = View.model_validate_json(line.record.outputs[Stage.VIEW])
    assert seen[0].photo == stored_view.photo
    assert isinstance(line.blobs, MemoryStore)
    assert line.blobs.get(stored_view.photo.key)[:2] == b"\xff\xd8"


@pytest.mark.parametrize(
    ("environment", "able"),
    [
        ({"BACKLOT_RENDER_PYTHON": "/usr/bin/python3"}, True),
        ({"BACKLOT_ENGINES": "fake"}, True),
    ],
)
def test_the_embedded_line_shoots_where_it_can(environment: dict[str, str], able: bool) -> None:
    """The render worker is one of its programs exactly where there is a renderer."""
    assert can_render(environment) is able
    programs = without_renderer({"api": "a", "render_worker": "b"}, environment)
    assert ("render_worker" in programs) is able
    assert "api" in programs
