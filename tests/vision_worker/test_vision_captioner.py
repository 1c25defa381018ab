"""The caption stage as the line sees it: from a stored photo to a caption, or a typed error."""

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from vision_photos import RED, as_bytes, disc, painted, patterned, stored

from backlot.blobs.memory import MemoryStore
from backlot.blobs.port import BlobUnavailableError
from backlot.contracts.caption import Caption
from backlot.contracts.errors import CanceledError, PermanentStageError, TransientStageError
from backlot.contracts.terms import FactSource
from backlot.encoder.hints import HintReader
from backlot.encoder.profiles import EncoderSettings
from backlot.encoder.synthetic import SyntheticSentenceEncoder
from backlot.line.work import Handler, Outcome
from backlot.vocabulary import load_vocabulary
from services.vision_worker.adapters.store import PictureStore
from services.vision_worker.batching import BatchLimits, MicroBatcher
from services.vision_worker.caption import Captioner
from services.vision_worker.engines import build_captioner
from services.vision_worker.eye import Eye
from services.vision_worker.fake import EmptyCaptioner
from services.vision_worker.looker import Looker
from services.vision_worker.settings import VisionSettings


@pytest.fixture
def blobs() -> MemoryStore:
    """An empty store."""
    return MemoryStore()


@pytest.fixture
def encoders(tmp_path: Path) -> EncoderSettings:
    """Encoders without weights: what they see are colours."""
    return EncoderSettings(profile="synthetic", cache=tmp_path)


@pytest.fixture
def blind(blobs: MemoryStore, tmp_path: Path) -> Handler:
    """The real captioner where no image weights are installed."""
    vocabulary = load_vocabulary()
    return Captioner(
        store=PictureStore(blobs),
        vocabulary=vocabulary,
        hints=HintReader(vocabulary, SyntheticSentenceEncoder(), tmp_path),
        eye=Eye({}, MicroBatcher(BatchLimits())),
        looker=Looker(vocabulary, {}, tmp_path),
        versions={"vocabulary": vocabulary.version},
        texts=8,
        cutout_side=1024,
    )


@pytest.fixture
def seeing(blobs: MemoryStore, encoders: EncoderSettings) -> Handler:
    """The real captioner with an image encoder."""
    return build_captioner(VisionSettings(), blobs, encoders)


@pytest.fixture
def fake(blobs: MemoryStore) -> Handler:
    """What the setting selects."""
    return build_captioner(VisionSettings(engines="fake"), blobs)


def product_photo() -> Image.Image:
    """A red disc on white."""
    return Image.fromarray(painted(disc(300, 400, 100), RED))


def caption_of(outcome: Outcome) -> Caption:
    """The caption of an outcome, as it comes back from the record."""
    return Caption.model_validate_json(outcome.output.model_dump_json())


@pytest.mark.parametrize("kind", ["blind", "seeing", "fake"])
class TestEveryCaptioner:
    """What the line may expect of the stage, real or fake."""

    @pytest.fixture
    def handler(self, kind: str, request: pytest.FixtureRequest) -> Handler:
        """One of the captioners."""
        handler: Handler = request.getfixturevalue(kind)
        return handler

    def test_caption(self, handler: Handler, blobs: MemoryStore) -> None:
        """A photo gives a caption with four sentences, a palette and a version."""
        outcome = handler(stored(blobs, as_bytes(product_photo())))
        caption = caption_of(outcome)
        assert len(caption.texts) >= 4
        assert sum(swatch.share for swatch in caption.palette) == pytest.approx(1)
        assert outcome.versions

    def test_same_photo_same_caption(self, handler: Handler, blobs: MemoryStore) -> None:
        """The same photo gives the same caption."""
        work = stored(blobs, as_bytes(product_photo()), title="Red lamp")
        assert handler(work).output == handler(work).output


def test_blind_with_title(blind: Handler, blobs: MemoryStore) -> None:
    """Without image weights the title names the product, and a warning says what is missing."""
    outcome = blind(stored(blobs, as_bytes(product_photo()), category="coffee mug"))
    caption = caption_of(outcome)
    assert caption.texts[0].text == "The product is a coffee mug."
    assert caption.facets["product_category"][0].source is FactSource.HINT
    assert caption.facets["colour_name"][0].term == "colour_name/red"
    assert [warning.code for warning in outcome.warnings] == ["no-image-encoder"]
    assert caption.embeddings == {}


def test_blind_without_title(blind: Handler, blobs: MemoryStore) -> None:
    """With neither weights nor title there are measured facts only, and that is said."""
    outcome = blind(stored(blobs, as_bytes(product_photo())))
    caption = caption_of(outcome)
    codes = [warning.code for warning in outcome.warnings]
    assert codes == ["no-image-encoder", "measured-only"]
    assert "product_category" not in caption.facets
    assert {text.source for text in caption.texts} == {FactSource.MEASURED}


def test_cutout_is_stored(blind: Handler, blobs: MemoryStore) -> None:
    """The cut-out lies in the store as a picture with alpha, under a key of this claim."""
    work = stored(blobs, as_bytes(product_photo()))
    cutout = caption_of(blind(work)).cutout
    assert cutout is not None
    assert cutout.key == work.blob_key("cutout.webp")
    assert cutout.method == "plain-background"
    picture = Image.open(io.BytesIO(blobs.get(cutout.key)))
    assert picture.mode == "RGBA"
    assert picture.size == pytest.approx((200, 200), abs=4)


def test_cutout_side(blobs: MemoryStore, encoders: EncoderSettings) -> None:
    """The setting limits the cut-out's longer side."""
    handler = build_captioner(VisionSettings(cutout_side=64), blobs, encoders)
    cutout = caption_of(handler(stored(blobs, as_bytes(product_photo())))).cutout
    assert cutout is not None
    assert max(Image.open(io.BytesIO(blobs.get(cutout.key))).size) <= 64


def test_embeddings_are_stored(seeing: Handler, blobs: MemoryStore) -> None:
    """With an encoder both vectors are stored in half precision, stamped with their space."""
    outcome = seeing(stored(blobs, as_bytes(product_photo())))
    caption = caption_of(outcome)
    assert set(caption.embeddings) == {"product", "scene"}
    for ref in caption.embeddings.values():
        vector = np.load(io.BytesIO(blobs.get(ref.key)))
        assert vector.dtype == np.float16
        assert vector.shape == (ref.dim,)
        assert np.linalg.norm(vector.astype(np.float32)) == pytest.approx(1, abs=1e-2)
        assert ref.space in outcome.versions.values()
    assert caption.facets["material"][0].raw


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "CMYK", "RGBA"])
def test_picture_modes(blind: Handler, blobs: MemoryStore, mode: str) -> None:
    """Greyscale, palettes and alpha all give a caption."""
    kind = "TIFF" if mode == "CMYK" else "PNG"
    data = as_bytes(product_photo().convert(mode), kind)
    assert len(caption_of(blind(stored(blobs, data))).texts) >= 4


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (1600, 9)])
def test_odd_sizes(blind: Handler, blobs: MemoryStore, size: tuple[int, int]) -> None:
    """One pixel wide pictures and panoramas give a caption."""
    picture = Image.fromarray(patterned(size[1], size[0]))
    assert len(caption_of(blind(stored(blobs, as_bytes(picture)))).texts) >= 4


def test_one_colour_photo(blind: Handler, blobs: MemoryStore) -> None:
    """A photo without a product has no cut-out, says so, and is still described."""
    caption = caption_of(blind(stored(blobs, as_bytes(Image.new("RGB", (640, 480), "#336699")))))
    assert caption.cutout is None
    assert "poor-cutout" in {warning.code for warning in caption.photo_warnings}
    assert len(caption.texts) >= 4


def test_texts_setting(blobs: MemoryStore, encoders: EncoderSettings) -> None:
    """The setting limits the sentences."""
    handler = build_captioner(VisionSettings(caption_texts=4), blobs, encoders)
    work = stored(blobs, as_bytes(product_photo()), title="Red lamp")
    assert len(caption_of(handler(work)).texts) == 4


@pytest.mark.parametrize(
    "data", [b"", b"no picture", as_bytes(product_photo())[:400]], ids=["empty", "text", "cut"]
)
def test_unreadable_photo(blind: Handler, blobs: MemoryStore, data: bytes) -> None:
    """A stored photo that cannot be decoded fails the job with that reason, for good."""
    with pytest.raises(PermanentStageError) as caught:
        blind(stored(blobs, data))
    assert caught.value.reason == "photo-unreadable"


def test_photo_gone(blind: Handler, blobs: MemoryStore) -> None:
    """A photo that is no longer there fails the job for good."""
    work = stored(blobs, b"x")
    blobs.delete("photos/one")
    with pytest.raises(PermanentStageError) as caught:
        blind(work)
    assert caught.value.reason == "photo-gone"


def test_no_photo(blind: Handler, blobs: MemoryStore) -> None:
    """A job without a photo is a broken line."""
    work = stored(blobs, b"x")
    with pytest.raises(PermanentStageError) as caught:
        blind(replace(work, photo=None))
    assert caught.value.reason == "missing-photo"


class SilentStore(MemoryStore):
    """A store that gives photos and takes nothing."""

    def put(self, key: str, data: bytes, media_type: str) -> None:
        """Refuse what the stage makes."""
        if key.startswith("jobs/"):
            raise BlobUnavailableError("silent")
        super().put(key, data, media_type)


def test_store_that_does_not_answer(encoders: EncoderSettings) -> None:
    """A store that does not answer puts the stage back instead of failing the job."""
    blobs = SilentStore()
    handler = build_captioner(VisionSettings(), blobs, encoders)
    with pytest.raises(TransientStageError) as caught:
        handler(stored(blobs, as_bytes(product_photo())))
    assert caught.value.reason == "blobs-unavailable"


def test_canceled_between_steps(blind: Handler, blobs: MemoryStore) -> None:
    """A job canceled while the photo is looked at leaves nothing in the store."""
    asked = 0

    def cancel() -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise CanceledError

    work = stored(blobs, as_bytes(product_photo()))
    with pytest.raises(CanceledError):
        blind(replace(work, checkpoint=cancel))
    assert list(blobs.keys("jobs/")) == []


def test_fake_needs_no_photo(blobs: MemoryStore) -> None:
    """The fake answers without reading anything, so that it measures the line alone."""
    work = stored(blobs, b"x")
    blobs.delete("photos/one")
    caption = caption_of(EmptyCaptioner()(work))
    assert caption.cutout is None
    assert json.loads(caption.model_dump_json())["facets"] == {}
