"""The two kinds of encoders: image-text and sentence; all vectors are float32 and of length 1."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Vectors = NDArray[np.float32]
"""Shape (n, dim), rows normalised to length 1."""


class SentenceEncoder(Protocol):
    """Text to vectors, for text-to-text similarity."""

    @property
    def space(self) -> str:
        """Stamp of the vector space: model name and weights hash."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts, in order."""
        ...


class ImageTextEncoder(Protocol):
    """Images and texts into one space."""

    @property
    def space(self) -> str:
        """Stamp of the vector space: model name and weights hash."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    @property
    def logit_scale(self) -> float:
        """Factor between cosine and logit the model was trained with."""
        ...

    @property
    def logit_bias(self) -> float | None:
        """Bias of sigmoid-trained models (SigLIP); None for softmax-trained ones."""
        ...

    def encode_images(self, images: Sequence[Image.Image]) -> Vectors:
        """Encode RGB images, in order."""
        ...

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode texts, in order."""
        ...
