"""Profiles and settings open the encoders they name, or say what is missing."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from pydantic import ValidationError

from backlot.contracts.errors import ConfigurationError
from backlot.encoder.device import named_faults, precision_for
from backlot.encoder.faults import EngineLostError, EngineMemoryError
from backlot.encoder.mini import is_bundled
from backlot.encoder.minilm import MiniLmEncoder, bundled_folder
from backlot.encoder.models import FOLDER
from backlot.encoder.openclip import OpenClipEncoder
from backlot.encoder.port import ForgetfulEncoder
from backlot.encoder.profiles import (
    PROFILES,
    ROLES,
    EncoderSettings,
    Role,
    open_image_encoder,
    open_image_encoders,
    open_sentence_encoder,
)
from backlot.encoder.sentence import SentenceTransformersEncoder
from backlot.encoder.synthetic import SyntheticImageTextEncoder, SyntheticSentenceEncoder


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings come from the test alone."""
    for name in EncoderSettings.model_fields:
        monkeypatch.delenv(f"BACKLOT_{name.upper()}", raising=False)


def test_default(tmp_path: Path) -> None:
    """By default the bundled encoders open; mini sees products, and nobody plays the scene."""
    settings = EncoderSettings(cache=tmp_path)
    assert settings.profile == "mini"
    assert isinstance(open_sentence_encoder(settings), MiniLmEncoder)
    opened = open_image_encoders(settings)
    assert set(opened) == ({"product"} if is_bundled() else set())
    assert open_image_encoder(settings, "scene") is None


def test_no_weights_are_made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where mini's weights are missing there is no image encoder, rather than a random one."""
    monkeypatch.setattr("backlot.encoder.mini.is_bundled", lambda: False)
    settings = EncoderSettings(cache=tmp_path)
    assert open_image_encoders(settings) == {}
    assert all(open_image_encoder(settings, role) is None for role in ROLES)


def test_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every setting is read from BACKLOT_ variables."""
    monkeypatch.setenv("BACKLOT_PROFILE", "synthetic")
    monkeypatch.setenv("BACKLOT_TORCH_THREADS", "2")
    monkeypatch.setenv("BACKLOT_CACHE", str(tmp_path))
    settings = EncoderSettings()
    assert (settings.profile, settings.torch_threads, settings.cache) == ("synthetic", 2, tmp_path)


def test_synthetic() -> None:
    """The synthetic profile opens fakes for every role."""
    settings = EncoderSettings(profile="synthetic")
    assert isinstance(open_sentence_encoder(settings), SyntheticSentenceEncoder)
    encoders = open_image_encoders(settings)
    assert set(encoders) == set(ROLES)
    assert isinstance(encoders["scene"], SyntheticImageTextEncoder)


def test_own_sentence_model(tmp_path: Path) -> None:
    """A folder in `sentence_model` opens through sentence-transformers."""
    settings = EncoderSettings(sentence_model=str(bundled_folder()), cache=tmp_path)
    assert isinstance(open_sentence_encoder(settings), SentenceTransformersEncoder)


def test_missing_sentence_model(tmp_path: Path) -> None:
    """A sentence model that is not here is an error that names the setting."""
    settings = EncoderSettings(sentence_model="somebody/no-such-model", cache=tmp_path)
    with pytest.raises(ConfigurationError, match="BACKLOT_SENTENCE_MODEL"):
        open_sentence_encoder(settings)


@pytest.mark.parametrize("profile", ["clip", "standard", "quality"])
@pytest.mark.parametrize("role", ROLES)
def test_download_needed(profile: str, role: Role, tmp_path: Path) -> None:
    """The larger profiles say that they need a download, where it goes, and what works without."""
    settings = EncoderSettings.model_validate({"profile": profile, "cache": tmp_path})
    with pytest.raises(ConfigurationError) as caught:
        open_image_encoder(settings, role)
    text = str(caught.value)
    assert f"BACKLOT_PROFILE={profile} needs weights" in text
    assert str(tmp_path) in text
    assert "BACKLOT_PROFILE=mini" in text


def test_own_models(tiny_clip_folder: Path, tiny_siglip_folder: Path, tmp_path: Path) -> None:
    """Models given by name replace the profile's, each for its role."""
    settings = EncoderSettings(
        product_model=f"{FOLDER}{tiny_clip_folder}",
        scene_model=f"{FOLDER}{tiny_siglip_folder}",
        cache=tmp_path,
    )
    encoders = open_image_encoders(settings, towers="text")
    assert encoders["product"].space.startswith("local-dir:clip@")
    assert encoders["scene"].space.startswith("local-dir:siglip@")


def test_one_model_for_both(tiny_clip_folder: Path, tmp_path: Path) -> None:
    """A model that serves both roles is loaded once."""
    name = f"{FOLDER}{tiny_clip_folder}"
    settings = EncoderSettings(product_model=name, scene_model=name, cache=tmp_path)
    encoders = open_image_encoders(settings)
    assert isinstance(encoders["product"], OpenClipEncoder)
    assert encoders["product"] is encoders["scene"]


def test_own_model_without_weights(tmp_path: Path) -> None:
    """A plain name without a tag is refused, and the setting is named."""
    settings = EncoderSettings(product_model="ViT-B-32", cache=tmp_path)
    with pytest.raises(ConfigurationError, match=r"BACKLOT_PRODUCT_MODEL.*random weights"):
        open_image_encoder(settings, "product")


@pytest.mark.parametrize("device", ["cuda:63", "toaster"])
def test_unknown_device(device: str) -> None:
    """A device that is not there is refused when an encoder opens."""
    with pytest.raises(ConfigurationError, match="BACKLOT_DEVICE"):
        open_sentence_encoder(EncoderSettings(device=device))


def test_unknown_profile() -> None:
    """An unknown profile is refused."""
    with pytest.raises(ValidationError):
        EncoderSettings.model_validate({"profile": "huge"})


def test_licences() -> None:
    """Every model of a profile has a known licence that allows commercial use."""
    models = [m for p in PROFILES.values() for m in (p.product, p.scene) if m is not None]
    assert models
    assert {model.licence for model in models} <= {"MIT", "Apache-2.0"}


@pytest.mark.parametrize("profile", ["standard", "quality"])
def test_kind_of_the_larger_profiles(
    profile: str, tiny_siglip2_folder: Path, tmp_path: Path
) -> None:
    """What the larger profiles fetch, only small: it loads, sees and reads, without a network."""
    name = f"{FOLDER}{tiny_siglip2_folder}"
    settings = EncoderSettings.model_validate(
        {"profile": profile, "product_model": name, "scene_model": name, "cache": tmp_path}
    )
    encoder = open_image_encoders(settings)["product"]
    assert encoder.logit_bias == pytest.approx(-10)
    assert encoder.encode_texts(["a photo of a red mug"]).shape == (1, 32)
    assert encoder.encode_images([Image.new("RGB", (90, 60), "red")]).shape == (1, 32)


def test_low_memory(tiny_siglip_folder: Path, tmp_path: Path) -> None:
    """In low memory the weights are halved, and the text tower goes when nobody needs it."""
    settings = EncoderSettings(
        product_model=f"{FOLDER}{tiny_siglip_folder}", low_memory=True, cache=tmp_path
    )
    encoder = open_image_encoder(settings, "product")
    assert isinstance(encoder, OpenClipEncoder)
    assert isinstance(encoder, ForgetfulEncoder)
    before = encoder.encode_images([Image.new("RGB", (40, 40), "red")])
    assert encoder._model.visual.conv1.weight.dtype == torch.bfloat16
    encoder.let_go_of_texts()
    assert np.array_equal(encoder.encode_images([Image.new("RGB", (40, 40), "red")]), before)
    assert not any("text" in name for name, _ in encoder._model.named_parameters())
    with pytest.raises(ConfigurationError, match="images only"):
        encoder.encode_texts(["a mug"])


def test_automatic_precision() -> None:
    """What is asked for holds; `auto` never takes what the device cannot do well."""
    cpu = torch.device("cpu")
    assert precision_for("fp32", cpu) == "fp32"
    assert precision_for("bf16", cpu) == "bf16"
    assert precision_for("auto", cpu) in ("fp32", "bf16")
    assert precision_for("auto", torch.device("meta")) == "fp32"


@pytest.mark.parametrize(
    ("raised", "named"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), EngineMemoryError),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory"), EngineMemoryError),
        (torch.AcceleratorError("CUDA error: device-side assert triggered"), EngineLostError),
        (RuntimeError("shapes do not match"), RuntimeError),
    ],
)
def test_named_faults(raised: Exception, named: type[Exception]) -> None:
    """What torch raises is told apart: too much at once, a lost device, or a plain mistake."""
    with pytest.raises(named) as caught, named_faults():
        raise raised
    assert type(caught.value) is named
