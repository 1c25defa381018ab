"""What takes the pictures, as the rest of the worker sees it."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

from services.render_worker.sets.recipe import SetPlan
from services.render_worker.shot import ModelFacts, ShotFacts, ShotPlan

PICTURE, MASK, REFERENCE = "picture.png", "mask.png", "reference.png"
"""Files a darkroom leaves in its folder: the set with the product, where the product is, and what
it looks like by itself. A cut-out has only the first, without the product's own pixels. In the mask
whatever shows its set, metal and glass, is black."""


class View(NamedTuple):
    """A picture of an empty set.

    Attributes:
        camera: Name of one of the plan's cameras.
    """

    camera: str
    width: int
    height: int
    samples: int


Progress = Callable[[float], None]
Checkpoint = Callable[[], None]


def _silent(_: float) -> None:
    """Tell nobody."""


def _go_on() -> None:
    """Let the work go on."""


class Darkroom(Protocol):
    """Inspects models and takes planned pictures, one at a time.

    All methods raise `PermanentStageError` or `TransientStageError` for whatever goes wrong, and
    let through what `checkpoint` raises within about a second, leaving no work behind.
    """

    @property
    def versions(self) -> dict[str, str]:
        """What takes the pictures."""
        ...

    def inspect(
        self, product: Path, *, attempt: int = 1, checkpoint: Checkpoint = _go_on
    ) -> ModelFacts:
        """What a GLB holds."""
        ...

    def shoot(
        self,
        shot: ShotPlan,
        product: Path,
        folder: Path,
        *,
        attempt: int = 1,
        checkpoint: Checkpoint = _go_on,
        progress: Progress = _silent,
    ) -> ShotFacts:
        """Take a picture into a folder; `taken` is False where too much stands in front."""
        ...

    def preview(
        self,
        plan: SetPlan,
        view: View,
        path: Path,
        *,
        attempt: int = 1,
        checkpoint: Checkpoint = _go_on,
    ) -> None:
        """Take a picture of a set without a product, as PNG; backdrops lie beside it."""
        ...

    def close(self) -> None:
        """End what was started."""
        ...
