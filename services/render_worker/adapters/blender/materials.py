# SPDX-License-Identifier: GPL-3.0-or-later
"""Materials of a scene as Cycles shaders."""

from typing import Any

from services.render_worker.adapters.blender.afar import plain_afar
from services.render_worker.adapters.blender.module import bpy
from services.render_worker.adapters.blender.nodes import EVERYTHING, Wiring, linear
from services.render_worker.adapters.blender.painted import Painted
from services.render_worker.adapters.blender.patterns import paint
from services.render_worker.scene import Material


def make_material(
    material: Material, known: dict[Material, Any], finest: float = EVERYTHING
) -> Any:
    """The Blender material of a `Material`; equal ones are made once.

    Args:
        material: What the surface is like.
        known: Those made so far.
        finest: Features per metre of it that the picture can still show.
    """
    if material not in known:
        made = bpy.data.materials.new("surface")
        made.use_nodes = True
        _shade(Wiring(made.node_tree, finest), material)
        known[material] = made
    return known[material]


def _shade(wiring: Wiring, material: Material) -> None:
    """Wire the shader tree."""
    if material.pattern is None:
        painted = Painted(linear(material.colour))
    else:
        painted = paint(wiring, material.pattern, material)
    if material.shadowless:
        sky = wiring.add("Emission", {"Color": painted.colour, "Strength": material.glow_strength})
        wiring.add("OutputMaterial", {"Surface": sky.outputs[0]})
        return
    shader = _principled(wiring, material, painted)
    if material.translucency:
        through = wiring.add("BsdfTranslucent", {"Color": painted.colour})
        shader = wiring.add(
            "MixShader", {0: material.translucency, 1: shader, 2: through.outputs[0]}
        ).outputs[0]
    shader = plain_afar(wiring, shader, material, painted)
    if material.transmission:
        shader = _lit_through(wiring, shader, painted)
    wiring.add("OutputMaterial", {"Surface": shader})


def _lit_through(wiring: Wiring, shader: Any, painted: Painted) -> Any:
    """Let shadows through glass bright and tinted, which caustics would do with far more noise."""
    shadow = wiring.add("LightPath").outputs["Is Shadow Ray"]
    clear = wiring.add("BsdfTransparent", {"Color": painted.colour}).outputs[0]
    return wiring.add(
        "MixShader", {0: wiring.math("MULTIPLY", shadow, 0.85), 1: shader, 2: clear}
    ).outputs[0]


def _principled(wiring: Wiring, material: Material, painted: Painted) -> Any:
    """The principled shader with everything the material says."""
    inputs: dict[str | int, Any] = {
        "Base Color": painted.colour,
        "Roughness": material.roughness if painted.roughness is None else painted.roughness,
        "Metallic": material.metallic,
        "Specular IOR Level": material.specular,
        "IOR": material.ior,
        "Coat Weight": material.coat,
        "Coat Roughness": 0.04,
        "Sheen Weight": material.sheen,
        "Transmission Weight": material.transmission,
        "Anisotropic": material.anisotropy,
        "Subsurface Weight": material.subsurface,
        "Subsurface Scale": 0.01,
    }
    if painted.normal is not None:
        inputs["Normal"] = painted.normal
    if material.glow is not None:
        inputs["Emission Color"] = linear(material.glow)
        inputs["Emission Strength"] = material.glow_strength
    # What light does between the facets of a surface shows on rough metal only.
    facets = "MULTI_GGX" if material.metallic or material.transmission else "GGX"
    return wiring.add("BsdfPrincipled", inputs, distribution=facets).outputs[0]
