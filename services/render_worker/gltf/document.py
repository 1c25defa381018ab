"""A recipe as one GLB 2.0: meshes by material, lights, cameras and the product's anchor."""

import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.render_worker.gltf.colours import as_picture
from services.render_worker.gltf.faceting import Corners, faceted, united
from services.render_worker.gltf.lights import (
    aimed,
    anchor_of,
    brightness_of,
    camera_of,
    light_of,
    surroundings_of,
)
from services.render_worker.gltf.materials import has_tile, material_of
from services.render_worker.gltf.tiles import tile_of
from services.render_worker.gltf.tints import is_tinted, tints_of
from services.render_worker.scene import Material, Piece, Scene
from services.render_worker.sets.recipe import CameraPlan, Recipe

Item = dict[str, Any]
Encode = Callable[[NDArray[np.uint8]], bytes]
"""An 8-bit sRGB picture (height, width, 3) as a JPEG file."""

_ARRAY, _ELEMENTS = 34962, 34963
_BYTE, _UBYTE, _USHORT, _UINT, _FLOAT = 5120, 5121, 5123, 5125, 5126
_REPEAT, _CLAMP = 10497, 33071
_LINEAR, _MIPMAPS = 9729, 9987
_STEPS = 65535
_GLB, _VERSION, _JSON, _BIN = 0x46546C67, 2, 0x4E4F534A, 0x004E4942


class _Writer:
    """Collects what a glTF document holds."""

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self._binary: list[bytes] = []
        self._at = 0
        self.lists: dict[str, list[Item]] = {}

    def add(self, name: str, item: Item) -> int:
        """Append to a list of the document; returns the item's index."""
        found = self.lists.setdefault(name, [])
        found.append(item)
        return len(found) - 1

    def view(self, data: bytes, **more: Any) -> int:
        """Store bytes as a buffer view, on a boundary of four."""
        start = self._at
        padded = data + b"\0" * (-len(data) % 4)
        self._binary.append(padded)
        self._at += len(padded)
        facts = {"buffer": 0, "byteOffset": start, "byteLength": len(data), **more}
        return self.add("bufferViews", facts)

    def accessor(self, view: int, kind: int, shape: str, count: int, **more: Any) -> int:
        """Describe the numbers of a buffer view."""
        facts = {"bufferView": view, "componentType": kind, "count": count, "type": shape, **more}
        return self.add("accessors", facts)

    def texture(self, material: Material) -> int | None:
        """Store a material's tile; None without one."""
        tile = tile_of(material.pattern) if material.pattern and has_tile(material) else None
        if tile is None:
            return None
        view = self.view(self._encode(as_picture(tile.rgb)))
        image = self.add("images", {"bufferView": view, "mimeType": "image/jpeg"})
        wrap = _CLAMP if tile.upright else _REPEAT
        settings = {"magFilter": _LINEAR, "minFilter": _MIPMAPS, "wrapS": wrap, "wrapT": wrap}
        samplers = self.lists.setdefault("samplers", [])
        if settings not in samplers:
            samplers.append(settings)
        return self.add("textures", {"source": image, "sampler": samplers.index(settings)})

    def glb(self, document: Item) -> bytes:
        """The whole file."""
        binary = b"".join(self._binary)
        whole = {**document, **self.lists, "buffers": [{"byteLength": len(binary)}]}
        text = json.dumps(whole, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        total = 12 + 8 + len(text) + 8 + len(binary)
        head = struct.pack("<III", _GLB, _VERSION, total)
        return b"".join(
            [head, struct.pack("<II", len(text), _JSON), text,
             struct.pack("<II", len(binary), _BIN), binary]
        )  # fmt: skip


def glb_of(recipe: Recipe, scene: Scene, pieces: tuple[Piece, ...], encode: Encode) -> bytes:
    """Write a set.

    Args:
        recipe: What it is.
        scene: Built from its plan.
        pieces: Of the scene, as light as they shall be; what is not seen is left out.
        encode: Makes the pictures of its tiles.
    """
    writer = _Writer(encode)
    children = [
        *_meshes(writer, pieces, brightness_of(scene.look)),
        *_lights(writer, recipe, scene),
        *(_camera(writer, camera) for camera in recipe.plan.cameras),
        writer.add("nodes", anchor_of(recipe.stage)),
    ]  # fmt: skip
    root = writer.add("nodes", {"name": recipe.id, "children": children})
    about = {"id": recipe.id, "version": recipe.version, **surroundings_of(recipe.plan)}
    document: Item = {
        "asset": {"version": "2.0", "generator": "Backlot", "copyright": recipe.licence},
        "scene": 0,
        "scenes": [{"name": recipe.name.en, "nodes": [root], "extras": {"backlot": about}}],
        "extensionsUsed": _used(writer),
        "extensionsRequired": ["KHR_mesh_quantization"],
    }
    if scene.lights:
        document["extensions"] = {"KHR_lights_punctual": {"lights": writer.lists.pop("lights")}}
    return writer.glb(document)


def triangles_of(pieces: tuple[Piece, ...]) -> int:
    """Triangles of what is seen."""
    return sum(piece.mesh.triangles for piece in pieces if piece.seen)


def _used(writer: _Writer) -> list[str]:
    """Names of the extensions the document uses."""
    named = {
        name for one in writer.lists.get("materials", []) for name in one.get("extensions", {})
    }
    lights = {"KHR_lights_punctual"} if "lights" in writer.lists else set()
    return sorted({"KHR_mesh_quantization"} | lights | named)


def _meshes(writer: _Writer, pieces: tuple[Piece, ...], brightness: float) -> list[int]:
    """One mesh for each material, in the order they first appear."""
    groups: dict[Material, list[Piece]] = {}
    for piece in pieces:
        if piece.seen and len(piece.mesh.faces):
            groups.setdefault(piece.material, []).append(piece)
    nodes = []
    for material, members in groups.items():
        pattern = material.pattern
        tile = tile_of(pattern) if pattern and has_tile(material) else None
        turn = pattern.turn_deg if pattern else (0.0, 0.0, 0.0)
        corners = united([faceted(piece.mesh, tile, turn) for piece in members])
        look = writer.add("materials", material_of(material, writer.texture(material), brightness))
        tints = tints_of(pattern, corners.points) if pattern and is_tinted(pattern) else None
        nodes.append(_mesh(writer, corners, tints, look, members[0].name))
    return nodes


def _mesh(
    writer: _Writer, corners: Corners, tints: NDArray[np.uint8] | None, material: int, name: str
) -> int:
    """Store a mesh with places in 16 bits; its node scales them back to metres."""
    low = corners.points.min(axis=0)
    step = float((corners.points.max(axis=0) - low).max()) / _STEPS or 1.0
    grid = np.zeros((len(corners.points), 4), dtype=np.uint16)
    grid[:, :3] = np.rint((corners.points - low) / step)
    normals = np.zeros((len(grid), 4), dtype=np.int8)
    normals[:, :3] = corners.normals
    count = len(grid)
    box = {"min": grid[:, :3].min(axis=0).tolist(), "max": grid[:, :3].max(axis=0).tolist()}
    place = writer.view(grid.tobytes(), target=_ARRAY, byteStride=8)
    facing = writer.view(normals.tobytes(), target=_ARRAY, byteStride=4)
    attributes = {
        "POSITION": writer.accessor(place, _USHORT, "VEC3", count, **box),
        "NORMAL": writer.accessor(facing, _BYTE, "VEC3", count, normalized=True),
    }
    if corners.places is not None:
        painted = writer.view(corners.places.astype(np.float32).tobytes(), target=_ARRAY)
        attributes["TEXCOORD_0"] = writer.accessor(painted, _FLOAT, "VEC2", count)
    if tints is not None:
        coloured = writer.view(tints.tobytes(), target=_ARRAY)
        attributes["COLOR_0"] = writer.accessor(coloured, _UBYTE, "VEC4", count, normalized=True)
    short = count <= _STEPS
    flat = corners.triangles.ravel().astype(np.uint16 if short else np.uint32)
    view = writer.view(flat.tobytes(), target=_ELEMENTS)
    indices = writer.accessor(view, _USHORT if short else _UINT, "SCALAR", len(flat))
    primitive = {"attributes": attributes, "indices": indices, "material": material}
    mesh = writer.add("meshes", {"name": name, "primitives": [primitive]})
    moved = {"translation": low.tolist(), "scale": [step, step, step]}
    return writer.add("nodes", {"name": name, "mesh": mesh, **moved})


def _camera(writer: _Writer, plan: CameraPlan) -> int:
    """One camera of the plan."""
    camera = writer.add("cameras", camera_of(plan))
    node = {"name": f"camera {plan.name}", "camera": camera}
    return writer.add("nodes", {**node, "matrix": aimed(plan.position, plan.target)})


def _lights(writer: _Writer, recipe: Recipe, scene: Scene) -> list[int]:
    """Lights of the plan by their names, then those of lamps that stand in the set."""
    names = [light.name for light in recipe.plan.lights]
    nodes = []
    for at, light in enumerate(scene.lights):
        name = names[at] if at < len(names) else f"lamp {at - len(names) + 1}"
        index = writer.add("lights", light_of(light, scene.look, name))
        nodes.append(
            writer.add(
                "nodes",
                {"name": name, "matrix": aimed(light.position, light.target),
                 "extensions": {"KHR_lights_punctual": {"light": index}}},
            )
        )  # fmt: skip
    return nodes
