"""The bundled sentence encoder is the original model, and cheap to open."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from backlot.contracts.errors import ConfigurationError
from backlot.encoder.minilm import WEIGHTS_SHA256, MiniLmEncoder, bundled_folder
from backlot.encoder.sentence import SentenceTransformersEncoder

TEXTS = [
    "Espresso cup, red ceramic",
    "Nail Varnish for Conquerors of Hearts",
    "Ünïcode & 500 ml — naïve café",
    "스테인리스 텀블러",
    "",
    "a long tail of words " * 100,
]


def test_same_vectors_as_the_library(
    minilm: MiniLmEncoder, sentence_transformers_encoder: SentenceTransformersEncoder
) -> None:
    """The vectors are those sentence-transformers makes of the same files."""
    theirs = sentence_transformers_encoder.encode(TEXTS)
    assert np.abs(minilm.encode(TEXTS) - theirs).max() < 1e-5


def test_space(minilm: MiniLmEncoder) -> None:
    """The stamp names the model and the start of its weights' hash."""
    assert minilm.space == f"sentence:all-MiniLM-L6-v2@{WEIGHTS_SHA256[:8]}"


def test_foreign_weights(tmp_path: Path) -> None:
    """Weights that differ in one byte are refused."""
    for name in ("model.safetensors", "tokenizer.json"):
        shutil.copy(bundled_folder() / name, tmp_path / name)
    with (tmp_path / "model.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x01")
    with pytest.raises(ConfigurationError, match="not the original's"):
        MiniLmEncoder(tmp_path, torch.device("cpu"))


def test_missing_weights(tmp_path: Path) -> None:
    """A folder without weights is refused."""
    with pytest.raises(ConfigurationError, match="cannot be read"):
        MiniLmEncoder(tmp_path, torch.device("cpu"))


def test_opens_without_the_large_libraries() -> None:
    """Opening it by the default settings imports none of the libraries that take seconds."""
    code = (
        "import sys\n"
        "from backlot.encoder.profiles import EncoderSettings, open_sentence_encoder\n"
        "assert 'torch' not in sys.modules\n"
        "encoder = open_sentence_encoder(EncoderSettings(device='cpu'))\n"
        "assert encoder.encode(['a mug']).shape == (1, 384)\n"
        "heavy = {'sentence_transformers', 'transformers', 'torchvision', 'open_clip'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
