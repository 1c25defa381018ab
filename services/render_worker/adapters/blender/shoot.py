# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes one planned picture: the set, the product in it, the proofs beside it."""

import resource
import time
from pathlib import Path
from typing import Any

from services.render_worker.adapters.blender import brought, developing, measuring
from services.render_worker.adapters.blender.device import use_device
from services.render_worker.adapters.blender.engine import set_stage
from services.render_worker.adapters.blender.models import Model, is_see_through, load_model
from services.render_worker.adapters.blender.products import pose, stand_in
from services.render_worker.placing import round_spots, spots_in
from services.render_worker.presets import BOUNCES
from services.render_worker.scene import Output, Scene, with_pictures
from services.render_worker.sets.builder import build
from services.render_worker.shot import CutoutProduct, ModelProduct, ShotFacts, ShotPlan

PICTURE, MASK, REFERENCE = "picture.png", "mask.png", "reference.png"
MOST_BLOCKED = 0.3
"""Share of the product behind something else from which on the picture is not worth taking."""


def shoot(shot: ShotPlan, product: Path, folder: Path, device: str) -> ShotFacts:
    """Write the picture, its product mask and, for a model, a neutral reference.

    Args:
        shot: What to take.
        product: The GLB, or the cut-out cropped to the product.
        folder: Where the files go.
        device: `cpu`, `cuda`, `optix` or `auto`.

    Raises:
        RefusedModelError: The model cannot be shot, or the set's own model cannot be opened.
        ValueError: The cut-out is empty.
    """
    started, worked = time.perf_counter(), time.process_time()
    scene = with_pictures(build(shot.plan), folder)
    output = Output(
        shot.width, shot.height, shot.samples, shot.plan.look.caustics, shot.seed,
        bounces=BOUNCES[shot.quality],
    )  # fmt: skip
    stage = set_stage(scene, output, folder / PICTURE)
    use_device(stage, device)
    models = brought.add_models(stage, shot.plan, folder)
    pieces = list(stage.objects)
    facts, things = _placed(stage, shot, product, scene, pieces, models)
    if facts.blocked > MOST_BLOCKED:
        return facts.model_copy(update={"taken": False})
    if shot.alone:
        _hide_set(stage, pieces)
    light = developing.take(stage, folder)
    drawn = None
    if isinstance(shot.product, ModelProduct):
        drawn = developing.take_mask(stage, things, pieces, folder / MASK, free=facts.blocked == 0)
    exposure = shot.exposure_ev
    if exposure is None:
        exposure = developing.automatic(light, drawn)
    clipped = developing.develop(light, drawn, exposure, folder / PICTURE, alone=shot.alone)
    if isinstance(shot.product, ModelProduct):
        developing.take_reference(stage, pieces, folder / REFERENCE)
    return facts.model_copy(
        update={
            "exposure_ev": exposure,
            "clipped": clipped,
            "seconds": time.perf_counter() - started,
            "cpu_s": time.process_time() - worked,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )


def _placed(
    stage: Any, shot: ShotPlan, product: Path, scene: Scene, pieces: list[Any], models: list[Any]
) -> tuple[ShotFacts, list[Any]]:
    """Put the product in and measure how it stands; returns that and its objects."""
    gap, carried = None, True
    if isinstance(shot.product, CutoutProduct):
        things = [stand_in(stage, product, shot.product, shot.pose)]
        spots = round_spots(shot.product.width_m, shot.product.depth_m, shot.pose)
    else:
        model: Model = load_model(stage, product)
        things = pose(model, shot.pose)
        spots = spots_in(model.facts, shot.pose)
    stage.view_layers[0].update()
    if models:
        carried = brought.seat(stage, models, things, spots, shot.pose.at[1])
    if isinstance(shot.product, ModelProduct):
        gap = measuring.gap_mm(stage, things, spots, shot.pose.at[1])
    facts = ShotFacts(
        blocked=measuring.blocked(stage, things, scene.camera.position) if carried else 1.0,
        touching=measuring.touching(things, pieces),
        size_m=measuring.size_of(things),
        gap_mm=gap,
        see_through=isinstance(shot.product, ModelProduct) and is_see_through(things),
    )
    return facts, things


def _hide_set(stage: Any, pieces: list[Any]) -> None:
    """Let the set shine on the product without being seen."""
    for piece in pieces:
        piece.visible_camera = False
    stage.render.film_transparent = True
