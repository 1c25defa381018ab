# SPDX-License-Identifier: GPL-3.0-or-later
"""What surfaces look like to light that has already been scattered: plain, in their mean colour.

Nobody can tell what pattern a wall had by the light it gives back, and computing patterns is half
the time of a picture. Mirrors and lenses still show them.
"""

from typing import Any

from services.render_worker.adapters.blender.nodes import Wiring, linear
from services.render_worker.adapters.blender.painted import Painted
from services.render_worker.scene import Material, Pattern, PatternKind

_SHARES: dict[PatternKind, tuple[float, ...]] = {
    PatternKind.MARBLE: (0.83, 0.17),
    PatternKind.WOOD: (0.62, 0.38),
    PatternKind.CONCRETE: (0.85, 0.15),
    PatternKind.TERRAZZO: (0.785, 0.215),
    PatternKind.WEAVE: (0.6, 0.4),
    PatternKind.PLANKS: (0.7, 0.3),
    PatternKind.SPECKLE: (0.845, 0.155),
}
"""Of the first colour and of the others together, as measured over 2 m of each."""
_OF_THE_MATERIAL = frozenset({PatternKind.GRAIN, PatternKind.CLOUDY, PatternKind.RIPPLES})
_MOST_METAL = 0.5


def plain_afar(wiring: Wiring, shader: Any, material: Material, painted: Painted) -> Any:
    """The shader as it is for the camera and its mirrors; after a diffuse bounce a plain one."""
    if not _is_worth_it(material):
        return shader
    colour = _mean(material, painted)
    plain = wiring.add("BsdfDiffuse", {"Color": colour}).outputs[0]
    if material.translucency:
        through = wiring.add("BsdfTranslucent", {"Color": colour}).outputs[0]
        plain = wiring.add("MixShader", {0: material.translucency, 1: plain, 2: through}).outputs[0]
    depth = wiring.add("LightPath").outputs["Diffuse Depth"]
    scattered = wiring.math("GREATER_THAN", depth, 0.5)
    # Cycles skips the side that has no share, with everything that only it needs.
    return wiring.add("MixShader", {0: scattered, 1: shader, 2: plain}).outputs[0]


def _is_worth_it(material: Material) -> bool:
    """Opaque, not shining, and costly: patterned or lit from under its skin."""
    costly = material.pattern is not None or material.subsurface > 0
    opaque = material.transmission == 0 and material.metallic < _MOST_METAL
    return costly and opaque and material.glow is None


def _mean(material: Material, painted: Painted) -> Any:
    """The mean colour, linear RGBA; where parts are large enough to tint light, the painted one."""
    pattern = material.pattern
    if pattern is None or pattern.kind in _OF_THE_MATERIAL:
        return linear(material.colour)
    if pattern.kind not in _SHARES:
        return painted.colour
    return _mixed(pattern, *_SHARES[pattern.kind])


def _mixed(pattern: Pattern, of_first: float, of_others: float) -> tuple[float, ...]:
    first, *others = (linear(colour) for colour in pattern.colours)
    if pattern.kind is not PatternKind.TERRAZZO:
        others = others[:1]
    mean = (sum(channel) / len(others) for channel in zip(*others, strict=True))
    return tuple(of_first * one + of_others * other for one, other in zip(first, mean, strict=True))
