"""Materials as glTF has them: metal and roughness, with the Khronos extensions for the rest."""

from typing import Any

from services.render_worker.gltf.colours import linear
from services.render_worker.gltf.tiles import plain_colour, tile_of
from services.render_worker.gltf.tints import BRIGHTEST, is_tinted
from services.render_worker.scene import Material

Item = dict[str, Any]
_COAT_ROUGHNESS = 0.04
_USUAL_SPECULAR, _USUAL_IOR = 0.5, 1.5
_SHEEN = 0.4
"""What Cycles' sheen of 1 adds at a grazing angle, about."""


def material_of(material: Material, texture: int | None, brightness: float) -> Item:
    """One material.

    Args:
        material: As the set has it; translucency, subsurface, anisotropy and relief are left out.
        texture: Index of its tile's texture; None without one.
        brightness: Times what shines by itself.
    """
    pattern = material.pattern
    colour = linear(material.colour) if pattern is None else plain_colour(pattern)
    if is_tinted(pattern):
        colour = (colour * BRIGHTEST).clip(0.0, 1.0)
    pbr: Item = {"metallicFactor": material.metallic, "roughnessFactor": material.roughness}
    if texture is None:
        pbr["baseColorFactor"] = [*_rounded(colour), 1.0]
    else:
        pbr["baseColorTexture"] = {"index": texture}
    made: Item = {"pbrMetallicRoughness": pbr, "doubleSided": True}
    extensions = _extensions(material)
    if material.shadowless:
        made = _sky(colour, texture)
        extensions = _strength(material.glow_strength * brightness)
    elif material.glow is not None:
        made["emissiveFactor"] = _rounded(linear(material.glow))
        extensions |= _strength(material.glow_strength * brightness)
    return {**made, "extensions": extensions} if extensions else made


def has_tile(material: Material) -> bool:
    """Whether a picture is painted on it: brushed or polished metal has one colour."""
    return material.pattern is not None and tile_of(material.pattern) is not None


def _sky(colour: Any, texture: int | None) -> Item:
    """A painted sky shines and takes no light."""
    shine: Item = {"emissiveFactor": [1.0, 1.0, 1.0], "emissiveTexture": {"index": texture}}
    if texture is None:
        shine = {"emissiveFactor": _rounded(colour)}
    black = {"baseColorFactor": [0.0, 0.0, 0.0, 1.0], "metallicFactor": 0.0, "roughnessFactor": 1.0}
    return {"pbrMetallicRoughness": black, "doubleSided": True, **shine}


def _strength(value: float) -> Item:
    return {"KHR_materials_emissive_strength": {"emissiveStrength": round(value, 4)}}


def _extensions(material: Material) -> Item:
    found: Item = {}
    if material.transmission:
        found["KHR_materials_transmission"] = {"transmissionFactor": material.transmission}
        found["KHR_materials_ior"] = {"ior": material.ior}
    if material.coat:
        found["KHR_materials_clearcoat"] = {
            "clearcoatFactor": material.coat,
            "clearcoatRoughnessFactor": _COAT_ROUGHNESS,
        }
    if material.sheen:
        tint = round(material.sheen * _SHEEN, 4)
        found["KHR_materials_sheen"] = {
            "sheenColorFactor": [tint, tint, tint],
            "sheenRoughnessFactor": 0.5,
        }
    if material.specular < _USUAL_SPECULAR:
        found["KHR_materials_specular"] = {"specularFactor": 2 * material.specular}
    return found


def _rounded(colour: Any) -> list[float]:
    return [round(float(channel), 5) for channel in colour]
