"""Encoders without any model, for tests and for measuring an empty line.

They prove plumbing only: that vectors of the right shape travel to the right place, and that what
was made alike comes out alike. They know words by their letters and pictures by one colour;
nothing they score says anything about how well the product understands a photo.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from PIL import Image

from backlot.encoder.port import Vectors
from backlot.vocabulary import load_vocabulary
from backlot.vocabulary.colour import name_of

DIM = 256
VERSION = "1"
WORD_WEIGHT = 1.0
GRAM_WEIGHT = 0.25
GRAM = 3
LOGIT_SCALE = 20.0
COLOURS = 8
THUMB = 32

_WORD = re.compile(r"\w+")


class SyntheticSentenceEncoder:
    """Texts that share words, or pieces of words, get similar vectors; numpy only."""

    @property
    def space(self) -> str:
        """Stamp of the vector space."""
        return f"sentence:synthetic@{VERSION}"

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return DIM

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts, in order."""
        return _text_vectors(texts)


class SyntheticImageTextEncoder:
    """A picture gets the vector of the name of its most frequent colour; numpy and Pillow only."""

    @property
    def space(self) -> str:
        """Stamp of the vector space."""
        return f"synthetic@{VERSION}"

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return DIM

    @property
    def logit_scale(self) -> float:
        """Factor between cosine and logit."""
        return LOGIT_SCALE

    @property
    def logit_bias(self) -> float | None:
        """None: scores are meant for a softmax."""
        return None

    def encode_images(self, images: Sequence[Image.Image]) -> Vectors:
        """Encode RGB images, in order."""
        vocabulary = load_vocabulary()
        return _text_vectors([vocabulary.label(name_of(_colour(image))).en for image in images])

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode texts, in order."""
        return _text_vectors(texts)


def _text_vectors(texts: Sequence[str]) -> Vectors:
    """Hash words and letter groups to signed places, add them up, normalise."""
    vectors = np.zeros((len(texts), DIM), dtype=np.float32)
    for row, text in enumerate(texts):
        for piece, weight in _pieces(text.casefold()):
            place, sign = _place(piece)
            vectors[row, place] += sign * weight
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    # A text without any word, or whose pieces cancel out, still needs a direction.
    vectors[lengths[:, 0] == 0, 0] = 1.0
    lengths[lengths == 0] = 1.0
    return np.asarray(vectors / lengths, dtype=np.float32)


def _pieces(text: str) -> Iterator[tuple[str, float]]:
    """Yield every word and every group of three letters with its weight."""
    for word in _WORD.findall(text):
        yield f"w:{word}", WORD_WEIGHT
        framed = f"<{word}>"
        for first in range(len(framed) - GRAM + 1):
            yield f"g:{framed[first : first + GRAM]}", GRAM_WEIGHT


@lru_cache(maxsize=16_384)
def _place(piece: str) -> tuple[int, int]:
    """Return dimension and sign of a piece, the same in every process."""
    number = int.from_bytes(hashlib.blake2b(piece.encode(), digest_size=8).digest())
    return number % DIM, 1 if (number >> 32) & 1 else -1


def _colour(image: Image.Image) -> str:
    """Return the most frequent colour of the middle of a picture, as ``#rrggbb``."""
    width, height = image.size
    middle = image.convert("RGB").resize(
        (THUMB, THUMB),
        Image.Resampling.BOX,
        box=(width * 0.25, height * 0.25, width * 0.75, height * 0.75),
    )
    reduced = middle.quantize(COLOURS, dither=Image.Dither.NONE)
    most = int(np.bincount(np.asarray(reduced).ravel()).argmax())
    red, green, blue = (reduced.getpalette() or [])[3 * most : 3 * most + 3]
    return f"#{red:02x}{green:02x}{blue:02x}"
