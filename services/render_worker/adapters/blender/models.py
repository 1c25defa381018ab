# SPDX-License-Identifier: GPL-3.0-or-later
"""A product's GLB becomes one clean set of meshes: at rest, unparented, bottom-centre at zero."""

import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.render_worker.adapters.blender.module import bpy
from services.render_worker.glb import plain
from services.render_worker.scene import Vec3
from services.render_worker.shot import ModelFacts

MAX_TRIANGLES = 8_000_000
_FOOT_SHARE = 0.004
"""Points this share of the height above the lowest one still count as standing on the floor."""
_FOOT_POINTS = 48
_INVISIBLE_ALPHA = 0.02
_SEE_THROUGH_SHARE = 0.25
_MUCH, _SMOOTH = 0.5, 0.2


class RefusedModelError(Exception):
    """A model that cannot be shot; the only argument is the refusal's code."""


@dataclass(frozen=True)
class Model:
    """Mesh objects in Blender's axes with their transforms baked in, and what they are."""

    things: tuple[Any, ...]
    facts: ModelFacts


def load_model(stage: Any, path: Path) -> Model:
    """Import a GLB into the scene; raises RefusedModelError."""
    before = set(bpy.data.objects)
    issues = _import(path)
    came = [thing for thing in bpy.data.objects if thing not in before]
    things = _at_rest(stage, came)
    for thing in came:
        bpy.data.objects.remove(thing, do_unlink=True)
    for name in [made.name for made in bpy.data.scenes if made != stage]:
        bpy.data.scenes.remove(bpy.data.scenes[name])
    if not things:
        raise RefusedModelError("product-empty")
    _mend_materials(things, issues)
    return Model(tuple(things), _facts(things, issues))


def _import(path: Path) -> set[str]:
    """Read the GLB's default scene into Blender; returns codes of what was left away."""
    try:
        reduced = plain(path.read_bytes())
        with tempfile.NamedTemporaryFile(suffix=".glb") as file:
            file.write(reduced.data)
            file.flush()
            bpy.ops.import_scene.gltf(filepath=file.name, guess_original_bind_pose=False)
    except (RuntimeError, ValueError, TypeError, KeyError, IndexError, struct.error) as error:
        raise RefusedModelError("product-unreadable") from error
    return set(reduced.issues)


def _at_rest(stage: Any, came: list[Any]) -> list[Any]:
    """New objects with modifiers, armatures and parents applied."""
    graph = bpy.context.evaluated_depsgraph_get()
    things = []
    for thing in came:
        if thing.type != "MESH":
            continue
        mesh = bpy.data.meshes.new_from_object(thing.evaluated_get(graph), depsgraph=graph)
        mesh.transform(thing.matrix_world)
        if not np.isfinite(coordinates(mesh)).all():
            raise RefusedModelError("product-not-finite")
        mesh.validate()
        if not len(mesh.polygons):
            continue
        copy = bpy.data.objects.new("product", mesh)
        stage.collection.objects.link(copy)
        things.append(copy)
    return things


def points_of(thing: Any) -> NDArray[np.float64]:
    """All vertices of a mesh object, +Y up, shape (n, 3)."""
    x, y, z = coordinates(thing.data).T
    return np.stack([x, z, -y], axis=1)


def coordinates(mesh: Any) -> NDArray[np.float64]:
    """All vertices of a mesh in Blender's axes, shape (n, 3)."""
    flat = np.empty(len(mesh.vertices) * 3, dtype=np.float32)
    mesh.vertices.foreach_get("co", flat)
    return flat.reshape(-1, 3).astype(np.float64)


def _facts(things: list[Any], issues: set[str]) -> ModelFacts:
    """Measure; refuse what has no size."""
    triangles = 0
    for thing in things:
        thing.data.calc_loop_triangles()
        triangles += len(thing.data.loop_triangles)
    if triangles > MAX_TRIANGLES:
        raise RefusedModelError("product-too-detailed")
    points = np.concatenate([points_of(thing) for thing in things])
    low, high = points.min(axis=0), points.max(axis=0)
    if np.sort(high - low)[1] <= 0:
        raise RefusedModelError("product-flat")
    return ModelFacts(
        low=_vec(low),
        high=_vec(high),
        triangles=triangles,
        footing=_footing(points, low, high),
        issues=tuple(sorted(issues)),
    )


def _vec(values: NDArray[np.float64]) -> Vec3:
    x, y, z = (float(value) for value in values)
    return (x, y, z)


def _footing(
    points: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
) -> tuple[tuple[float, float], ...]:
    """Some of the lowest points, spread evenly over their order in x and z."""
    standing = points[points[:, 1] <= low[1] + _FOOT_SHARE * (high[1] - low[1])][:, [0, 2]]
    order = np.lexsort(standing.T)
    chosen = standing[order[np.linspace(0, len(order) - 1, _FOOT_POINTS).astype(int)]]
    return tuple(sorted({(float(x), float(z)) for x, z in chosen}))


def _mend_materials(things: list[Any], issues: set[str]) -> None:
    """Give bare meshes a neutral surface, drop textures that did not load, refuse the unseen."""
    for image in list(bpy.data.images):
        if image.source == "FILE" and not image.has_data and not image.size[0]:
            issues.add("texture-broken")
            bpy.data.images.remove(image)
    neutral = None
    for thing in things:
        slots = thing.data.materials
        if not any(slots):
            issues.add("material-missing")
            neutral = neutral or _neutral()
            slots.clear()
            slots.append(neutral)
    seen = {made for thing in things for made in thing.data.materials if made}
    if all(_is_invisible(made) for made in seen):
        raise RefusedModelError("product-invisible")


def _neutral() -> Any:
    made = bpy.data.materials.new("neutral")
    made.use_nodes = True
    shader = made.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (0.5, 0.5, 0.5, 1.0)
    shader.inputs["Roughness"].default_value = 0.5
    return made


def is_see_through(things: list[Any]) -> bool:
    """Whether a large part of the product is glass or a mirror."""
    faces = {True: 0.0, False: 0.0}
    for thing in things:
        clear = [made is not None and shows_its_set(made, _SMOOTH) for made in thing.data.materials]
        used = np.empty(len(thing.data.polygons), dtype=np.int32)
        thing.data.polygons.foreach_get("material_index", used)
        area = np.empty(len(thing.data.polygons), dtype=np.float32)
        thing.data.polygons.foreach_get("area", area)
        for number, shows in enumerate(clear):
            faces[shows] += float(area[used == number].sum())
    return faces[True] > _SEE_THROUGH_SHARE * (faces[True] + faces[False])


def shows_its_set(made: Any, roughest: float = 1.0) -> bool:
    """Whether a material is glass, or metal no rougher than that: it has no look of its own."""
    if not made.use_nodes:
        return False
    for node in made.node_tree.nodes:
        if node.type == "BSDF_PRINCIPLED":
            given = {
                name: 0.0 if node.inputs[name].is_linked else node.inputs[name].default_value
                for name in ("Transmission Weight", "Metallic", "Roughness")
            }
            metal = given["Metallic"] > _MUCH and given["Roughness"] <= roughest
            return given["Transmission Weight"] > _MUCH or metal
    return False


def _is_invisible(made: Any) -> bool:
    if not made.use_nodes:
        return False
    for node in made.node_tree.nodes:
        if node.type == "BSDF_PRINCIPLED":
            alpha = node.inputs["Alpha"]
            return not alpha.is_linked and alpha.default_value <= _INVISIBLE_ALPHA
    return False
