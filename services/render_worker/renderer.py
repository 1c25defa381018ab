"""The port every renderer keeps: a scene in, a lossless picture file out."""

from pathlib import Path
from typing import Protocol

from services.render_worker.scene import Output, Scene


class Renderer(Protocol):
    """Takes a picture of a scene."""

    def __call__(self, scene: Scene, output: Output, path: Path) -> None:
        """Write a PNG of exactly the size asked for."""
        ...
