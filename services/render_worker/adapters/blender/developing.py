# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking the light once, and developing it into pictures: exposure, mask, neutral reference."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.render_worker.adapters.blender.models import shows_its_set
from services.render_worker.adapters.blender.module import bpy
from services.render_worker.adapters.blender.nodes import Wiring
from services.render_worker.exposure import Zones, exposure_for

Pixels = NDArray[np.float32]
_LIGHT = "light.exr"
_MASK_SAMPLES = 8
_REFERENCE_SAMPLES = 4
_PROOF_SIDE = 320
_INSIDE = 0.98
_WHITE, _BLACK = 254.5 / 255, 1.5 / 255


def take(stage: Any, folder: Path) -> Path:
    """Render and keep the light itself, before any exposure; returns its file."""
    bpy.ops.render.render()
    path = folder / _LIGHT
    shape = stage.render.image_settings
    kept = shape.file_format, shape.color_mode
    shape.file_format, shape.color_mode, shape.color_depth = "OPEN_EXR", "RGBA", "16"
    bpy.data.images["Render Result"].save_render(str(path), scene=stage)
    shape.file_format, shape.color_mode = kept
    return path


def develop(light: Path, mask: Pixels | None, stops: float, path: Path, *, alone: bool) -> float:
    """Write the picture at an exposure; returns the share of the product that lost its detail."""
    stage = bpy.context.scene
    before = stage.view_settings.exposure
    stage.view_settings.exposure = before + stops
    shape = stage.render.image_settings
    shape.file_format, shape.color_depth = "PNG", "8"
    shape.color_mode = "RGBA" if alone else "RGB"
    image = bpy.data.images.load(str(light))
    image.save_render(str(path), scene=stage)
    bpy.data.images.remove(image)
    stage.view_settings.exposure = before
    if mask is None:
        return 0.0
    seen = _thinned(_read(path), mask)[..., :3][mask >= _INSIDE]
    if not len(seen):
        return 0.0
    lost = (seen.min(axis=1) >= _WHITE) | (seen.max(axis=1) <= _BLACK)
    return float(lost.mean())


def automatic(light: Path, mask: Pixels | None) -> float:
    """Stops that keep the product between its highlights and its shadows."""
    pixels = _read(light)[..., :3] * 2.0**bpy.context.scene.view_settings.exposure
    luminance = pixels @ np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
    if mask is None or not np.any(mask >= _INSIDE):
        return 0.0
    product = _thinned(luminance, mask)[mask >= _INSIDE]
    return exposure_for(
        Zones(
            high=float(np.percentile(product, 98)),
            middle=float(np.percentile(product, 60)),
            frame_high=float(np.percentile(luminance, 95)),
        )
    )


def take_mask(
    stage: Any, things: list[Any], pieces: list[Any], path: Path, *, free: bool
) -> Pixels:
    """Write how much of each pixel is product, in black where that shows its set.

    Args:
        stage: The Blender scene.
        things: Of the product.
        pieces: Of the set.
        path: Of the picture.
        free: Nothing stands in front of the product; else what does cuts it.
    """
    holdouts = [piece for piece in pieces if piece.visible_camera and piece.type != "LIGHT"]
    if free:
        holdouts = []
        hide(stage, pieces)
    frame, cycles = stage.render, stage.cycles
    kept = frame.film_transparent, cycles.samples, cycles.use_denoising
    for piece in holdouts:
        piece.is_holdout = True
    frame.film_transparent, cycles.samples, cycles.use_denoising = True, _MASK_SAMPLES, False
    _make_small(stage)
    with _marked(things):
        _write_rgba(stage, path)
    for piece in holdouts:
        piece.is_holdout = False
    frame.film_transparent, cycles.samples, cycles.use_denoising = kept
    return np.asarray(_read(path)[..., 3])


def take_reference(stage: Any, pieces: list[Any], path: Path) -> None:
    """Write the product by itself in even light, small: what it looks like without a set."""
    camera = stage.camera
    hide(stage, pieces)
    made = bpy.data.worlds.new("even")
    made.use_nodes = True
    wiring = Wiring(made.node_tree)
    white = wiring.add("Background", {"Color": (1.0, 1.0, 1.0, 1.0), "Strength": 0.85})
    wiring.add("OutputWorld", {"Surface": white.outputs[0]})
    stage.world = made
    frame, cycles = stage.render, stage.cycles
    frame.film_transparent, cycles.samples = True, _REFERENCE_SAMPLES
    _make_small(stage)
    stage.view_settings.exposure = 0.0
    camera.data.dof.use_dof = False
    _write_rgba(stage, path)


def _make_small(stage: Any) -> None:
    """Proofs need no more pixels than eyes do to recognise a thing."""
    frame = stage.render
    longest = max(frame.resolution_x, frame.resolution_y)
    frame.resolution_percentage = max(min(round(100 * _PROOF_SIDE / longest), 100), 1)


def _thinned(pixels: Pixels, mask: Pixels) -> Pixels:
    """As many pixels of a picture as its smaller mask has, evenly spread."""
    rows = (np.arange(mask.shape[0]) + 0.5) * pixels.shape[0] / mask.shape[0]
    columns = (np.arange(mask.shape[1]) + 0.5) * pixels.shape[1] / mask.shape[1]
    return np.asarray(pixels[np.ix_(rows.astype(int), columns.astype(int))])


def hide(stage: Any, pieces: list[Any]) -> None:
    """Leave the set out of the pictures that follow."""
    for piece in pieces:
        piece.hide_render = piece != stage.camera


def _write_rgba(stage: Any, path: Path) -> None:
    shape = stage.render.image_settings
    shape.file_format, shape.color_mode, shape.color_depth = "PNG", "RGBA", "8"
    stage.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)


@contextmanager
def _marked(things: list[Any]) -> Iterator[None]:
    """Paint the product for its mask while the block runs: black what shows its set, else white."""
    marks = {True: _flat(0.0), False: _flat(1.0)}
    kept = [list(thing.data.materials) for thing in things]
    for thing, looks in zip(things, kept, strict=True):
        for slot, look in enumerate(looks):
            thing.data.materials[slot] = marks[look is not None and shows_its_set(look)]
    yield
    for thing, looks in zip(things, kept, strict=True):
        for slot, look in enumerate(looks):
            thing.data.materials[slot] = look


def _flat(strength: float) -> Any:
    made = bpy.data.materials.new("mask")
    made.use_nodes = True
    wiring = Wiring(made.node_tree)
    light = wiring.add("Emission", {"Color": (1.0, 1.0, 1.0, 1.0), "Strength": strength})
    wiring.add("OutputMaterial", {"Surface": light.outputs[0]})
    return made


def _read(path: Path) -> Pixels:
    """A picture file as (h, w, 4); light stays light, pictures come as they are stored."""
    image = bpy.data.images.load(str(path))
    if path.suffix == ".png":
        image.colorspace_settings.name = "Non-Color"
    image.alpha_mode = "CHANNEL_PACKED"
    width, height = image.size
    flat = np.empty(width * height * 4, dtype=np.float32)
    image.pixels.foreach_get(flat)
    bpy.data.images.remove(image)
    pixels = flat.reshape(height, width, 4)
    if not math.isfinite(float(pixels.sum())):
        pixels = np.nan_to_num(pixels)
    return np.asarray(pixels[::-1])
