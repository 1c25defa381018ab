# SPDX-License-Identifier: GPL-3.0-or-later
"""Textures of what is laid piece by piece: bricks, tiles, planks."""

from typing import Any

from services.render_worker.adapters.blender.nodes import Wiring, linear
from services.render_worker.adapters.blender.painted import Painted
from services.render_worker.scene import Material, Pattern


def brick(wiring: Wiring, place: Any, pattern: Pattern, material: Material) -> Painted:
    """Rows of bricks in mortar."""
    del material
    first, second, mortar = (linear(colour) for colour in pattern.colours[:3])
    upright = _wall_plane(wiring, place)
    bricks = wiring.add(
        "TexBrick",
        {"Vector": upright, "Color1": first, "Color2": second, "Mortar": mortar,
         "Scale": pattern.scale, "Mortar Size": 0.006, "Mortar Smooth": 0.3,
         "Brick Width": 0.22, "Row Height": 0.072, "Bias": 0.0},
    )  # fmt: skip
    fine = wiring.noise(place, 60 * pattern.scale, 5.0, 0.65)
    colour = wiring.mix(
        0.55,
        bricks.outputs["Color"],
        wiring.ramp(fine, [(0.3, (0.25, 0.25, 0.25, 1)), (0.75, (0.8, 0.8, 0.8, 1))]),
        "OVERLAY",
    )
    height = wiring.math("SUBTRACT", wiring.math("MULTIPLY", fine, 0.35), bricks.outputs["Fac"])
    return Painted(colour, None, wiring.bump(height, pattern.bump, 0.012))


def tile(wiring: Wiring, place: Any, pattern: Pattern, material: Material) -> Painted:
    """Square tiles with joints."""
    base, joint = linear(pattern.colours[0]), linear(pattern.colours[1])
    upright = _wall_plane(wiring, place)
    side = 1.0 / pattern.scale
    tiles = wiring.add(
        "TexBrick",
        {"Vector": upright, "Color1": base, "Color2": base, "Mortar": joint, "Scale": 1.0,
         "Mortar Size": 0.0022, "Mortar Smooth": 0.2, "Brick Width": side, "Row Height": side},
        offset=0.0,
    )  # fmt: skip
    uneven = wiring.noise(place, pattern.scale * 1.1, 1.0)
    height = wiring.math("SUBTRACT", wiring.math("MULTIPLY", uneven, 0.5), tiles.outputs["Fac"])
    rough = wiring.range(tiles.outputs["Fac"], 0.0, 1.0, (material.roughness, 0.85))
    return Painted(tiles.outputs["Color"], rough, wiring.bump(height, pattern.bump, 0.004))


def planks(wiring: Wiring, place: Any, pattern: Pattern, material: Material) -> Painted:
    """Boards side by side, each of another tone."""
    base, dark, joint = (linear(colour) for colour in pattern.colours[:3])
    boards = wiring.add(
        "TexBrick",
        {"Vector": place, "Color1": (0.42, 0.42, 0.42, 1), "Color2": (0.62, 0.62, 0.62, 1),
         "Mortar": (0, 0, 0, 1), "Scale": pattern.scale, "Mortar Size": 0.0022,
         "Brick Width": 1.3, "Row Height": 0.14},
        offset=0.37,
    )  # fmt: skip
    tone = boards.outputs["Color"]
    shifted = wiring.add("VectorMath", {0: place, 1: tone}, operation="ADD").outputs[0]
    fibres = wiring.noise(wiring.stretched(shifted, (0.05, 1.0, 1.0)), 42.0, 5.0, 0.65)
    colour = wiring.mix(wiring.range(fibres, 0.32, 0.72, (0.0, 0.8)), base, dark)
    colour = wiring.mix(0.8, colour, tone, "OVERLAY")
    colour = wiring.mix(boards.outputs["Fac"], colour, joint)
    height = wiring.math("SUBTRACT", wiring.math("MULTIPLY", fibres, 0.3), boards.outputs["Fac"])
    rough = wiring.range(fibres, 0.3, 0.7, (material.roughness - 0.05, material.roughness + 0.12))
    return Painted(colour, rough, wiring.bump(height, pattern.bump, 0.004))


def _wall_plane(wiring: Wiring, place: Any) -> Any:
    """Coordinates that run over upright walls of any direction: (x + y, z)."""
    axes = wiring.add("SeparateXYZ", {0: place})
    along = wiring.math("ADD", axes.outputs[0], axes.outputs[1])
    return wiring.add("CombineXYZ", {0: along, 1: axes.outputs[2]}).outputs[0]
