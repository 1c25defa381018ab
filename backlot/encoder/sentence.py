"""Any model of sentence-transformers as a sentence encoder, for example a multilingual one."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np
import torch

from backlot.contracts.errors import ConfigurationError
from backlot.encoder.port import Vectors
from backlot.encoder.recent import RecentTexts
from backlot.encoder.torchvision_ops import make_torchvision_importable
from backlot.encoder.weights import STAMP_DIGITS

make_torchvision_importable()

# Imports torchvision, which the call above may have to make importable first.
from sentence_transformers import SentenceTransformer  # noqa: E402

BATCH = 64


class SentenceTransformersEncoder:
    """A sentence-transformers model; thread-safe.

    Args:
        model: A folder, which is read without any network, or a name on the Hugging Face Hub,
            which is fetched once into `cache` (``HF_HUB_OFFLINE=1`` forbids that).
        device: Where the network runs.
        cache: Folder for fetched models; None takes the hub's own.

    Raises:
        ConfigurationError: There is no such model, or it cannot be fetched.
    """

    def __init__(self, model: str, device: torch.device, cache: Path | None = None) -> None:
        is_folder = Path(model).is_dir()
        try:
            self._model = SentenceTransformer(
                model,
                device=str(device),
                cache_folder=None if cache is None else str(cache),
                local_files_only=is_folder,
            )
        except (OSError, ValueError, RuntimeError, KeyError) as error:
            raise ConfigurationError(
                f"BACKLOT_SENTENCE_MODEL={model!r} is neither a folder with a model of "
                f"sentence-transformers nor one that could be fetched: {error}"
            ) from error
        # Tokenizers change their padding while they work, which two threads must not do at once.
        self._lock = Lock()
        name = Path(model).name if is_folder else model
        self._space = f"sentence:{name}@{_stamp(self._model)}"
        self._dim = len(self._encode(["a product"])[0])
        self._recent = RecentTexts(self._encode, self._dim)

    @property
    def space(self) -> str:
        """Stamp of the vector space."""
        return self._space

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._dim

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts, in order; the model's own window limits their length."""
        return self._recent.encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            vectors = self._model.encode(
                list(texts),
                batch_size=BATCH,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        return np.asarray(vectors, dtype=np.float32)


def _stamp(model: SentenceTransformer) -> str:
    """Return a short hash over all weights, by name; where the files lie differs by model."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
    return digest.hexdigest()[:STAMP_DIGITS]
