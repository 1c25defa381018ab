"""Profiles and settings open the encoders they name, or say what is missing."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from backlot.contracts.errors import ConfigurationError
from backlot.encoder.minilm import MiniLmEncoder, bundled_folder
from backlot.encoder.models import FOLDER
from backlot.encoder.openclip import OpenClipEncoder
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
    """By default the bundled sentence encoder opens, and no image weights are made up."""
    settings = EncoderSettings(cache=tmp_path)
    assert settings.profile == "mini"
    assert isinstance(open_sentence_encoder(settings), MiniLmEncoder)
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
