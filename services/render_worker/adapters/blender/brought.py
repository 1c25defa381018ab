# SPDX-License-Identifier: GPL-3.0-or-later
"""A set that somebody brought as a GLB, under a product whose place only its record says."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mathutils import Matrix

from services.render_worker.adapters.blender.measuring import ground
from services.render_worker.adapters.blender.models import RefusedModelError, load_model
from services.render_worker.adapters.blender.module import bpy
from services.render_worker.sets.parts.brought import BroughtModel
from services.render_worker.sets.recipe import SetPlan

_ABOVE_M = 0.05
"""So far above its place in the record a product may find what it stands on."""


def add_models(stage: Any, plan: SetPlan, folder: Path) -> list[Any]:
    """Import a plan's models into the scene; returns their mesh objects.

    Their own lights and cameras stay out: how strong such lights are, files rarely say well.

    Raises:
        RefusedModelError: ``background-unreadable``.
    """
    things: list[Any] = []
    for part in plan.parts:
        if not isinstance(part, BroughtModel):
            continue
        try:
            model = load_model(stage, folder / Path(part.model).name)
        except RefusedModelError as error:
            raise RefusedModelError("background-unreadable") from error
        for thing in model.things:
            thing.name = "set"
        things += model.things
    return things


def seat(
    stage: Any,
    brought: list[Any],
    product: list[Any],
    spots: Iterable[tuple[float, float]],
    bottom_m: float,
) -> bool:
    """Raise or lower the brought set until it carries the product; False where nothing is below.

    The product stays: camera, light and the proofs of the picture are laid out around it.

    Args:
        stage: The Blender scene.
        brought: Mesh objects of the set.
        product: Mesh objects of the product, which carry nothing.
        spots: (x, z) in the scene of points it stands on.
        bottom_m: Height of its lowest point.
    """
    own = {thing.name for thing in product}
    under = [ground(stage, own, x, z, bottom_m + _ABOVE_M) for x, z in spots]
    heights = [height for height in under if height is not None]
    if not heights:
        return False
    moved = Matrix.Translation((0.0, 0.0, bottom_m - max(heights)))
    for thing in brought:
        thing.data.transform(moved)
        thing.data.update()
    bpy.context.view_layer.update()
    return True
