"""Draws each mesh many times with Cycles: random material, light and camera, clear background.

Runs in an environment of its own that has `bpy` (see the README beside this file). Nothing else
in the project imports it.
"""

import math
import random
import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Euler, Vector

_GLASSY = ("glass", "bottle", "jar", "vase", "tube", "bulb", "flask")


def stage(size: int, samples: int, hdris: list[Path]) -> list[bpy.types.Image]:
    """Empties the scene and sets Cycles up for small pictures; loads the light probes."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = samples
    scene.cycles.use_denoising = False
    scene.cycles.max_bounces = 6
    scene.cycles.transparent_max_bounces = 8
    scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = False
    scene.render.use_persistent_data = True
    scene.render.film_transparent = True
    scene.cycles.film_transparent_glass = False
    scene.render.resolution_x = scene.render.resolution_y = size
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGBA"
    scene.render.image_settings.compression = 30
    scene.render.threads_mode = "FIXED"
    scene.render.threads = 1
    scene.view_settings.view_transform = "Standard"
    scene.camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(scene.camera)
    world = bpy.data.worlds.new("world")
    world.use_nodes = True
    world.cycles.sampling_method = "MANUAL"  # the automatic map is 8192 wide: 1.5 s a picture
    world.cycles.sample_map_resolution = 256
    scene.world = world
    return [bpy.data.images.load(str(path)) for path in hdris]


def load(path: Path) -> list[bpy.types.Object]:
    """Imports a GLB, centres it and scales it into a sphere of radius 1; returns its meshes."""
    before = set(bpy.data.objects)
    bpy.ops.import_scene.gltf(filepath=str(path))
    added = [thing for thing in bpy.data.objects if thing not in before]
    meshes = [thing for thing in added if thing.type == "MESH"]
    root = bpy.data.objects.new("root", None)
    bpy.context.scene.collection.objects.link(root)
    bpy.context.view_layer.update()
    corners = np.concatenate([_corners(mesh) for mesh in meshes])
    centre = (corners.min(0) + corners.max(0)) / 2
    radius = float(np.linalg.norm(corners - centre, axis=1).max())
    for mesh in meshes:
        matrix = mesh.matrix_world.copy()
        matrix.translation = matrix.translation - Vector(centre)
        mesh.parent = None
        mesh.matrix_world = matrix
        mesh.parent = root
    root.scale = (1 / radius,) * 3
    return [root, *meshes]


def _corners(mesh: bpy.types.Object) -> np.ndarray:
    flat = np.empty(len(mesh.data.vertices) * 3, np.float32)
    mesh.data.vertices.foreach_get("co", flat)
    matrix = np.asarray(mesh.matrix_world)
    return flat.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]


def islands(mesh: bpy.types.Object) -> np.ndarray:
    """Which connected part each face belongs to, by vertex position, numbered from 0."""
    data = mesh.data
    flat = np.empty(len(data.vertices) * 3, np.float32)
    data.vertices.foreach_get("co", flat)
    _, weld = np.unique(np.round(flat.reshape(-1, 3), 5), axis=0, return_inverse=True)
    edges = np.empty(len(data.edges) * 2, np.int32)
    data.edges.foreach_get("vertices", edges)
    ends = weld.reshape(-1)[edges.reshape(-1, 2)]
    label = np.arange(weld.max() + 1)
    for _ in range(400):
        low = np.minimum(label[ends[:, 0]], label[ends[:, 1]])
        new = label.copy()
        np.minimum.at(new, ends[:, 0], low)
        np.minimum.at(new, ends[:, 1], low)
        new = new[new]
        if (new == label).all():
            break
        label = new
    first = np.empty(len(data.polygons), np.int32)
    starts = np.empty(len(data.polygons), np.int32)
    data.polygons.foreach_get("loop_start", starts)
    corners = np.empty(len(data.loops), np.int32)
    data.loops.foreach_get("vertex_index", corners)
    first = weld.reshape(-1)[corners[starts]]
    _, part = np.unique(label[first], return_inverse=True)
    return part.reshape(-1)


def colour(rng: random.Random) -> tuple[float, float, float, float]:
    """A colour as products have them: often white, grey, black or a muted tone, linear RGB."""
    kind = rng.random()
    if kind < 0.18:
        level = rng.uniform(0.6, 0.95)
        return (level, level * rng.uniform(0.93, 1), level * rng.uniform(0.85, 1), 1)
    if kind < 0.34:
        level = rng.uniform(0.004, 0.05)
        return (level, level, level * rng.uniform(0.9, 1.2), 1)
    if kind < 0.46:
        level = rng.uniform(0.08, 0.5)
        return (level, level, level, 1)
    if kind < 0.6:
        level = rng.uniform(0.1, 0.6)
        return (level, level * rng.uniform(0.45, 0.65), level * rng.uniform(0.15, 0.35), 1)
    hue, depth, value = rng.random(), rng.uniform(0.3, 1), rng.uniform(0.1, 0.9)
    part = [max(0.0, min(1.0, abs((hue * 6 + shift) % 6 - 3) - 1)) for shift in (0, 4, 2)]
    return (*(value * (1 - depth * (1 - one)) for one in part), 1)


def material(rng: random.Random, glassy: bool) -> bpy.types.Material:
    """A random principled surface: plain, metal, glass or with a pattern of two colours."""
    made = bpy.data.materials.new("surface")
    made.use_nodes = True
    nodes, links = made.node_tree.nodes, made.node_tree.links
    surface = nodes["Principled BSDF"]
    surface.inputs["Base Color"].default_value = colour(rng)
    surface.inputs["Roughness"].default_value = rng.choice((0.05, 0.15, 0.3, 0.45, 0.6, 0.8))
    kind = rng.random()
    if glassy and kind < 0.45:
        surface.inputs["Transmission Weight"].default_value = 1
        surface.inputs["Roughness"].default_value = rng.choice((0, 0, 0.05, 0.3))
        tint = rng.choice(
            ((1, 1, 1, 1), (0.9, 1, 0.95, 1), (0.2, 0.5, 0.2, 1), (0.5, 0.2, 0.05, 1))
        )
        surface.inputs["Base Color"].default_value = tint
        surface.inputs["IOR"].default_value = 1.3
    elif kind < 0.6:
        surface.inputs["Metallic"].default_value = float(kind < 0.25 or kind > 0.58)
    elif kind < 0.9:
        _pattern(rng, nodes, links, surface)
    else:
        surface.inputs["Coat Weight"].default_value = 1
    return made


def _pattern(rng: random.Random, nodes: Any, links: Any, surface: Any) -> None:
    kind = rng.choice(("Noise", "Wave", "Voronoi", "Checker", "Brick", "Magic"))
    texture = nodes.new(f"ShaderNodeTex{kind}")
    where = nodes.new("ShaderNodeTexCoord")
    shift = nodes.new("ShaderNodeMapping")
    shift.inputs["Scale"].default_value = [rng.uniform(0.5, 2) for _ in range(3)]
    shift.inputs["Rotation"].default_value = [rng.uniform(0, 3) for _ in range(3)]
    links.new(where.outputs["Generated"], shift.inputs["Vector"])
    links.new(shift.outputs["Vector"], texture.inputs["Vector"])
    texture.inputs["Scale"].default_value = rng.uniform(2, 14)
    ramp = nodes.new("ShaderNodeValToRGB")
    ramp.color_ramp.elements[0].color = colour(rng)
    ramp.color_ramp.elements[1].color = colour(rng)
    ramp.color_ramp.elements[0].position = rng.uniform(0.2, 0.5)
    ramp.color_ramp.elements[1].position = rng.uniform(0.5, 0.8)
    if rng.random() < 0.5:
        ramp.color_ramp.interpolation = "CONSTANT"
    links.new(texture.outputs[0], ramp.inputs["Fac"])
    links.new(ramp.outputs["Color"], surface.inputs["Base Color"])


def dress(parts: list[tuple[bpy.types.Object, np.ndarray]], rng: random.Random, name: str) -> None:
    """New materials on every part of the things; parts share up to three of them."""
    glassy = any(word in name for word in _GLASSY)
    chosen = [material(rng, glassy) for _ in range(rng.choice((1, 2, 2, 3)))]
    for mesh, part in parts:
        data = mesh.data
        data.materials.clear()
        for one in chosen:
            data.materials.append(one)
        pick = np.array([rng.randrange(len(chosen)) for _ in range(part.max() + 1)], np.int32)
        data.polygons.foreach_set("material_index", pick[part])


def light(rng: random.Random, probes: list[bpy.types.Image]) -> None:
    """A light probe or a plain sky, and none to three area lamps from random sides."""
    for thing in [t for t in bpy.data.objects if t.type == "LIGHT"]:
        bpy.data.objects.remove(thing)
    nodes, links = (tree := bpy.context.scene.world.node_tree).nodes, tree.links
    nodes.clear()
    back, out = nodes.new("ShaderNodeBackground"), nodes.new("ShaderNodeOutputWorld")
    links.new(back.outputs[0], out.inputs[0])
    lamps = rng.choice((0, 1, 1, 2))
    if rng.random() < 0.65:
        image = nodes.new("ShaderNodeTexEnvironment")
        image.image = rng.choice(probes)
        turn, where = nodes.new("ShaderNodeMapping"), nodes.new("ShaderNodeTexCoord")
        turn.inputs["Rotation"].default_value[2] = rng.uniform(0, 2 * math.pi)
        links.new(where.outputs["Generated"], turn.inputs["Vector"])
        links.new(turn.outputs["Vector"], image.inputs["Vector"])
        links.new(image.outputs[0], back.inputs["Color"])
        back.inputs["Strength"].default_value = rng.uniform(0.5, 1.6) / (1 + 0.5 * lamps)
    else:
        lamps = max(lamps, 1)
        back.inputs["Color"].default_value = (1, rng.uniform(0.9, 1), rng.uniform(0.8, 1), 1)
        back.inputs["Strength"].default_value = rng.uniform(0.15, 0.9)
    for _ in range(lamps):
        lamp = bpy.data.lights.new("lamp", "AREA")
        lamp.size = rng.uniform(0.5, 4)
        lamp.energy = rng.uniform(60, 400)
        lamp.color = (1, rng.uniform(0.8, 1), rng.uniform(0.65, 1))
        thing = bpy.data.objects.new("lamp", lamp)
        side, height = rng.uniform(0, 2 * math.pi), rng.uniform(0.5, 4)
        thing.location = (3.5 * math.cos(side), 3.5 * math.sin(side), height)
        thing.rotation_euler = (-thing.location).to_track_quat("-Z", "Y").to_euler()
        bpy.context.scene.collection.objects.link(thing)


def aim(rng: random.Random, root: bpy.types.Object) -> None:
    """Turns the thing and puts the camera somewhere a photographer would stand."""
    tilt = 0.0 if rng.random() < 0.75 else rng.uniform(-1.6, 1.6)
    root.rotation_euler = Euler((tilt, 0, rng.uniform(0, 2 * math.pi)))
    camera = bpy.context.scene.camera
    camera.data.angle = math.radians(rng.uniform(18, 48))
    far = 1.03 / math.sin(camera.data.angle / 2)
    rise = math.radians(rng.choice((rng.uniform(-5, 40), rng.uniform(5, 30), rng.uniform(30, 85))))
    camera.location = (0, -far * math.cos(rise), far * math.sin(rise))
    camera.rotation_euler = (-camera.location).to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.view_settings.exposure = rng.uniform(-0.4, 0.5)


def clear(things: list[bpy.types.Object]) -> None:
    """Removes the things and every material and picture they brought."""
    for thing in things:
        bpy.data.objects.remove(thing)
    for kind in (bpy.data.meshes, bpy.data.materials, bpy.data.textures):
        for one in [one for one in kind if not one.users]:
            kind.remove(one)
    for image in [one for one in bpy.data.images if not one.users]:
        bpy.data.images.remove(image)


def draw(
    path: Path, out: Path, views: int, probes: list[bpy.types.Image], keep: bool
) -> list[Path]:
    """Draws one mesh `views` times; `keep` leaves the materials it came with."""
    name = path.stem
    rng = random.Random(f"renders {name}")
    root, *things = load(path)
    parts = [] if keep else [(mesh, islands(mesh)) for mesh in things]
    made = []
    for view in range(views):
        if not keep:
            dress(parts, rng, name)
        light(rng, probes)
        aim(rng, root)
        target = out / f"{name}__{view:03d}.png"
        if target.exists():  # a stopped run goes on
            continue
        bpy.context.scene.render.filepath = str(target)
        bpy.ops.render.render(write_still=True)
        made.append(target)
    clear([root, *things])
    return made


def main(arguments: list[str]) -> None:
    """`scene.py LIST OUT HDRI_FOLDER SIZE SAMPLES`: LIST has lines `glb, views, keep (0 or 1)`."""
    listing, out, hdri, size, samples = arguments
    probes = stage(int(size), int(samples), sorted(Path(hdri).glob("*.hdr")))
    for probe in probes:
        probe.use_fake_user = True
    for line in Path(listing).read_text().splitlines():
        path, views, keep = line.split("\t")
        draw(Path(path), Path(out), int(views), probes, keep == "1")


if __name__ == "__main__":
    main(sys.argv[1:])
