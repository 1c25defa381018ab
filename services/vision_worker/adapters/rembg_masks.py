"""Masks by the models of rembg, for who would rather use one of those; not installed by default."""

from importlib import import_module
from typing import Any

import numpy as np
from PIL import Image

from backlot.contracts.errors import ConfigurationError, MissingExtraError
from services.vision_worker.pixels import Plane, Rgb

EXTRA = "rembg"


class RembgFinder:
    """Finds the product with a model of rembg.

    Args:
        library: The imported package.
        session: Its loaded model.
    """

    def __init__(self, library: Any, session: Any) -> None:
        self._library = library
        self._session = session

    def __call__(self, rgb: Rgb) -> Plane:
        """How much of each pixel is product, 0..1, of the same size."""
        mask = self._library.remove(Image.fromarray(rgb), session=self._session, only_mask=True)
        return np.asarray(mask.convert("L"), np.float32) / np.float32(255)


def open_rembg(model: str) -> RembgFinder:
    """Load a model of rembg; the first time it downloads it.

    Args:
        model: As rembg calls it, for example ``isnet-general-use``.

    Raises:
        MissingExtraError: rembg is not installed.
        ConfigurationError: rembg has no such model, or cannot get it.
    """
    try:
        library = import_module("rembg")
    except ModuleNotFoundError as missing:
        raise MissingExtraError(missing.name or "rembg", EXTRA) from missing
    try:
        return RembgFinder(library, library.new_session(model))
    except (ValueError, OSError) as error:
        raise ConfigurationError(f"rembg cannot load the model {model!r}.") from error
