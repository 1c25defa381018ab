"""Pictures whose mask, colours and measures are known, because they are made here."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from backlot.blobs.memory import MemoryStore
from backlot.contracts.jobs import JobKind, JobRequest, StoredPhoto
from backlot.contracts.stages import Stage
from backlot.line.work import Work
from services.vision_worker.photo import Photo, from_picture

Colour = tuple[int, int, int]
Flags = NDArray[np.bool_]
WHITE: Colour = (255, 255, 255)
RED: Colour = (190, 30, 40)


def disc(
    height: int, width: int, radius: float, centre: tuple[float, float] | None = None
) -> Flags:
    """A filled circle; `centre` as (y, x), else the middle."""
    y, x = np.mgrid[:height, :width]
    middle_y, middle_x = centre or (height / 2, width / 2)
    flags: Flags = (y - middle_y) ** 2 + (x - middle_x) ** 2 <= radius**2
    return flags


def painted(product: Flags, colour: Colour, background: Colour = WHITE) -> NDArray[np.uint8]:
    """A product of one colour on a background of one colour."""
    rgb = np.empty((*product.shape, 3), np.uint8)
    rgb[:] = background
    rgb[product] = colour
    return rgb


def noisy(rgb: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    """With noise, the same every time."""
    noise = np.random.default_rng(1).normal(0, sigma, rgb.shape)
    return np.clip(rgb + noise, 0, 255).astype(np.uint8)


def patterned(height: int, width: int) -> NDArray[np.uint8]:
    """A background that is not plain: blocks of greens and browns, and noise."""
    rng = np.random.default_rng(2)
    colours = np.array([(70, 90, 60), (110, 95, 70), (90, 110, 80), (60, 70, 50)], np.uint8)
    blocks = colours[rng.integers(0, 4, (height // 12 + 1, width // 12 + 1))]
    return noisy(np.kron(blocks, np.ones((12, 12, 1), np.uint8))[:height, :width], 4)


def photo(rgb: NDArray[np.uint8]) -> Photo:
    """As the stage has it after decoding."""
    return from_picture(Image.fromarray(rgb))


def overlap(one: Flags, other: Flags) -> float:
    """Intersection over union."""
    return float((one & other).sum() / (one | other).sum())


def as_bytes(picture: Image.Image, kind: str = "PNG") -> bytes:
    """A picture as a file."""
    out = BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def stored(blobs: MemoryStore, data: bytes, **request: str) -> Work:
    """A claimed caption stage whose photo lies in the store."""
    blobs.put("photos/one", data, "image/png")
    return Work(
        job_id="job_" + "0" * 32,
        kind=JobKind.RECOMMEND,
        stage=Stage.CAPTION,
        generation=1,
        fence=7,
        attempt=1,
        request=JobRequest.model_validate(request),
        photo=StoredPhoto(
            key="photos/one", width=1, height=1, has_alpha=False, media_type="image/png"
        ),
    )
