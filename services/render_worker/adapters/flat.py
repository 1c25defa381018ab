"""The fake renderer and the fake darkroom: right sizes and plain colours, without Blender."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from services.render_worker.errors import refused
from services.render_worker.framing import Viewpoint, project
from services.render_worker.port import MASK, PICTURE, REFERENCE, Checkpoint, Progress, View
from services.render_worker.scene import Output, Scene
from services.render_worker.sets.builder import build
from services.render_worker.sets.recipe import SetPlan
from services.render_worker.shot import ModelFacts, ShotFacts, ShotPlan
from services.render_worker.shots import box_points

_PRODUCT = (176, 92, 60)
_REFERENCE_SIDE = 320


def render_flat(scene: Scene, output: Output, path: Path) -> None:
    """Write one horizontal band for each piece that is seen; the same scene gives the same file."""
    colours = [piece.material.colour for piece in scene.pieces if piece.seen] or ["#808080"]
    bands = Image.new("RGB", (1, len(colours)))
    for row, colour in enumerate(colours):
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        bands.putpixel((0, row), (red, green, blue))
    bands.resize((output.width, output.height), Image.Resampling.NEAREST).save(path, "PNG")


def _silent(_: float) -> None:
    """Tell nobody."""


def _go_on() -> None:
    """Let the work go on."""


class FlatDarkroom:
    """A darkroom without Blender: flat colours, the product as a plain shape; see `Darkroom`.

    Every GLB counts as an upright box of 10 x 20 x 10 cm; what does not start like a GLB is
    refused. The same plan gives the same files.
    """

    def __init__(self) -> None:
        self._versions: Mapping[str, str] = {"renderer": "flat"}

    @property
    def versions(self) -> dict[str, str]:
        """What takes the pictures."""
        return dict(self._versions)

    def inspect(
        self, product: Path, *, attempt: int = 1, checkpoint: Checkpoint = _go_on
    ) -> ModelFacts:
        """What every GLB is taken to hold."""
        del attempt
        checkpoint()
        if product.read_bytes()[:4] != b"glTF":
            raise refused("product-unreadable")
        footing = tuple((x, z) for x in (-0.05, 0.05) for z in (-0.05, 0.05))
        return ModelFacts(
            low=(-0.05, 0.0, -0.05), high=(0.05, 0.2, 0.05), triangles=12, footing=footing
        )

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
        """Draw the set as bands and a model as its box's outline."""
        del product, attempt
        checkpoint()
        size = (shot.width, shot.height)
        render_flat(build(shot.plan), Output(*size), folder / PICTURE)
        progress(0.5)
        checkpoint()
        with Image.open(folder / PICTURE) as opened:
            picture = opened.convert("RGBA")
        if shot.alone:
            picture = Image.new("RGBA", size, (0, 0, 0, 0))
        if shot.product.kind == "model":
            layer = _drawn(shot)
            picture.alpha_composite(layer)
            layer.save(folder / MASK)
            share = min(_REFERENCE_SIDE / max(size), 1.0)
            small = (max(round(size[0] * share), 1), max(round(size[1] * share), 1))
            layer.resize(small, Image.Resampling.BOX).save(folder / REFERENCE)
        picture.save(folder / PICTURE)
        progress(1.0)
        return ShotFacts(size_m=shot.size_m, gap_mm=0.0, exposure_ev=shot.exposure_ev or 0.0)

    def preview(
        self,
        plan: SetPlan,
        view: View,
        path: Path,
        *,
        attempt: int = 1,
        checkpoint: Checkpoint = _go_on,
    ) -> None:
        """Draw the set as bands."""
        del attempt
        checkpoint()
        render_flat(build(plan, view.camera), Output(view.width, view.height), path)

    def close(self) -> None:
        """Nothing was started."""


def _drawn(shot: ShotPlan) -> Image.Image:
    """The rectangle around the product's box in the frame."""
    camera = shot.plan.cameras[0]
    view = Viewpoint(camera.position, camera.target, camera.lens_mm)
    points = box_points(shot.pose.at, shot.size_m, shot.pose.yaw_deg)
    seen = project(points, view, shot.width / shot.height) * (shot.width, shot.height)
    (left, low), (right, high) = np.min(seen, axis=0), np.max(seen, axis=0)
    layer = Image.new("RGBA", (shot.width, shot.height), (0, 0, 0, 0))
    outline = (left, shot.height - high, right, shot.height - low)
    ImageDraw.Draw(layer).rectangle(outline, fill=(*_PRODUCT, 255))
    return layer
