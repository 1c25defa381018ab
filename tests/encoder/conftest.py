"""Encoders for the suites: the real ones where they fit on any machine, and tiny real ones."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from tiny_clip import write_tiny_clip, write_tiny_siglip2

from backlot.encoder.minilm import MiniLmEncoder, bundled_folder
from backlot.encoder.models import FOLDER, ImageTextModel
from backlot.encoder.openclip import OpenClipEncoder, load
from backlot.encoder.sentence import SentenceTransformersEncoder

CPU = torch.device("cpu")

# Single lines are as fast on one thread, and tests beside others do not wait for a second core.
torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is not here is not there: the hub's client refuses to connect."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


@pytest.fixture(scope="session")
def minilm() -> MiniLmEncoder:
    """The bundled sentence encoder."""
    return MiniLmEncoder(bundled_folder(), CPU)


@pytest.fixture(scope="session")
def sentence_transformers_encoder() -> SentenceTransformersEncoder:
    """The same weights through sentence-transformers."""
    return SentenceTransformersEncoder(str(bundled_folder()), CPU)


@pytest.fixture(scope="session")
def tiny_clip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny CLIP."""
    return write_tiny_clip(tmp_path_factory.mktemp("tiny") / "clip", custom_text=False)


@pytest.fixture(scope="session")
def tiny_siglip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny model that keeps its text tower apart and has a logit bias."""
    return write_tiny_clip(tmp_path_factory.mktemp("tiny") / "siglip", custom_text=True)


@pytest.fixture(scope="session")
def tiny_siglip2_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny model of the kind that `standard` and `quality` fetch."""
    return write_tiny_siglip2(tmp_path_factory.mktemp("tiny") / "siglip2")


@pytest.fixture(scope="session")
def open_tiny() -> Callable[..., OpenClipEncoder]:
    """Opens a folder as the service would."""

    def open_folder(folder: Path, **options: Any) -> OpenClipEncoder:
        return load(ImageTextModel(f"{FOLDER}{folder}"), device=CPU, **options)

    return open_folder


@pytest.fixture(scope="session")
def titles() -> dict[str, list[dict[str, str | None]]]:
    """The measuring list of product titles, by group."""
    text = (Path(__file__).parent / "titles.yaml").read_text(encoding="utf-8")
    groups: dict[str, list[dict[str, str | None]]] = yaml.safe_load(text)
    return groups
