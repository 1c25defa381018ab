"""Cut-outs kept on disk, so that another encoder is judged without cutting everything out anew."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.vision_worker.looking import Look


@dataclass(frozen=True)
class KeptCutOut:
    """A cut-out that was made before.

    Attributes:
        product: Shape (height, width, 4); None where none was found.
        certainty: Its quality, 0..1.
    """

    product: NDArray[np.uint8] | None
    certainty: float


class Shelf:
    """A folder of cut-outs.

    Args:
        folder: Made when it is not there.
        maker: Names what makes the cut-outs; those of another maker are not found.
    """

    def __init__(self, folder: Path, maker: str) -> None:
        self._folder = folder / hashlib.sha256(maker.encode()).hexdigest()[:12]
        self._folder.mkdir(parents=True, exist_ok=True)

    def find(self, photo: bytes) -> KeptCutOut | None:
        """The cut-out of a photo; None when nobody has made it."""
        path = self._place(photo)
        if not path.exists():
            return None
        with np.load(path, allow_pickle=False) as kept:
            return KeptCutOut(kept["product"] if kept["found"] else None, float(kept["certainty"]))

    def keep(self, photo: bytes, looked: Look) -> KeptCutOut:
        """Keep what was cut out of a photo."""
        made = KeptCutOut(looked.product, looked.certainty)
        pixels = np.zeros((0, 0, 4), np.uint8) if made.product is None else made.product
        path = self._place(photo)
        part = path.with_suffix(".part.npz")
        np.savez(part, product=pixels, found=made.product is not None, certainty=made.certainty)
        part.replace(path)
        return made

    def _place(self, photo: bytes) -> Path:
        return self._folder / f"{hashlib.sha256(photo).hexdigest()[:32]}.npz"
