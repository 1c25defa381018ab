"""The `build` stage, with the flat darkroom: a new set from a brief, kept and found again."""

import base64
import io
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image
from pydantic import SecretStr
from render_builders import FAKE_GLB, bottle, caption, match, stored, work

from backlot.backgrounds import BackgroundRecords
from backlot.blobs.memory import MemoryStore
from backlot.contracts.background import BackgroundAsset, SetFiles
from backlot.contracts.errors import PermanentStageError, TransientStageError
from backlot.contracts.ingest import IndexOrder, NotBuilt, SetDraft
from backlot.contracts.jobs import JobRequest
from backlot.contracts.stages import Stage
from backlot.line.work import Outcome, Work
from backlot.vocabulary import load_vocabulary
from services.render_worker.adapters.flat import FlatDarkroom
from services.render_worker.adapters.openai_images import Endpoint, OpenAiPainter
from services.render_worker.adapters.sets import RecipeShelf, SetStore
from services.render_worker.adapters.store import ShotStore
from services.render_worker.build import Builder
from services.render_worker.painter import Painter
from services.render_worker.render import Shooter
from services.render_worker.subjects import ProductReader

WORDS = load_vocabulary()


class Counting(FlatDarkroom):
    """Counts the pictures of empty sets."""

    previews = 0

    def preview(self, *args: object, **named: object) -> None:
        """Take one and count it."""
        self.previews += 1
        super().preview(*args, **named)  # type: ignore[arg-type]


class Painting:
    """A painter that gives what it is told to."""

    name = "stub-image-1"

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self.prompts: list[str] = []

    def paint(self, prompt: str) -> bytes:
        """The picture."""
        self.prompts.append(prompt)
        return self._answer


@pytest.fixture
def blobs() -> MemoryStore:
    """A store with a model and a cut-out."""
    return stored(model=FAKE_GLB, cutout=bottle())


def order(**request: object) -> Work:
    """A claimed `build` stage."""
    wish = {"generate": "always", "render": "draft", **request}
    asked = JobRequest.model_validate({**wish, "dimensions_cm": {"height": 20}})
    return work(with_model=True, stage=Stage.BUILD, request=asked)


def builder(
    blobs: MemoryStore, darkroom: FlatDarkroom | None = None, painter: Painter | None = None
) -> Builder:
    """The handler."""
    darkroom, store = darkroom or FlatDarkroom(), ShotStore(blobs)
    read = ProductReader(darkroom, store)
    return Builder(darkroom, SetStore(blobs), store, read, WORDS, painter)


def draft_of(outcome: Outcome) -> SetDraft:
    """The new set."""
    assert isinstance(outcome.output, SetDraft)
    return outcome.output


def picture(colour: str = "#406070") -> bytes:
    """A small PNG."""
    out = io.BytesIO()
    Image.new("RGB", (96, 64), colour).save(out, "PNG")
    return out.getvalue()


def test_a_set_is_composed_photographed_and_sent_on(blobs: MemoryStore) -> None:
    """Previews of every camera, a recipe, a stage that fits, words that are the vocabulary's."""
    outcome = builder(blobs)(order())
    draft = draft_of(outcome)
    assert outcome.insert == (Stage.DESCRIBE, Stage.INDEX)
    assert draft.source == "generated"
    assert [preview.view for preview in draft.previews] == ["front", "three-quarter"]
    for preview in draft.previews:
        with Image.open(io.BytesIO(blobs.get(preview.key))) as opened:
            assert (opened.format, opened.size) == ("WEBP", (640, 480))
    assert draft.said.stage is not None
    assert draft.said.stage.height_m >= 0.2
    setting = draft.said.facets["setting_studio"][0].term
    assert setting == "setting_studio/seamless-white-studio-backdrop"
    assert draft.triangles > 0


def test_the_set_can_be_shot_in_from_then_on(blobs: MemoryStore) -> None:
    """Once it is in the records, any job finds its recipe by its id."""
    draft = draft_of(builder(blobs)(order()))
    records, sets = BackgroundRecords(blobs), SetStore(blobs)
    shelf = RecipeShelf({}, records, sets)
    assert shelf.find(draft.said.id) is None
    records.put(described(draft), draft.content)
    found = shelf.find(draft.said.id)
    assert found is not None
    assert found.id == draft.said.id
    shooter = Shooter(FlatDarkroom(), ShotStore(blobs), shelf.find)
    outputs = {Stage.MATCH: match().model_copy(update={"ranked": ()}).model_dump_json()}
    shot = work(with_model=True, renders=1)
    wishes = shot.request.shot.model_copy(update={"backgrounds": (draft.said.id,)})
    request = shot.request.model_copy(update={"shot": wishes})
    made = shooter(work(with_model=True, request=request, outputs=outputs))
    assert made.output.model_dump()["pictures"][0]["background_id"] == draft.said.id


def described(draft: SetDraft) -> BackgroundAsset:
    """As `describe` gives it."""
    said = draft.said
    assert said.caption is not None
    assert said.stage is not None
    asset = BackgroundAsset(
        id=said.id, kind=said.kind, name=said.name, caption=said.caption, facets=said.facets,
        palette=(), stage=said.stage, licence=said.licence, source="generated",
        files=SetFiles(recipe=draft.recipe, previews=draft.previews),
    )  # fmt: skip
    return IndexOrder(background=asset, content=draft.content).background or asset


def test_a_redelivered_job_takes_over_what_is_there(blobs: MemoryStore) -> None:
    """The second claim renders nothing, and gives the same set."""
    darkroom = Counting()
    first = draft_of(builder(blobs, darkroom)(order()))
    taken = darkroom.previews
    assert taken == 3  # one to find the exposure, one for each camera
    assert draft_of(builder(blobs, darkroom)(order())) == first
    assert darkroom.previews == taken


def test_a_job_goes_on_without_a_set_that_cannot_be_built() -> None:
    """It has the library's; a strict one fails."""
    nothing = stored()
    bare = order()
    blind = caption(with_cutout=False).model_dump_json()
    without = replace(bare, product_key=None, outputs={**bare.outputs, Stage.CAPTION: blind})
    outcome = builder(nothing)(without)
    assert isinstance(outcome.output, NotBuilt)
    assert outcome.insert == ()
    assert [one.code for one in outcome.warnings] == ["set-not-built"]
    strict = without.request.model_copy(update={"policy": "strict"})
    with pytest.raises(PermanentStageError):
        builder(nothing)(replace(without, request=strict))


def test_a_painted_picture_becomes_a_backdrop_set(blobs: MemoryStore) -> None:
    """Labelled as generated in name, licence and versions; its floor takes up its foot's colour."""
    painter = Painting(picture())
    outcome = builder(blobs, painter=painter)(order(generator="picture"))
    draft = draft_of(outcome)
    assert draft.said.licence.id == "generated"
    assert "stub-image-1" in draft.said.licence.evidence
    assert "generated" in draft.said.name.en
    assert "생성" in draft.said.name.ko
    assert outcome.versions["painter"] == "stub-image-1"
    assert "No product" in painter.prompts[0]
    recipe = SetStore(blobs).recipe(draft.recipe or "")
    assert recipe is not None
    parts = {part.part: part for part in recipe.plan.parts}
    assert "#406070" in parts["top"].model_dump()["surface"]
    assert blobs.get(parts["photo_backdrop"].model_dump()["picture"])


def test_without_an_image_model_the_set_is_built_from_parts(blobs: MemoryStore) -> None:
    """And the seller is told."""
    outcome = builder(blobs)(order(generator="picture"))
    assert draft_of(outcome).said.licence.id == "Apache-2.0"
    assert [one.code for one in outcome.warnings] == ["no-painter"]


def test_what_is_no_picture_is_not_shown(blobs: MemoryStore) -> None:
    """The job goes on with the library's sets."""
    outcome = builder(blobs, painter=Painting(b"<html>"))(order(generator="picture"))
    assert outcome.output == NotBuilt(reason="painter-answer")


class _Images(BaseHTTPRequestHandler):
    """An OpenAI-compatible images endpoint that answers as its model's name says."""

    asked: dict[str, object] = {}

    def do_POST(self) -> None:
        """Answer one request."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        _Images.asked = {**body, "key": self.headers["Authorization"], "path": self.path}
        status, data = {
            "good": (200, {"data": [{"b64_json": base64.b64encode(picture()).decode()}]}),
            "busy": (429, {}),
            "rude": (400, {"error": "no"}),
            "mute": (200, {"data": []}),
        }[body["model"]]
        text = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def images() -> Iterator[str]:
    """The address of such an endpoint."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Images)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def test_the_painter_asks_as_openai_is_asked(images: str) -> None:
    """Model, prompt and key where the endpoint looks for them, and the picture's bytes back."""
    painter = OpenAiPainter(Endpoint(images, "good", SecretStr("k"), timeout_s=5))
    assert painter.paint("a quiet room") == picture()
    assert _Images.asked["path"] == "/v1/images/generations"
    assert _Images.asked["prompt"] == "a quiet room"
    assert _Images.asked["key"] == "Bearer k"


@pytest.mark.parametrize(
    ("model", "error", "reason"),
    [
        ("busy", TransientStageError, "painter-busy"),
        ("rude", PermanentStageError, "painter-refused"),
        ("mute", PermanentStageError, "painter-answer"),
    ],
)
def test_what_the_painter_says_of_failures(
    images: str, model: str, error: type[Exception], reason: str
) -> None:
    """A busy model may be asked again, one that refuses may not."""
    painter = OpenAiPainter(Endpoint(images, model, SecretStr(""), timeout_s=5))
    with pytest.raises(error) as caught:
        painter.paint("x")
    assert caught.value.reason == reason  # type: ignore[attr-defined]


def test_a_painter_that_is_away_may_come_back() -> None:
    """Nobody listens there."""
    painter = OpenAiPainter(Endpoint("http://127.0.0.1:9", "good", SecretStr(""), timeout_s=2))
    with pytest.raises(TransientStageError):
        painter.paint("x")
