"""Backlot mini: the own image tower beside the bundled sentence encoder, in one space.

The tower was trained from scratch towards the sentence encoder's vectors (`training/mini`), so
its text side is that encoder and a fixed linear map; no second text model is loaded.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from pydantic import Field, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from backlot.contracts.errors import ConfigurationError
from backlot.contracts.frozen import Frozen
from backlot.encoder.device import named_faults
from backlot.encoder.mini_tower import DIM, MiniTower, bridged
from backlot.encoder.models import Precision
from backlot.encoder.port import SentenceEncoder, Vectors
from backlot.encoder.weights import STAMP_DIGITS, sha256_of

FOLDER = Path(__file__).parent / "weights"
WEIGHTS = "mini.safetensors"
CARD = "mini.json"
IMAGE_BATCH = 32
BRIDGE = ("text.mean", "text.spread")
MIRRORS = 2
"""Each view counts as it is and mirrored."""


class MiniCard(Frozen):
    """What has to be known to run the weights.

    Attributes:
        sentences: Space of the sentence encoder that the tower was trained towards.
    """

    logit_scale: float = Field(gt=0, description="Logits for a cosine of 1.")
    side: int = Field(ge=32, le=512, description="Pixels of a picture's side.")
    widths: tuple[int, ...]
    depths: tuple[int, ...]
    sentences: str


class MiniEncoder:
    """Pictures and texts into one space; thread-safe.

    Args:
        tower: In evaluation mode, on `device`.
        mean: Shape (384,): what is taken from sentence vectors.
        spread: Shape (384, 384): what they are multiplied with then.
        sentences: The text side.
        card: How the weights are run.
        space: Stamp of the vector space.
        device: Where the tower is.
        dtype: What it computes in.
    """

    def __init__(
        self,
        tower: MiniTower,
        mean: Tensor,
        spread: Tensor,
        *,
        sentences: SentenceEncoder,
        card: MiniCard,
        space: str,
        device: torch.device,
        dtype: torch.dtype,
    ) -> None:
        self._tower = tower
        self._mean, self._spread = mean, spread
        self._sentences = sentences
        self._card = card
        self._space = space
        self._device = device
        self._dtype = dtype

    @property
    def space(self) -> str:
        """Stamp of the vector space."""
        return self._space

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return DIM

    @property
    def squeezes(self) -> bool:
        """True: one of its two views is the whole picture squeezed into a square."""
        return True

    @property
    def logit_scale(self) -> float:
        """Factor between cosine and logit."""
        return self._card.logit_scale

    @property
    def logit_bias(self) -> float | None:
        """None: trained with a softmax."""
        return None

    def encode_images(self, images: Sequence[Image.Image]) -> Vectors:
        """Encode RGB images, in order."""
        if not images:
            return np.zeros((0, DIM), dtype=np.float32)
        return np.concatenate(
            [
                self.encode_prepared([self.prepare(i) for i in images[first : first + IMAGE_BATCH]])
                for first in range(0, len(images), IMAGE_BATCH)
            ]
        )

    def prepare(self, image: Image.Image) -> Tensor:
        """Make the views of one RGB picture, uint8 (1 or 2, 3, side, side).

        They are the middle square and the whole squeezed into one: what one cuts off the other
        keeps. Of a square picture both are the same.
        """
        side = self._card.side
        wide, high = image.size
        short = min(wide, high)
        left, top = (wide - short) / 2, (high - short) / 2
        boxes = {(left, top, left + short, top + short): None, (0, 0, wide, high): None}
        views = [
            image.resize((side, side), Image.Resampling.BICUBIC, box=box, reducing_gap=2.0)
            for box in boxes
        ]
        pixels = np.stack([np.asarray(view, dtype=np.uint8) for view in views])
        return torch.from_numpy(pixels).permute(0, 3, 1, 2)

    def encode_prepared(self, prepared: Sequence[Tensor]) -> Vectors:
        """Run the tower once on all views; a picture's vector is their mean."""
        with named_faults(), torch.inference_mode():
            pixels = torch.cat(list(prepared)).to(self._device, self._dtype)
            pixels = torch.cat([pixels, pixels.flip(3)])
            pixels = pixels.contiguous(memory_format=torch.channels_last)
            vectors = functional.normalize(self._tower(pixels).float(), dim=1)
            both = vectors.view(MIRRORS, -1, DIM).mean(0)
            views = torch.split(both, [len(picture) for picture in prepared])
            means = torch.stack([one.mean(0) for one in views])
            placed: Vectors = functional.normalize(means, dim=1).cpu().numpy()
        return placed

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode texts, in order."""
        if not texts:
            return np.zeros((0, DIM), dtype=np.float32)
        placed: Vectors = bridged(
            torch.from_numpy(self._sentences.encode(texts)), self._mean, self._spread
        ).numpy()
        return placed


def is_bundled(folder: Path = FOLDER) -> bool:
    """Tell whether this installation has mini's weights."""
    return (folder / WEIGHTS).is_file()


def load(
    sentences: SentenceEncoder,
    *,
    device: torch.device,
    precision: Precision = "fp32",
    folder: Path = FOLDER,
) -> MiniEncoder:
    """Load the tower.

    Args:
        sentences: The bundled sentence encoder; shared with whoever else uses it.
        device: Where the tower runs.
        precision: What it computes in; the weights are kept in fp16.
        folder: Holds ``mini.safetensors`` and ``mini.json``.

    Raises:
        ConfigurationError: A file is missing or is not what it should be, the sentence encoder is
            another than the tower was trained towards, or the precision does not suit the device.
    """
    if precision == "fp16" and device.type == "cpu":
        raise ConfigurationError("BACKLOT_PRECISION=fp16 needs a GPU; use bf16 or fp32 on a CPU.")
    dtype = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[precision]
    path = folder / WEIGHTS
    try:
        card = MiniCard.model_validate(json.loads((folder / CARD).read_text())["run"])
        weights = {name: tensor.float() for name, tensor in load_file(path).items()}
        mean, spread = (weights.pop(name) for name in BRIDGE)
        tower = MiniTower(card.widths, card.depths)
        tower.load_state_dict(weights)
        space = f"mini@{sha256_of(path)[:STAMP_DIGITS]}"
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError, ValidationError) as error:
        raise ConfigurationError(f"Backlot mini in {folder} cannot be loaded: {error}") from error
    if sentences.space != card.sentences:
        raise ConfigurationError(
            f"Backlot mini answers in the space of {card.sentences}, not of {sentences.space}; "
            "leave BACKLOT_SENTENCE_MODEL as it is, or use another BACKLOT_PROFILE."
        )
    tower.eval().requires_grad_(requires_grad=False)
    tower.fuse()
    tower.to(device, dtype, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return MiniEncoder(
        tower, mean, spread, sentences=sentences, card=card, space=space, device=device, dtype=dtype
    )
