"""Image-text encoders of open_clip: built-in names with a tag, ``hf-hub:``, ``local-dir:``."""

import difflib
import gc
import math
import pickle
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors import SafetensorError
from torch import Tensor, nn
from torch.nn import functional

from backlot.contracts.errors import ConfigurationError
from backlot.encoder.device import named_faults
from backlot.encoder.models import FOLDER, HUB, ImageTextModel, Precision, Towers
from backlot.encoder.port import Vectors
from backlot.encoder.recent import RecentTexts
from backlot.encoder.torchvision_ops import make_torchvision_importable
from backlot.encoder.weights import stamp_of

make_torchvision_importable()

# Both import torchvision, which the call above may have to make importable first.
import open_clip  # noqa: E402
from open_clip.pretrained import download_pretrained_from_hf  # noqa: E402
from open_clip.transform import PreprocessCfg, image_transform_v2  # noqa: E402

WEIGHTS_SUFFIXES = (".safetensors", ".bin", ".pth")
IMAGE_BATCH = 32
TEXT_BATCH = 128
WHITE = 255

# What a text tower consists of in open_clip's model classes; a class has some of them.
TEXT_PARTS = (
    "text", "transformer", "token_embedding", "positional_embedding", "ln_final",
    "text_projection", "text_decoder",
)  # fmt: skip
IMAGE_PARTS = ("visual", "text_decoder")
LOAD_ERRORS = (
    OSError, ValueError, RuntimeError, KeyError, TypeError, SafetensorError, pickle.UnpicklingError,
)  # fmt: skip


class OpenClipEncoder:
    """One open_clip model, or one of its towers; made by `load`; thread-safe.

    Args:
        model: In evaluation mode, on `device`.
        preprocess: Picture to tensor (3, height, width), as the model was trained.
        tokenizer: Texts to token ids; cuts at the model's text window.
        space: Stamp of the vector space.
        device: Where the model is.
        dtype: What the image tower takes.
        towers: Which towers the model still has.
    """

    def __init__(
        self,
        model: Any,
        preprocess: Callable[[Image.Image], Tensor],
        tokenizer: Callable[[list[str]], Tensor],
        *,
        space: str,
        device: torch.device,
        dtype: torch.dtype,
        towers: Towers,
    ) -> None:
        self._model = model
        self._preprocess = preprocess
        self._tokenizer = tokenizer
        self._space = space
        self._device = device
        self._dtype = dtype
        self._towers = towers
        # Hugging Face tokenizers change their padding while they work.
        self._tokenizing = Lock()
        self._logit_scale = math.exp(float(model.logit_scale))
        self._logit_bias = None if model.logit_bias is None else float(model.logit_bias)
        # One encoding tells the width for every class of model, and takes the slow first run.
        self._dim = int(self._probe().shape[1])
        self._recent = RecentTexts(self._run_texts, self._dim)

    @property
    def space(self) -> str:
        """Stamp of the vector space: ``name/pretrained@hash``."""
        return self._space

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._dim

    @property
    def logit_scale(self) -> float:
        """Factor between cosine and logit."""
        return self._logit_scale

    @property
    def logit_bias(self) -> float | None:
        """Bias between cosine and logit; None for softmax-trained models."""
        return self._logit_bias

    @property
    def context_length(self) -> int:
        """How many tokens of a text count."""
        return int(self._tokenizer.context_length)  # type: ignore[attr-defined]

    def let_go_of_texts(self) -> None:
        """Free the text tower; from now on `encode_texts` is refused."""
        _free(self._model, "image")
        self._towers = "image"

    def encode_images(self, images: Sequence[Image.Image]) -> Vectors:
        """Encode RGB images, in order; raise ConfigurationError without an image tower."""
        if not images:
            return np.zeros((0, self._dim), dtype=np.float32)
        return np.concatenate(
            [
                self.encode_prepared([self.prepare(i) for i in images[first : first + IMAGE_BATCH]])
                for first in range(0, len(images), IMAGE_BATCH)
            ]
        )

    def prepare(self, image: Image.Image) -> Tensor:
        """Resize and normalise one RGB image; raise ConfigurationError without an image tower."""
        if self._towers == "text":
            raise ConfigurationError(f"{self._space} was opened for texts only.")
        return self._preprocess(image).to(self._dtype)

    def encode_prepared(self, prepared: Sequence[Tensor]) -> Vectors:
        """Run the image tower once; raises as the port says."""
        with named_faults(), torch.inference_mode():
            batch = torch.stack(list(prepared)).to(self._device)
            return _unit(self._model.encode_image(batch))

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode texts, in order; raise ConfigurationError without a text tower."""
        if self._towers == "image":
            raise ConfigurationError(f"{self._space} was opened for images only.")
        return self._recent.encode(texts)

    def _probe(self) -> Vectors:
        if self._towers == "text":
            return self._run_texts(["a product"])
        return self.encode_prepared([self.prepare(Image.new("RGB", (64, 64), "white"))])

    def _run_texts(self, texts: Sequence[str]) -> Vectors:
        parts = []
        for first in range(0, len(texts), TEXT_BATCH):
            with self._tokenizing:
                tokens = self._tokenizer(list(texts[first : first + TEXT_BATCH]))
            with torch.inference_mode():
                features = self._model.encode_text(tokens.to(self._device))
            parts.append(_unit(features))
        return np.concatenate(parts)


def load(
    wanted: ImageTextModel,
    *,
    device: torch.device,
    precision: Precision = "fp32",
    towers: Towers = "both",
    pad: bool = False,
    cache: Path | None = None,
) -> OpenClipEncoder:
    """Load an open_clip model with its weights; never with random ones.

    Args:
        wanted: Which model.
        device: Where it runs.
        precision: ``bf16`` halves memory and suits CPUs that know it; ``fp16`` is for GPUs.
        towers: Keep both towers, or free what is not asked for.
        pad: Fit the whole picture into a white square instead of the model's centre crop, so that
            a tall product is not cut.
        cache: Folder for fetched weights; None takes the hub's own.

    Raises:
        ConfigurationError: The name, the tag or the folder is unknown or empty, the weights are
            missing, do not fit or cannot be fetched, or the precision does not suit the device.
    """
    if precision == "fp16" and device.type == "cpu":
        raise ConfigurationError("BACKLOT_PRECISION=fp16 needs a GPU; use bf16 or fp32 on a CPU.")
    _refuse_nameless(wanted)
    try:
        space = f"{wanted.label}@{stamp_of(_weights_files(wanted, cache))}"
        model = _create(wanted, device, precision, pad=pad, cache=cache)
        tokenizer = open_clip.get_tokenizer(
            wanted.architecture, cache_dir=None if cache is None else str(cache)
        )
    except LOAD_ERRORS as error:
        raise ConfigurationError(f"{wanted.label} could not be loaded: {error}") from error
    preprocess = image_transform_v2(PreprocessCfg(**model.visual.preprocess_cfg), is_train=False)
    _free(model, towers)
    return OpenClipEncoder(
        model,
        preprocess,
        tokenizer,
        space=space,
        device=device,
        dtype=open_clip.get_input_dtype(precision) or torch.float32,
        towers=towers,
    )


def _create(
    wanted: ImageTextModel,
    device: torch.device,
    precision: Precision,
    *,
    pad: bool,
    cache: Path | None,
) -> Any:
    """Build the model and fill it; a mismatch that open_clip only warns of is an error here."""
    padded = {"resize_mode": "longest", "fill_color": WHITE}
    with warnings.catch_warnings():
        # With the wrong activation a model works, and is wrong.
        warnings.filterwarnings("error", message="QuickGELU mismatch")
        try:
            model = open_clip.create_model(
                wanted.architecture,
                wanted.pretrained or None,
                precision=precision,
                device=device,
                force_preprocess_cfg=padded if pad else None,
                cache_dir=None if cache is None else str(cache),
                require_pretrained=True,
            )
        except UserWarning as warning:
            raise ValueError(f"{warning} Use {wanted.architecture}-quickgelu.") from warning
    return model.eval().requires_grad_(requires_grad=False)


def _refuse_nameless(wanted: ImageTextModel) -> None:
    """Refuse names and tags that open_clip does not know, and a plain name without a tag."""
    if wanted.brings_weights:
        if wanted.pretrained:
            raise ConfigurationError(
                f"{wanted.name} brings its own weights; leave `pretrained` empty."
            )
        return
    if wanted.architecture not in open_clip.list_models():
        near = difflib.get_close_matches(wanted.architecture, open_clip.list_models(), n=3)
        raise ConfigurationError(
            f"open_clip knows no model {wanted.name!r}; near: {', '.join(near) or 'none'}."
        )
    tags = open_clip.list_pretrained_tags_by_model(wanted.architecture)
    if not wanted.pretrained:
        raise ConfigurationError(
            f"{wanted.name} without `pretrained` would run on random weights. "
            f"Tags: {', '.join(tags) or 'none; give a weights file'}."
        )
    if wanted.pretrained not in tags and not Path(wanted.pretrained).is_file():
        raise ConfigurationError(
            f"{wanted.name} has no weights {wanted.pretrained!r}, and that is no file either. "
            f"Tags: {', '.join(tags) or 'none'}."
        )


def _weights_files(wanted: ImageTextModel, cache: Path | None) -> list[Path]:
    """Return the files with the weights, after fetching them where needed."""
    folder = None if cache is None else str(cache)
    if wanted.name.startswith(FOLDER):
        files = Path(wanted.name.removeprefix(FOLDER)).glob("*")
        weights = [path for path in files if path.suffix in WEIGHTS_SUFFIXES]
        if not weights:
            raise FileNotFoundError(f"no weights in {wanted.name.removeprefix(FOLDER)}")
        return weights
    if wanted.name.startswith(HUB):
        name = wanted.name.removeprefix(HUB)
        return [Path(download_pretrained_from_hf(name, cache_dir=folder))]
    tag = open_clip.get_pretrained_cfg(wanted.architecture, wanted.pretrained)
    if not tag:
        return [Path(wanted.pretrained)]
    return [Path(open_clip.download_pretrained(tag, cache_dir=folder))]


def _free(model: nn.Module, towers: Towers) -> None:
    """Let go of the tower that is not wanted."""
    unwanted = {"both": (), "text": IMAGE_PARTS, "image": TEXT_PARTS}[towers]
    for part in unwanted:
        if hasattr(model, part):
            setattr(model, part, None)
    gc.collect()


def _unit(features: Tensor) -> Vectors:
    """Return features as float32 rows of length 1."""
    vectors: Vectors = functional.normalize(features.float(), dim=-1).cpu().numpy()
    return vectors
