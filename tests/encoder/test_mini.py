"""Backlot mini: one space for pictures and words, and clear answers when something is missing."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from backlot.contracts.errors import ConfigurationError
from backlot.encoder import mini
from backlot.encoder.mini_tower import MiniTower, bridged
from backlot.encoder.minilm import MiniLmEncoder
from backlot.encoder.port import TwoStepEncoder
from backlot.encoder.profiles import EncoderSettings, open_image_encoder, open_image_encoders
from backlot.encoder.synthetic import SyntheticSentenceEncoder

CPU = torch.device("cpu")
WIDTHS, DEPTHS = (4, 8, 8, 12), (1, 1, 1, 1)


@pytest.fixture
def folder(tmp_path: Path, minilm: MiniLmEncoder) -> Path:
    """A folder with a tiny random tower."""
    torch.manual_seed(5)
    weights = {k: v.half() if v.is_floating_point() else v for k, v in _tower().items()}
    weights |= {"text.mean": torch.randn(384) * 0.02, "text.spread": torch.eye(384)}
    save_file(weights, tmp_path / mini.WEIGHTS)
    run = {
        "logit_scale": 20,
        "side": 64,
        "widths": WIDTHS,
        "depths": DEPTHS,
        "sentences": minilm.space,
    }
    (tmp_path / mini.CARD).write_text(json.dumps({"run": run}))
    return tmp_path


def _tower() -> dict[str, torch.Tensor]:
    return MiniTower(WIDTHS, DEPTHS).state_dict()


def _photos() -> list[Image.Image]:
    random = np.random.default_rng(3)
    shapes = [(90, 60), (64, 64), (1, 200), (500, 3), (33, 257)]
    return [Image.fromarray(random.integers(0, 256, (*s, 3), dtype=np.uint8)) for s in shapes]


def test_vectors(folder: Path, minilm: MiniLmEncoder) -> None:
    """Pictures of any shape and texts give vectors of length 1 in one space."""
    encoder = mini.load(minilm, device=CPU, folder=folder)
    photos = encoder.encode_images(_photos())
    texts = encoder.encode_texts(["a mug", "a lamp"])
    assert photos.shape == (5, encoder.dim)
    assert texts.shape == (2, encoder.dim)
    for vectors in (photos, texts):
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_nothing(folder: Path, minilm: MiniLmEncoder) -> None:
    """No pictures and no texts give no vectors."""
    encoder = mini.load(minilm, device=CPU, folder=folder)
    assert encoder.encode_images([]).shape == (0, encoder.dim)
    assert encoder.encode_texts([]).shape == (0, encoder.dim)


def test_alone_and_together(folder: Path, minilm: MiniLmEncoder) -> None:
    """A picture's vector does not depend on its neighbours, nor on the way in."""
    encoder = mini.load(minilm, device=CPU, folder=folder)
    assert isinstance(encoder, TwoStepEncoder)
    together = encoder.encode_images(_photos())
    alone = [encoder.encode_prepared([encoder.prepare(photo)])[0] for photo in _photos()]
    assert np.allclose(together, np.stack(alone), atol=1e-5)


def test_text_side(folder: Path, minilm: MiniLmEncoder) -> None:
    """Texts are the sentence encoder's vectors, moved by the map in the weights file."""
    encoder = mini.load(minilm, device=CPU, folder=folder)
    weights = load_file(folder / mini.WEIGHTS)
    sentences = torch.from_numpy(minilm.encode(["a red sofa"]))
    expected = bridged(sentences, weights["text.mean"], weights["text.spread"]).numpy()
    assert np.allclose(encoder.encode_texts(["a red sofa"]), expected, atol=1e-6)


def test_space_is_the_file(folder: Path, minilm: MiniLmEncoder) -> None:
    """The space's stamp changes with the weights and not with the precision."""
    first = mini.load(minilm, device=CPU, folder=folder).space
    assert mini.load(minilm, device=CPU, folder=folder, precision="bf16").space == first
    weights = load_file(folder / mini.WEIGHTS)
    weights["out.bias"] += 1
    save_file(weights, folder / mini.WEIGHTS)
    assert mini.load(minilm, device=CPU, folder=folder).space != first


def test_bf16(folder: Path, minilm: MiniLmEncoder) -> None:
    """In bf16 a picture lies where it lies in fp32, up to rounding."""
    full = mini.load(minilm, device=CPU, folder=folder).encode_images(_photos())
    half = mini.load(minilm, device=CPU, folder=folder, precision="bf16").encode_images(_photos())
    assert (full * half).sum(1).min() > 0.99


def test_fp16_needs_a_gpu(folder: Path, minilm: MiniLmEncoder) -> None:
    """Half precision on a CPU is refused by name."""
    with pytest.raises(ConfigurationError, match="fp16"):
        mini.load(minilm, device=CPU, folder=folder, precision="fp16")


def test_other_sentences(folder: Path) -> None:
    """A sentence encoder that the tower was not trained towards is refused."""
    with pytest.raises(ConfigurationError, match="space"):
        mini.load(SyntheticSentenceEncoder(), device=CPU, folder=folder)


@pytest.mark.parametrize("name", [mini.WEIGHTS, mini.CARD])
@pytest.mark.parametrize("content", [None, b"", b"{}"])
def test_broken_files(
    folder: Path, minilm: MiniLmEncoder, name: str, content: bytes | None
) -> None:
    """A file that is missing or is not what it should be is a configuration error."""
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    with pytest.raises(ConfigurationError, match="Backlot mini"):
        mini.load(minilm, device=CPU, folder=folder)


def test_not_bundled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without its weights file the profile has no image encoder, and says so by None."""
    monkeypatch.setattr(mini, "FOLDER", tmp_path)
    settings = EncoderSettings(profile="mini", cache=tmp_path, device="cpu")
    monkeypatch.setattr(mini.is_bundled, "__defaults__", (tmp_path,))
    assert open_image_encoder(settings, "product") is None
    assert open_image_encoders(settings) == {}


def test_shipped() -> None:
    """The shipped weights are at most 20 MB, open in the default profile, and answer."""
    assert (mini.FOLDER / mini.WEIGHTS).stat().st_size <= 20 * 1024**2
    encoders = open_image_encoders(EncoderSettings(profile="mini", device="cpu"))
    assert set(encoders) == {"product"}
    vectors = encoders["product"].encode_images(_photos())
    assert np.isfinite(vectors).all()


def test_use_is_training_without_normalisation() -> None:
    """What is folded away for use changes no vector."""
    torch.manual_seed(4)
    tower = MiniTower((8, 12, 16, 24), (1, 1, 2, 1))
    for part in tower.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.running_mean = torch.randn(part.num_features) * 0.1
            part.running_var = torch.rand(part.num_features) + 0.5
    tower.eval()
    pixels = torch.rand(3, 3, 48, 48) * 255
    with torch.inference_mode():
        plain = tower(pixels)
        tower.fuse()
        fused = tower(pixels)
    assert not any(isinstance(part, torch.nn.BatchNorm2d) for part in tower.modules())
    assert torch.allclose(plain, fused, atol=1e-5)


def test_a_square_picture_is_seen_once(folder: Path, minilm: MiniLmEncoder) -> None:
    """Its middle is the whole: one view of it says what two would."""
    encoder = mini.load(minilm, device=CPU, folder=folder)
    square = Image.fromarray(np.random.default_rng(5).integers(0, 256, (70, 70, 3), np.uint8))
    once = encoder.prepare(square)
    assert once.shape[0] == 1
    assert encoder.prepare(square.resize((71, 70))).shape[0] == 2
    twice = encoder.encode_prepared([torch.cat([once, once])])
    assert np.allclose(encoder.encode_prepared([once]), twice, atol=1e-6)
