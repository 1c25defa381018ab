"""The real darkroom: Blender in a process of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from services.render_worker.adapters.process import Limits, RenderProcess
from services.render_worker.port import Checkpoint, Progress, View
from services.render_worker.sets.recipe import SetPlan
from services.render_worker.shot import ModelFacts, ShotFacts, ShotPlan

PROGRAM = "services.render_worker.adapters.blender.child"
Device = Literal["auto", "cpu", "cuda", "optix"]


def _silent(_: float) -> None:
    """Tell nobody."""


def _go_on() -> None:
    """Let the work go on."""


class BlenderDarkroom:
    """Takes pictures with Cycles in a warm child process; see `Darkroom`.

    The process is Blender's, under its licence; this one only writes orders and reads answers.

    Args:
        python: The interpreter that has bpy.
        device: What Cycles computes on.
        limits: Of one order.
    """

    def __init__(self, python: str, device: Device, limits: Limits) -> None:
        self._process = RenderProcess([python, "-W", "ignore", "-m", PROGRAM], limits)
        self._device = device

    @property
    def versions(self) -> dict[str, str]:
        """Blender's, once it has been started."""
        return dict(self._process.versions)

    @property
    def pid(self) -> int | None:
        """Of Blender's process."""
        return self._process.pid

    def start(self) -> None:
        """Have Blender ready before the first order."""
        self._process.start()

    def inspect(
        self, product: Path, *, attempt: int = 1, checkpoint: Checkpoint = _go_on
    ) -> ModelFacts:
        """What a GLB holds."""
        order = {"do": "inspect", "product": str(product)}
        return ModelFacts.model_validate(self._ask(order, attempt, checkpoint, _silent))

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
        """Take a picture into a folder."""
        order = {
            "do": "shoot",
            "shot": shot.model_dump(mode="json"),
            "product": str(product),
            "folder": str(folder),
            "device": self._device,
        }
        return ShotFacts.model_validate(self._ask(order, attempt, checkpoint, progress))

    def preview(
        self,
        plan: SetPlan,
        view: View,
        path: Path,
        *,
        attempt: int = 1,
        checkpoint: Checkpoint = _go_on,
    ) -> None:
        """Take a picture of an empty set."""
        order = {
            "do": "preview",
            "plan": plan.model_dump(mode="json"),
            "view": view._asdict(),
            "path": str(path),
            "device": self._device,
        }
        self._ask(order, attempt, checkpoint, _silent)

    def close(self) -> None:
        """End Blender's process."""
        self._process.close()

    def _ask(
        self,
        order: dict[str, Any],
        attempt: int,
        checkpoint: Callable[[], None],
        progress: Progress,
    ) -> dict[str, Any]:
        return self._process.ask(order, attempt=attempt, checkpoint=checkpoint, progress=progress)
