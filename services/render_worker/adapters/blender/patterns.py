# SPDX-License-Identifier: GPL-3.0-or-later
"""Procedural textures: what each `PatternKind` looks like in Cycles."""

import math
from collections.abc import Callable
from typing import Any

from services.render_worker.adapters.blender import laid
from services.render_worker.adapters.blender.module import bpy
from services.render_worker.adapters.blender.nodes import Wiring, linear
from services.render_worker.adapters.blender.painted import Painted
from services.render_worker.scene import Material, Pattern, PatternKind

Painter = Callable[[Wiring, Any, Pattern, Material], Painted]


def paint(wiring: Wiring, pattern: Pattern, material: Material) -> Painted:
    """Draw the pattern of a material."""
    place = wiring.add("TexCoord").outputs["Object"]
    x, y, z = pattern.turn_deg
    turn = (math.radians(x), math.radians(-z), math.radians(y))
    place = wiring.add("Mapping", {"Vector": place, "Rotation": turn}).outputs[0]
    return _PAINTERS[pattern.kind](wiring, place, pattern, material)


def _gradient(wiring: Wiring, place: Any, pattern: Pattern, material: Material) -> Painted:
    del material
    height = wiring.add("SeparateXYZ", {0: place}).outputs["Z"]
    low, high = pattern.span
    factor = wiring.add(
        "MapRange", {"Value": height, 1: low, 2: high}, interpolation_type="SMOOTHSTEP"
    ).outputs[0]
    last = len(pattern.colours) - 1
    stops = [(at / last, linear(colour)) for at, colour in enumerate(pattern.colours)]
    return Painted(wiring.ramp(factor, stops))


def _marble(wiring: Wiring, place: Any, pattern: Pattern, material: Material) -> Painted:
    del material
    base, vein = linear(pattern.colours[0]), linear(pattern.colours[1])
    warp = wiring.add("TexNoise", {"Vector": place, "Scale": pattern.scale, "Detail": 6.0})
    bent = wiring.add(
        "VectorMath", {0: warp.outputs["Color"], 1: (0.5, 0.5, 0.5)}, operation="SUBTRACT"
    )
    bent = wiring.add("VectorMath", {0: bent.outputs[0], "Scale": 0.55}, operation="SCALE")
    moved = wiring.add("VectorMath", {0: place, 1: bent.outputs[0]}, operation="ADD").outputs[0]
    veins = []
    for scale, width, seed in ((pattern.scale * 0.9, 0.035, 0.0), (pattern.scale * 2.3, 0.02, 7.3)):
        shifted = wiring.add("Mapping", {"Vector": moved, "Location": (seed, seed, seed)}).outputs[
            0
        ]
        field = wiring.noise(shifted, scale, 2.0)
        ridge = wiring.math("ABSOLUTE", wiring.math("SUBTRACT", field, 0.5))
        veins.append(wiring.range(ridge, 0.0, width, (1.0, 0.0)))
    clouds = wiring.range(wiring.noise(moved, pattern.scale * 0.8, 5.0), 0.42, 0.75, (0.0, 0.30))
    strength = wiring.range(wiring.noise(place, pattern.scale * 1.4, 2.0), 0.4, 0.65, (0.12, 0.8))
    lines = wiring.math("MULTIPLY", veins[0], strength)
    fine = wiring.math("MULTIPLY", veins[1], 0.28)
    factor = wiring.math("ADD", wiring.math("ADD", lines, fine), clouds, clamp=True)
    return Painted(wiring.mix(factor, base, vein))


def _wood(wiring: Wiring, place: Any, pattern: Pattern, material: Material) -> Painted:
    light, dark = linear(pattern.colours[0]), linear(pattern.colours[1])
    long = wiring.stretched(place, (0.09, 1.0, 1.0))
    rings = wiring.noise(long, pattern.scale * 1.1, 3.0, 0.55)
    bands = wiring.math("FRACT", wiring.math("MULTIPLY", rings, 9.0))
    bands = wiring.math(
        "ABSOLUTE", wiring.math("SUBTRACT", wiring.math("MULTIPLY", bands, 2.0), 1.0)
    )
    fibres = wiring.noise(wiring.stretched(place, (0.02, 1.0, 1.0)), pattern.scale * 60, 4.0, 0.7)
    factor = wiring.math(
        "ADD", wiring.math("MULTIPLY", bands, 0.34), wiring.range(fibres, 0.35, 0.75, (0.0, 0.55))
    )
    shade = wiring.noise(long, pattern.scale * 0.45, 2.0)
    factor = wiring.math("ADD", factor, wiring.range(shade, 0.3, 0.7, (-0.18, 0.2)), clamp=True)
    rough = wiring.range(fibres, 0.2, 0.8, (material.roughness - 0.06, material.roughness + 0.12))
    normal = wiring.bump(fibres, pattern.bump, 0.0012)
    return Painted(wiring.mix(factor, light, dark), rough, normal)


def _concrete(wiring: Wiring, place: Any, pattern: Pattern, material: Material) -> Painted:
    base, dark, light = (linear(colour) for colour in pattern.colours[:3])
    clouds = wiring.noise(place, pattern.scale, 5.0, 0.5)
    colour = wiring.ramp(clouds, [(0.22, dark), (0.5, base), (0.8, light)])
    fine = wiring.noise(place, pattern.scale * 45, 3.0, 0.7)
    colour = wiring.mix(0.35, colour, wiring.ramp(fine, [(0.3, dark), (0.7, light)]), "SOFT_LIGHT")
    height = wiring.math("ADD", wiring.math("MULTIPLY", fine, 0.25), clouds)
    if pattern.bump > 0.1:  # noqa: PLR2004 - ground smooth there are no holes left
        pits = _pits(wiring, place, pattern.scale)
        colour = wiring.mix(pits, dark, colour)
        height = wiring.math("ADD", height, pits)
    rough = wiring.range(clouds, 0.3, 0.7, (material.roughness - 0.1, material.roughness + 0.08))
    return Painted(colour, rough, wiring.bump(height, pattern.bump, 0.004))


def _pits(wiring: Wiring, place: Any, scale: float) -> Any:
    """Small holes in patches: 0 inside a hole, 1 elsewhere."""
    cells = wiring.add("TexVoronoi", {"Vector": place, "Scale": scale * 14, "Randomness": 1.0})
    holes = wiring.range(cells.outputs["Distance"], 0.06, 0.12, (0.0, 1.0))
    sparse = wiring.range(wiring.noise(place, scale * 2.2, 2.0), 0.50, 0.60, (1.0, 0.0))
    return wiring.math("MAXIMUM", holes, sparse)


def _terrazzo(wiring: Wiring, place: Any, pattern: Pattern, material: Material) -> Painted:
    del material
    colour: Any = linear(pattern.colours[0])
    chips = [linear(chip) for chip in pattern.colours[1:]]
    stops = [(at / len(chips), chip) for at, chip in enumerate(chips)]
    for scale, edge, kept in ((0.5, 0.2, 0.3), (1.1, 0.18, 0.34), (2.6, 0.16, 0.3)):
        shifted = wiring.add("Mapping", {"Vector": place, "Location": (scale, scale, 0.0)}).outputs[
            0
        ]
        cells = wiring.add(
            "TexVoronoi", {"Vector": shifted, "Scale": pattern.scale * scale, "Randomness": 1.0}
        )
        border = wiring.add(
            "TexVoronoi",
            {"Vector": shifted, "Scale": pattern.scale * scale},
            feature="DISTANCE_TO_EDGE",
        )
        split = wiring.add("SeparateColor", {0: cells.outputs["Color"]})
        inside = wiring.math("GREATER_THAN", border.outputs["Distance"], edge)
        chosen = wiring.math("LESS_THAN", split.outputs[1], kept)
        ramp = wiring.add("ValToRGB", {"Fac": split.outputs[0]})
        ramp.color_ramp.interpolation = "CONSTANT"
        while len(ramp.color_ramp.elements) < len(stops):
            ramp.color_ramp.elements.new(0.5)
        for element, (position, chip) in zip(ramp.color_ramp.elements, stops, strict=True):
            element.position, element.color = position, chip
        colour = wiring.mix(wiring.math("MULTIPLY", inside, chosen), colour, ramp.outputs["Color"])
    return Painted(colour)


def _weave(wiring: Wiring, place: Any, pattern: Pattern, material: Material) -> Painted:
    del material
    base, dark = linear(pattern.colours[0]), linear(pattern.colours[1])
    if pattern.scale > 2 * wiring.finest:  # less than a pixel for a pair of threads
        return Painted(wiring.mix(0.4, base, dark))
    axes = wiring.add("SeparateXYZ", {0: place})
    waves = [
        wiring.math("SINE", wiring.math("MULTIPLY", axes.outputs[at], pattern.scale * math.pi))
        for at in range(3)
    ]
    height = wiring.math(
        "ADD",
        wiring.math("MULTIPLY", waves[0], waves[1]),
        wiring.math("MULTIPLY", waves[1], waves[2]),
    )
    height = wiring.math("ADD", height, wiring.math("MULTIPLY", waves[0], waves[2]))
    yarn = wiring.noise(wiring.stretched(place, (1.0, 0.15, 1.0)), pattern.scale * 0.35, 3.0)
    factor = wiring.math(
        "ADD",
        wiring.range(height, -1.2, 1.2, (0.55, 0.0)),
        wiring.range(yarn, 0.35, 0.65, (0.25, 0.0)),
    )
    return Painted(
        wiring.mix(factor, base, dark), None, wiring.bump(height, pattern.bump, 0.4 / pattern.scale)
    )


def _grain(wiring: Wiring, place: Any, pattern: Pattern, material: Material) -> Painted:
    shade = wiring.range(wiring.noise(place, pattern.scale * 0.08, 3.0), 0.3, 0.7, (0.97, 1.02))
    value = wiring.add("CombineColor", {0: shade, 1: shade, 2: shade}).outputs[0]
    colour = wiring.mix(1.0, linear(material.colour), value, "MULTIPLY")
    if pattern.scale > wiring.finest:
        return Painted(colour)
    height = wiring.noise(place, pattern.scale, 5.0, 0.6)
    return Painted(colour, None, wiring.bump(height, pattern.bump, 0.12 / pattern.scale))


def _brushed(wiring: Wiring, place: Any, pattern: Pattern, material: Material) -> Painted:
    lines = wiring.noise(wiring.stretched(place, (0.02, 0.02, 1.0)), pattern.scale, 3.0, 0.6)
    rough = wiring.range(lines, 0.3, 0.7, (material.roughness * 0.75, material.roughness * 1.3))
    return Painted(linear(material.colour), rough, wiring.bump(lines, pattern.bump, 0.0004))


def _speckle(wiring: Wiring, place: Any, pattern: Pattern, material: Material) -> Painted:
    del material
    base, spot = linear(pattern.colours[0]), linear(pattern.colours[1])
    fine = wiring.noise(place, pattern.scale, 2.0)
    dots = wiring.range(fine, 0.66, 0.72, (0.0, 0.8))
    tone = wiring.range(wiring.noise(place, pattern.scale * 0.012, 4.0), 0.35, 0.7, (0.0, 0.35))
    colour = wiring.mix(wiring.math("MAXIMUM", dots, tone), base, spot)
    normal = wiring.bump(fine, pattern.bump, 0.5 / pattern.scale) if pattern.bump else None
    return Painted(colour, None, normal)


def _ripples(wiring: Wiring, place: Any, pattern: Pattern, material: Material) -> Painted:
    waves = wiring.add(
        "TexWave",
        {"Vector": place, "Scale": pattern.scale * 0.5, "Distortion": 3.5, "Detail": 2.0},
        wave_type="RINGS", rings_direction="Z",
    ).outputs["Fac"]  # fmt: skip
    swell = wiring.noise(place, pattern.scale, 2.0)
    height = wiring.math("ADD", wiring.math("MULTIPLY", waves, 0.5), swell)
    return Painted(linear(material.colour), None, wiring.bump(height, pattern.bump, 0.01))


def _cloudy(wiring: Wiring, place: Any, pattern: Pattern, material: Material) -> Painted:
    field = wiring.noise(place, pattern.scale, 3.0)
    tint = wiring.add(
        "HueSaturation",
        {
            "Hue": wiring.range(field, 0.3, 0.7, (0.485, 0.515)),
            "Value": wiring.range(field, 0.3, 0.7, (0.72, 1.25)),
            "Color": linear(material.colour),
        },
    )
    return Painted(tint.outputs[0])


def _picture(wiring: Wiring, place: Any, pattern: Pattern, material: Material) -> Painted:
    """A picture over the whole front of an upright sheet."""
    del place, material
    box = wiring.add("SeparateXYZ", {0: wiring.add("TexCoord").outputs["Generated"]})
    across = wiring.add("CombineXYZ", {0: box.outputs[0], 1: box.outputs[2]}).outputs[0]
    image = bpy.data.images.load(pattern.picture, check_existing=True)
    sheet = wiring.add("TexImage", {"Vector": across}, image=image, extension="EXTEND")
    return Painted(sheet.outputs["Color"])


_PAINTERS: dict[PatternKind, Painter] = {
    PatternKind.GRADIENT: _gradient,
    PatternKind.MARBLE: _marble,
    PatternKind.WOOD: _wood,
    PatternKind.CONCRETE: _concrete,
    PatternKind.TERRAZZO: _terrazzo,
    PatternKind.WEAVE: _weave,
    PatternKind.GRAIN: _grain,
    PatternKind.BRICK: laid.brick,
    PatternKind.TILE: laid.tile,
    PatternKind.PLANKS: laid.planks,
    PatternKind.BRUSHED: _brushed,
    PatternKind.SPECKLE: _speckle,
    PatternKind.RIPPLES: _ripples,
    PatternKind.CLOUDY: _cloudy,
    PatternKind.PICTURE: _picture,
}
