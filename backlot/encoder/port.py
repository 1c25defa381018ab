"""The two kinds of encoders: image-text and sentence; all vectors are float32 and of length 1."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

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


Prepared = Any
"""One picture as its encoder's network takes it; only that encoder knows what it is."""


@runtime_checkable
class TwoStepEncoder(Protocol):
    """What an image-text encoder may offer so that many threads prepare and one runs."""

    def prepare(self, image: Image.Image) -> Prepared:
        """Make of one RGB picture what the network takes; on the CPU, by any number of threads."""
        ...

    def encode_prepared(self, prepared: Sequence[Prepared]) -> Vectors:
        """Run the network once on all of them, in order.

        Raises:
            EngineMemoryError: They did not fit; fewer may.
            EngineLostError: The device is gone for this process.
        """
        ...


@runtime_checkable
class SqueezingEncoder(Protocol):
    """What an image-text encoder may tell of how it takes pictures that are no squares."""

    @property
    def squeezes(self) -> bool:
        """True where it learnt from squeezed pictures and crops nothing away for good."""
        ...


@runtime_checkable
class ForgetfulEncoder(Protocol):
    """What an image-text encoder may offer to whom needs no texts any more."""

    def let_go_of_texts(self) -> None:
        """Free what texts alone need; from now on `encode_texts` is refused."""
        ...


class Steps(NamedTuple):
    """The two steps of an encoder."""

    prepare: Callable[[Image.Image], Prepared]
    run: Callable[[Sequence[Prepared]], Vectors]


def steps_of(encoder: ImageTextEncoder) -> Steps:
    """Return an encoder's two steps; one that has only one step prepares nothing."""
    if isinstance(encoder, TwoStepEncoder):
        return Steps(encoder.prepare, encoder.encode_prepared)
    return Steps(_as_it_is, encoder.encode_images)


def _as_it_is(image: Image.Image) -> Prepared:
    return image
