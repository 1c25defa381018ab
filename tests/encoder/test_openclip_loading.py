"""Loading open_clip models: with their own weights or not at all."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_clip import CONTEXT, write_tiny_clip

from backlot.contracts.errors import ConfigurationError
from backlot.encoder.models import FOLDER, ImageTextModel
from backlot.encoder.openclip import OpenClipEncoder, load
from backlot.encoder.weights import sha256_of

Open = Callable[..., OpenClipEncoder]

CPU = torch.device("cpu")
RED = Image.new("RGB", (40, 40), "red")
KINDS = pytest.mark.parametrize("kind", ["tiny_clip_folder", "tiny_siglip_folder"])


def refusal(name: str, pretrained: str = "", cache: Path | None = None) -> str:
    """Load what must not load, and return what the error says."""
    with pytest.raises(ConfigurationError) as caught:
        load(ImageTextModel(name, pretrained), device=CPU, cache=cache)
    return str(caught.value)


def test_plain_name_without_weights() -> None:
    """A built-in name without `pretrained` would be random weights: refused, with the tags."""
    text = refusal("ViT-B-32")
    assert "random weights" in text
    assert "laion2b_s34b_b79k" in text


def test_unknown_name() -> None:
    """An unknown name is refused and near ones are named."""
    assert "ViT-B-32" in refusal("ViT-B-33", "openai")


def test_unknown_tag() -> None:
    """An unknown tag is refused and the known ones are named."""
    text = refusal("ViT-B/32", "laion3b")
    assert "laion3b" in text
    assert "laion2b_s34b_b79k" in text


def test_folder_with_tag(tiny_clip_folder: Path) -> None:
    """A folder brings its weights; a tag beside it is a mistake, not something to ignore."""
    assert "leave `pretrained` empty" in refusal(f"{FOLDER}{tiny_clip_folder}", "openai")


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_missing_folder(tmp_path: Path, name: str) -> None:
    """A folder that is not there, or holds nothing, is refused."""
    assert "no weights" in refusal(f"{FOLDER}{tmp_path / name}")


def test_folder_without_weights(tiny_clip_folder: Path, tmp_path: Path) -> None:
    """A configuration without weights would be a random model: refused."""
    shutil.copy(tiny_clip_folder / "open_clip_config.json", tmp_path)
    assert "no weights" in refusal(f"{FOLDER}{tmp_path}")


def test_folder_without_configuration(tiny_clip_folder: Path, tmp_path: Path) -> None:
    """Weights of which nobody knows the shape are refused."""
    shutil.copy(tiny_clip_folder / "open_clip_model.safetensors", tmp_path)
    assert "config" in refusal(f"{FOLDER}{tmp_path}")


def test_broken_weights(tiny_clip_folder: Path, tmp_path: Path) -> None:
    """A damaged file is refused."""
    folder = tmp_path / "broken"
    shutil.copytree(tiny_clip_folder, folder)
    (folder / "open_clip_model.safetensors").write_bytes(b"not weights")
    assert "could not be loaded" in refusal(f"{FOLDER}{folder}")


def test_weights_of_another_model(tiny_clip_folder: Path, tmp_path: Path) -> None:
    """Weights that do not fit the configuration are refused, not half loaded."""
    folder = tmp_path / "mixed"
    shutil.copytree(tiny_clip_folder, folder)
    path = folder / "open_clip_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["model_cfg"]["vision_cfg"]["layers"] = 2
    path.write_text(json.dumps(config), encoding="utf-8")
    assert "could not be loaded" in refusal(f"{FOLDER}{folder}")


def test_hub_out_of_reach(tmp_path: Path) -> None:
    """A model of the hub that is neither here nor in reach is refused."""
    assert "could not be loaded" in refusal("hf-hub:somebody/model", cache=tmp_path)


def test_wrong_activation(tmp_path: Path) -> None:
    """Weights trained with another activation are refused; open_clip only warns of it."""
    repository = tmp_path / "models--timm--vit_base_patch32_clip_224.openai"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("0" * 40, encoding="utf-8")
    snapshot = repository / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (snapshot / "open_clip_model.safetensors").write_bytes(b"present")
    assert "Use ViT-B-32-quickgelu" in refusal("ViT-B-32", "openai", cache=tmp_path)


def test_half_precision_needs_a_gpu(tiny_clip_folder: Path, open_tiny: Open) -> None:
    """fp16 on a CPU is refused at once instead of failing at the first photo."""
    with pytest.raises(ConfigurationError, match="needs a GPU"):
        open_tiny(tiny_clip_folder, precision="fp16")


def test_space_is_of_the_weights(tiny_clip_folder: Path, tmp_path: Path, open_tiny: Open) -> None:
    """The stamp follows the weights: the same for a moved copy, a tower and half precision."""
    copy = tmp_path / "elsewhere" / "clip"
    shutil.copytree(tiny_clip_folder, copy)
    other = write_tiny_clip(tmp_path / "other" / "clip", custom_text=False, seed=8)
    space = open_tiny(tiny_clip_folder).space
    digest = sha256_of(tiny_clip_folder / "open_clip_model.safetensors")
    assert space == f"local-dir:clip@{digest[:8]}"
    assert open_tiny(copy).space == space
    assert open_tiny(tiny_clip_folder, towers="text").space == space
    assert open_tiny(tiny_clip_folder, precision="bf16").space == space
    assert open_tiny(other).space != space


@KINDS
def test_text_tower_alone(kind: str, request: pytest.FixtureRequest, open_tiny: Open) -> None:
    """The text tower alone gives the whole model's texts, and refuses images."""
    folder = request.getfixturevalue(kind)
    whole, tower = open_tiny(folder), open_tiny(folder, towers="text")
    assert np.array_equal(tower.encode_texts(["a mug"]), whole.encode_texts(["a mug"]))
    assert parameters(tower) < parameters(whole)
    with pytest.raises(ConfigurationError, match="texts only"):
        tower.encode_images([RED])


@KINDS
def test_image_tower_alone(kind: str, request: pytest.FixtureRequest, open_tiny: Open) -> None:
    """The image tower alone gives the whole model's images, and refuses texts."""
    folder = request.getfixturevalue(kind)
    whole, tower = open_tiny(folder), open_tiny(folder, towers="image")
    assert np.array_equal(tower.encode_images([RED]), whole.encode_images([RED]))
    assert parameters(tower) < parameters(whole) / 10
    with pytest.raises(ConfigurationError, match="images only"):
        tower.encode_texts(["a mug"])


def test_logits(tiny_clip_folder: Path, tiny_siglip_folder: Path, open_tiny: Open) -> None:
    """Scale and bias are those of the model; a softmax-trained one has no bias."""
    clip, siglip = open_tiny(tiny_clip_folder), open_tiny(tiny_siglip_folder)
    assert clip.logit_scale == pytest.approx(1 / 0.07, rel=1e-4)
    assert clip.logit_bias is None
    assert siglip.logit_bias == pytest.approx(-10)


def test_text_window(tiny_clip_folder: Path, open_tiny: Open) -> None:
    """What lies beyond the model's text window does not count, and is no error."""
    encoder = open_tiny(tiny_clip_folder)
    assert encoder.context_length == CONTEXT
    text = "cup " * (CONTEXT - 2)
    first, second = encoder.encode_texts([text + "of tea", text + "on a table"])
    assert np.array_equal(first, second)


def test_padding_sees_the_whole_photo(tiny_clip_folder: Path, open_tiny: Open) -> None:
    """The model's centre crop loses the ends of a tall photo; the padded way sees them."""
    plain = Image.new("RGB", (32, 128), "white")
    marked = plain.copy()
    marked.paste("black", (0, 0, 32, 24))
    cropping, padding = open_tiny(tiny_clip_folder), open_tiny(tiny_clip_folder, pad=True)
    cropped, padded = (e.encode_images([plain, marked]) for e in (cropping, padding))
    assert np.allclose(cropped[0], cropped[1], atol=1e-6)
    assert not np.allclose(padded[0], padded[1], atol=1e-3)


def parameters(encoder: OpenClipEncoder) -> int:
    """Return how many numbers the model still holds."""
    return sum(parameter.numel() for parameter in encoder._model.parameters())
