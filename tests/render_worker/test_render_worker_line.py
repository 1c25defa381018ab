from collections.abc import Callable, Iterator

import pytest
from record_fixtures import make_manifest
from render_builders import FAKE_GLB, MODEL_KEY, RECIPES, SIZE, caption, match, stored

from backlot.blobs.memory import MemoryStore
from backlot.contracts.frozen import Frozen, Localized
from backlot.contracts.hints import Hint
from backlot.contracts.ingest import Indexed, IndexOrder, NotBuilt, SetDraft
from backlot.contracts.jobs import JobKind, JobStatus, Manifest, View
from backlot.contracts.match import Placed
from backlot.contracts.render import Pictures
from backlot.contracts.stages import Stage
from backlot.embedded.renderer import can_render, without_renderer
from backlot.line.body import job_body
from backlot.line.heart import Heart
from backlot.line.record import JobRecord, JobRecords
from backlot.line.runner import Runner
from backlot.line.table import line_for
from backlot.line.work import Handler, Outcome, Work
from backlot.vocabulary import load_vocabulary
from services.render_worker.adapters.flat import FlatDarkroom
from services.render_worker.adapters.sets import SetStore
from services.render_worker.adapters.store import ShotStore
from services.render_worker.build import Builder
from services.render_worker.render import Shooter
from services.render_worker.shot import ShotFacts
from services.render_worker.subjects import ProductReader
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
        self.render = Shooter(darkroom, store, RECIPES.get)
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


class Watched(FlatDarkroom):
    """Looks at the job each time a picture is taken."""

    def __init__(self, look: Callable[[], object]) -> None:
        super().__init__()
        self._look = look
        self.seen: list[object] = []

    def shoot(self, *args: object, **named: object) -> ShotFacts:
        """Take the picture and remember what clients saw before it."""
        self.seen.append(self._look())
        return super().shoot(*args, **named)  # type: ignore[arg-type]


def test_drafts_are_seen_while_finals_are_taken(line: Line) -> None:
    """Every picture shows as soon as it is done, and a final takes its draft's place."""

    def shown() -> list[str]:
        renders = job_body(line.record, line.blobs, "http://127.0.0.1").result.renders or ()
        return [render.quality for render in renders]

    line.start(manifest(render="final", renders=2))
    line.until_match()
    darkroom = Watched(shown)
    assert line.run(Stage.RENDER, Shooter(darkroom, ShotStore(line.blobs), RECIPES.get)) == "final"
    assert darkroom.seen == [[], ["draft"], ["draft", "draft"], ["final", "draft"]]
    assert shown() == ["final", "final"]


def test_a_final_that_is_no_larger_than_its_draft_is_taken_at_once(line: Line) -> None:
    """A thumbnail has no ladder."""
    line.start(manifest(render="final", renders=1, shot={"preset": "thumbnail"}))
    line.until_match()
    darkroom = Watched(lambda: None)
    line.run(Stage.RENDER, Shooter(darkroom, ShotStore(line.blobs), RECIPES.get))
    assert len(darkroom.seen) == 1


def test_a_picture_of_a_lost_claim_is_not_shown(line: Line) -> None:
    """Whoever holds the stage now says what there is to see."""
    line.start(manifest(render="draft"))
    line.until_match()
    hint = Hint(job_id=line.job_id, stage=Stage.RENDER, generation=1)
    claim = line.records.claim(hint, "w1")
    assert not isinstance(claim, str)
    assert line.records.show(claim, Pictures(pictures=()).model_dump_json()) == "ok"
    assert line.records.show(claim._replace(fence=claim.fence + 1), "{}") == "lost"
    assert line.record.outputs[Stage.RENDER] == Pictures(pictures=()).model_dump_json()


def test_a_set_made_for_the_job_is_recommended_and_shot_in(line: Line) -> None:
    """`generate: always` puts build behind match, and build puts describe and index behind itself.

    `index` is stood in for by the matcher's answer: the new set first.
    """
    line.start(manifest(render="draft", renders=1, generate="always"))
    assert Stage.BUILD in line.record.line
    line.until_match()
    store, darkroom = ShotStore(line.blobs), FlatDarkroom()
    sets = SetStore(line.blobs)
    read = ProductReader(darkroom, store)
    assert line.run(Stage.BUILD, Builder(darkroom, sets, store, read, load_vocabulary())) == "next"
    assert line.record.line[-4:] == (Stage.BUILD, Stage.DESCRIBE, Stage.INDEX, Stage.RENDER)
    draft = SetDraft.model_validate_json(line.record.outputs[Stage.BUILD])
    line.run(Stage.DESCRIBE, _gives(IndexOrder()))
    made = match().ranked[0].model_copy(update={"background_id": draft.said.id})
    card = match().cards[0].model_copy(update={"id": draft.said.id})
    found = match().model_copy(update={"ranked": (made,), "cards": (card,)})
    line.run(Stage.INDEX, _gives(Placed(background_id=draft.said.id, version=1, match=found)))
    recipe = sets.recipe(draft.recipe or "")
    shelf = {draft.said.id: recipe} if recipe else {}
    assert line.run(Stage.RENDER, Shooter(darkroom, store, shelf.get)) == "final"
    result = job_body(line.record, line.blobs, "http://127.0.0.1").result
    assert result.recommendations is not None
    assert result.renders is not None
    assert result.recommendations[0].background.id == draft.said.id
    assert result.renders[0].background_id == draft.said.id
    assert result.indexed == Indexed(background_id=draft.said.id, version=1)


def test_a_job_whose_set_was_not_built_goes_on(line: Line) -> None:
    """Nothing to describe and nothing to index: the pictures come next."""
    line.start(manifest(render="draft", renders=1, generate="always"))
    line.until_match()
    assert line.run(Stage.BUILD, _gives(NotBuilt(reason="no-cutout"))) == "next"
    assert line.record.stage is Stage.RENDER


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
