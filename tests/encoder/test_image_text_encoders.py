"""What every image-text encoder promises, on tiny open_clip models and the synthetic one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from backlot.encoder.openclip import OpenClipEncoder
from backlot.encoder.port import ImageTextEncoder, steps_of
from backlot.encoder.synthetic import SyntheticImageTextEncoder

IMAGES = [
    Image.new("RGB", (48, 32), "#0047ab"),
    Image.new("RGB", (20, 90), "#e8d9b5"),
    Image.linear_gradient("L").convert("RGB"),
]
TEXTS = ["a cobalt blue product", "a beige product", "a picture of a mug", "word " * 500]


@pytest.fixture(scope="module", params=["clip", "siglip", "siglip2", "bf16", "synthetic"])
def encoder(
    request: pytest.FixtureRequest, open_tiny: Callable[..., OpenClipEncoder]
) -> ImageTextEncoder:
    """Each encoder in turn."""
    if request.param == "synthetic":
        return SyntheticImageTextEncoder()
    kind = "clip" if request.param == "bf16" else request.param
    folder = f"tiny_{kind}_folder"
    precision = "bf16" if request.param == "bf16" else "fp32"
    return open_tiny(request.getfixturevalue(folder), precision=precision)


class TestImageTextEncoders:
    """One class for the port."""

    def test_rows(self, encoder: ImageTextEncoder) -> None:
        """Images and texts give rows of float32 of one width and of length 1."""
        for vectors, given in (
            (encoder.encode_images(IMAGES), IMAGES),
            (encoder.encode_texts(TEXTS), TEXTS),
        ):
            assert vectors.dtype == np.float32
            assert vectors.shape == (len(given), encoder.dim)
            assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_order(self, encoder: ImageTextEncoder) -> None:
        """Rows come in order, and company does not change an image or a text."""
        images = np.concatenate([encoder.encode_images([image]) for image in IMAGES])
        assert np.allclose(encoder.encode_images(IMAGES), images, atol=0.01)
        texts = np.concatenate([encoder.encode_texts([text]) for text in TEXTS])
        assert np.allclose(encoder.encode_texts(TEXTS), texts, atol=0.01)

    def test_different_inputs_differ(self, encoder: ImageTextEncoder) -> None:
        """Two colours, and two texts, are not the same point."""
        blue, beige = encoder.encode_images(IMAGES[:2])
        assert not np.allclose(blue, beige, atol=0.01)
        blue, beige = encoder.encode_texts(TEXTS[:2])
        assert not np.allclose(blue, beige, atol=0.01)

    def test_nothing(self, encoder: ImageTextEncoder) -> None:
        """Nothing gives no rows, of the right width."""
        assert encoder.encode_images([]).shape == (0, encoder.dim)
        assert encoder.encode_texts([]).shape == (0, encoder.dim)

    def test_many(self, encoder: ImageTextEncoder) -> None:
        """More than one batch is one answer."""
        images = [Image.new("RGB", (32, 32), (number, 40, 90)) for number in range(70)]
        assert encoder.encode_images(images).shape == (70, encoder.dim)
        texts = [f"thing number {number}" for number in range(300)]
        assert encoder.encode_texts(texts).shape == (300, encoder.dim)

    def test_threads(self, encoder: ImageTextEncoder) -> None:
        """Threads that encode at the same time get what one alone gets."""
        groups = [[f"{text} {number}" for text in TEXTS[:3]] for number in range(8)]
        with ThreadPoolExecutor(8) as pool:
            texts = list(pool.map(encoder.encode_texts, groups))
            images = list(pool.map(encoder.encode_images, [IMAGES] * 8))
        for vectors, group in zip(texts, groups, strict=True):
            assert np.allclose(vectors, encoder.encode_texts(group), atol=0.01)
        for vectors in images:
            assert np.allclose(vectors, encoder.encode_images(IMAGES), atol=0.01)

    def test_logits(self, encoder: ImageTextEncoder) -> None:
        """The scale is positive; the bias, where there is one, is negative."""
        assert encoder.logit_scale > 0
        assert encoder.logit_bias is None or encoder.logit_bias < 0

    def test_two_steps(self, encoder: ImageTextEncoder) -> None:
        """Prepared one by one and run together, pictures are what they are in one step."""
        prepare, run = steps_of(encoder)
        vectors = run([prepare(image) for image in IMAGES])
        assert np.allclose(vectors, encoder.encode_images(IMAGES), atol=0.01)

    def test_space(self, encoder: ImageTextEncoder) -> None:
        """The stamp says which model and which weights."""
        name, weights = encoder.space.split("@")
        assert name
        assert weights


def test_synthetic_colours() -> None:
    """The synthetic encoder puts a picture nearest to the name of its colour."""
    encoder = SyntheticImageTextEncoder()
    blue = encoder.encode_images([IMAGES[0]])[0]
    names = ["a cobalt blue product", "a red product", "a beige product"]
    assert int(np.argmax(encoder.encode_texts(names) @ blue)) == 0
