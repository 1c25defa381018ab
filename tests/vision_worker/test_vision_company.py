"""The real handler with a real, tiny network: odd photos, and the same answers in company."""

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from tiny_clip import write_tiny_clip
from vision_photos import RED, as_bytes, disc, painted, patterned, stored

from backlot.blobs.memory import MemoryStore
from backlot.contracts.caption import Caption
from backlot.contracts.errors import PermanentStageError
from backlot.encoder.models import FOLDER
from backlot.encoder.profiles import EncoderSettings
from backlot.line.work import Handler, Work
from services.vision_worker.batching import MicroBatcher
from services.vision_worker.caption import Captioner
from services.vision_worker.engines import build_captioner
from services.vision_worker.settings import VisionSettings

SAME = 2e-2
"""Scores of a softmax over random weights, in bf16 and in batches of any size."""


@pytest.fixture(scope="module")
def encoders(tmp_path_factory: pytest.TempPathFactory) -> EncoderSettings:
    """A network of open_clip with random weights, in both roles."""
    folder = tmp_path_factory.mktemp("tiny")
    name = f"{FOLDER}{write_tiny_clip(folder / 'clip', custom_text=False)}"
    return EncoderSettings(
        product_model=name,
        scene_model=name,
        sentence_model="synthetic",
        device="cpu",
        precision="fp32",
        torch_threads=1,
        cache=folder,
    )


@pytest.fixture(scope="module")
def blobs() -> MemoryStore:
    """One store for all."""
    return MemoryStore()


@pytest.fixture(scope="module")
def handler(blobs: MemoryStore, encoders: EncoderSettings) -> Handler:
    """The worker's handler, batching up to four."""
    return build_captioner(VisionSettings(batch_size=4, batch_wait_ms=20), blobs, encoders)


def work_of(blobs: MemoryStore, name: str, data: bytes) -> Work:
    """A claimed stage with this photo, under a key of its own."""
    work = stored(blobs, b"")
    key = f"photos/{name.replace(' ', '-')}"
    blobs.put(key, data, "image/png")
    assert work.photo is not None
    photo = work.photo.model_copy(update={"key": key})
    return replace(work, job_id=f"job_{name.encode().hex():0>32.32}", photo=photo)


def caption_of(handler: Handler, work: Work) -> Caption:
    """The caption of a photo."""
    return Caption.model_validate_json(handler(work).output.model_dump_json())


def shop_photo(number: int) -> bytes:
    """A photo that is not like the others."""
    rgb = painted(disc(260, 320, 60 + 4 * number), (40 + 20 * number, 200 - 15 * number, 90))
    picture = Image.fromarray(rgb)
    ImageDraw.Draw(picture).rectangle((150, 100, 170, 100 + 5 * number), fill=RED)
    return as_bytes(picture)


def scores_of(caption: Caption) -> dict[str, float]:
    """Every score by term."""
    return {term.term: term.score for terms in caption.facets.values() for term in terms}


def test_same_alone_and_in_company(handler: Handler, blobs: MemoryStore) -> None:
    """A photo's facets are the same, up to float noise, alone and in any batch."""
    works = [work_of(blobs, f"shop{number}", shop_photo(number)) for number in range(8)]
    alone = [caption_of(handler, replace(work, alone=True)) for work in works]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda work: caption_of(handler, work), works))
    for one, other in zip(alone, together, strict=True):
        ours, theirs = scores_of(one), scores_of(other)
        assert ours
        for term in ours.keys() & theirs.keys():
            assert ours[term] == pytest.approx(theirs[term], abs=SAME)
        for term in ours.keys() ^ theirs.keys():
            # A term at the end of its list may swap with one that scores the same.
            assert min((ours | theirs)[term], max((ours | theirs).values())) < 1
        assert one.palette == other.palette
        assert [text.source for text in one.texts] == [text.source for text in other.texts]


def test_one_bad_photo_among_good_ones(handler: Handler, blobs: MemoryStore) -> None:
    """A photo that cannot be read fails alone; those beside it are described."""
    works = [work_of(blobs, f"mixed{n}", b"junk" if n == 2 else shop_photo(n)) for n in range(5)]

    def ended(work: Work) -> str:
        try:
            return caption_of(handler, work).palette[0].name
        except PermanentStageError as error:
            return error.reason

    with ThreadPoolExecutor(5) as pool:
        results = list(pool.map(ended, works))
    assert results[2] == "photo-unreadable"
    assert all(result.startswith("colour_name/") for n, result in enumerate(results) if n != 2)


def test_batches_are_shared(blobs: MemoryStore, encoders: EncoderSettings) -> None:
    """Photos of several jobs go through the network together."""
    handler = build_captioner(VisionSettings(batch_size=16, batch_wait_ms=400), blobs, encoders)
    assert isinstance(handler, Captioner)
    batcher: MicroBatcher = handler._eye._batcher
    runs, pictures = batcher.tally.runs, batcher.tally.pictures
    works = [work_of(blobs, f"shared{number}", shop_photo(number)) for number in range(8)]
    start = threading.Barrier(8)

    def describe(work: Work) -> Caption:
        start.wait(30)
        return caption_of(handler, work)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(describe, works))
    assert batcher.tally.pictures - pictures == 16
    assert batcher.tally.runs - runs < 8


def sixteen_bit(colour: bool) -> bytes:
    """A picture with 16 bits a channel; Pillow writes grey ones only."""
    grey = (painted(disc(200, 240, 60), RED)[..., 0].astype(np.uint16)) * 257
    picture = Image.fromarray(grey)
    return as_bytes(picture, "TIFF" if colour else "PNG")


ODD: dict[str, Callable[[], bytes]] = {
    "alpha cut-out": lambda: as_bytes(
        Image.fromarray(
            np.dstack([painted(disc(200, 240, 60), RED), disc(200, 240, 60) * 255]).astype(np.uint8)
        )
    ),
    "all transparent": lambda: as_bytes(Image.new("RGBA", (80, 60), (0, 0, 0, 0))),
    "grey": lambda: as_bytes(Image.fromarray(painted(disc(200, 240, 60), RED)).convert("L")),
    "grey with alpha": lambda: as_bytes(Image.fromarray(patterned(90, 120)).convert("LA")),
    "palette": lambda: as_bytes(Image.fromarray(painted(disc(200, 240, 60), RED)).convert("P")),
    "black and white": lambda: as_bytes(Image.fromarray(patterned(90, 120)).convert("1")),
    "cmyk": lambda: as_bytes(Image.fromarray(patterned(90, 120)).convert("CMYK"), "JPEG"),
    "16 bit png": lambda: sixteen_bit(colour=False),
    "16 bit tiff": lambda: sixteen_bit(colour=True),
    "float tiff": lambda: as_bytes(Image.fromarray(np.full((60, 80), 0.5, np.float32)), "TIFF"),
    "panorama": lambda: as_bytes(Image.fromarray(patterned(40, 4000))),
    "tower": lambda: as_bytes(Image.fromarray(patterned(4000, 40))),
    "one pixel wide": lambda: as_bytes(Image.fromarray(patterned(900, 1))),
    "one pixel high": lambda: as_bytes(Image.fromarray(patterned(1, 900))),
    "one pixel": lambda: as_bytes(Image.new("RGB", (1, 1), "red")),
    "one colour": lambda: as_bytes(Image.new("RGB", (300, 200), "#336699")),
    "nothing": lambda: b"",
    "half a file": lambda: shop_photo(1)[:300],
    "text": lambda: b"this is no picture",
}


@pytest.mark.parametrize("name", ODD)
def test_odd_photos(handler: Handler, blobs: MemoryStore, name: str) -> None:
    """Every odd photo gives a whole caption or a typed error, and never anything else."""
    work = work_of(blobs, name, ODD[name]())
    if name in {"nothing", "half a file", "text"}:
        with pytest.raises(PermanentStageError, match="photo-unreadable"):
            handler(work)
        return
    caption = caption_of(handler, work)
    assert len(caption.texts) >= 4
    assert sum(swatch.share for swatch in caption.palette) == pytest.approx(1, abs=1e-3)
    assert all(np.isfinite(term.score) for terms in caption.facets.values() for term in terms)
    for ref in caption.embeddings.values():
        vector = np.load(io.BytesIO(blobs.get(ref.key)))
        assert np.linalg.norm(vector.astype(np.float32)) == pytest.approx(1, abs=1e-2)


def test_16_bits_are_not_cut_off(handler: Handler, blobs: MemoryStore) -> None:
    """A dark grey of 16 bits is dark grey, not white: the upper bits count."""
    grey = Image.fromarray(np.full((200, 200), 60 * 257, np.uint16))
    caption = caption_of(handler, work_of(blobs, "dark16", as_bytes(grey)))
    assert caption.measures.photo_lightness == pytest.approx(25, abs=3)


def test_low_memory(blobs: MemoryStore, encoders: EncoderSettings, tmp_path: Path) -> None:
    """In low memory the worker lets the text towers go and still sees."""
    lean = encoders.model_copy(update={"low_memory": True, "cache": tmp_path})
    handler = build_captioner(VisionSettings(), blobs, lean)
    assert caption_of(handler, work_of(blobs, "lean", shop_photo(3))).embeddings
