"""How an image-text model is named, and what of it is kept."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Towers = Literal["both", "text", "image"]
Precision = Literal["fp32", "bf16", "fp16"]

HUB = "hf-hub:"
FOLDER = "local-dir:"


@dataclass(frozen=True)
class ImageTextModel:
    """Where a model of open_clip comes from.

    Attributes:
        name: Built-in architecture, ``hf-hub:owner/name`` or ``local-dir:/path``.
        pretrained: Tag or weights file of a built-in architecture; empty for the other two, which
            bring their weights.
        licence: Of the weights; empty where only their owner knows.
    """

    name: str
    pretrained: str = ""
    licence: str = ""

    @property
    def brings_weights(self) -> bool:
        """Whether the name alone says which weights."""
        return self.name.startswith((HUB, FOLDER))

    @property
    def architecture(self) -> str:
        """Name as open_clip lists it; it writes ``ViT-B/32`` with a hyphen."""
        return self.name if self.brings_weights else self.name.replace("/", "-")

    @property
    def label(self) -> str:
        """Name for the space stamp, the same on every machine."""
        if self.name.startswith(FOLDER):
            return FOLDER + Path(self.name.removeprefix(FOLDER)).resolve().name
        tag = Path(self.pretrained).stem if Path(self.pretrained).is_file() else self.pretrained
        return f"{self.architecture}/{tag}" if tag else self.architecture
