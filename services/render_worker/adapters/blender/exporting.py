# SPDX-License-Identifier: GPL-3.0-or-later
"""A group of pieces becomes a GLB with baked textures, as a scanning app would hand it over."""

from pathlib import Path
from typing import Any

from services.render_worker.adapters.blender.engine import set_stage
from services.render_worker.adapters.blender.module import bpy
from services.render_worker.adapters.blender.nodes import Wiring, linear
from services.render_worker.adapters.blender.quiet import silenced
from services.render_worker.scene import Camera, Group, Material, Output, Scene

_MARGIN_PX = 4
_BUMP_WORTH_BAKING = 0.1
_JPEG_QUALITY = 82


def export_glb(group: Group, path: Path, texture_px: int) -> None:
    """Write a product as GLB 2.0: metres, +Y up, patterns baked into textures."""
    camera = Camera((0.0, 0.2, 2.0), (0.0, 0.1, 0.0))
    scene = Scene(group.pieces, (), camera, letterings=group.letterings)
    stage = set_stage(scene, Output(16, 16, 4), path, close_up=True)
    stage.render.engine = "CYCLES"
    things = [thing for thing in stage.objects if thing.type in {"MESH", "FONT"}]
    looks = [piece.material for piece in group.pieces]
    looks += [lettering.material for lettering in group.letterings]
    for number, (thing, look) in enumerate(zip(things, looks, strict=True)):
        solid = _as_mesh(stage, thing)
        textures = _baked(stage, solid, look, texture_px, number)
        solid.data.materials.clear()
        solid.data.materials.append(_plain(look, textures))
    with silenced():
        bpy.ops.export_scene.gltf(
            filepath=str(path), export_format="GLB", export_image_format="JPEG",
            export_image_quality=_JPEG_QUALITY, export_apply=True, export_cameras=False,
            export_lights=False, export_animations=False,
        )  # fmt: skip


def _as_mesh(stage: Any, thing: Any) -> Any:
    """The thing as a mesh object; a line of text becomes one."""
    if thing.type == "MESH":
        return thing
    graph = bpy.context.evaluated_depsgraph_get()
    mesh = bpy.data.meshes.new_from_object(thing.evaluated_get(graph), depsgraph=graph)
    solid = bpy.data.objects.new("lettering", mesh)
    solid.matrix_world = thing.matrix_world
    stage.collection.objects.link(solid)
    bpy.data.objects.remove(thing, do_unlink=True)
    return solid


def _baked(stage: Any, thing: Any, look: Material, side: int, number: int) -> dict[str, Any]:
    """Pictures of the pattern's colour and relief, by shader input; none without a pattern."""
    if look.pattern is None or look.metallic:
        return {}
    bpy.ops.object.select_all(action="DESELECT")
    thing.select_set(state=True)
    stage.view_layers[0].objects.active = thing
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.uv.smart_project(island_margin=0.01)
    bpy.ops.object.mode_set(mode="OBJECT")
    textures = {"Base Color": _bake(thing, "DIFFUSE", side, f"colour-{number}")}
    if look.pattern.bump >= _BUMP_WORTH_BAKING:
        textures["Normal"] = _bake(thing, "NORMAL", side, f"normal-{number}")
    return textures


def _bake(thing: Any, kind: str, side: int, name: str) -> Any:
    image = bpy.data.images.new(name, side, side)
    if kind == "NORMAL":
        image.colorspace_settings.name = "Non-Color"
    tree = thing.data.materials[0].node_tree
    node = tree.nodes.new("ShaderNodeTexImage")
    node.image = image
    tree.nodes.active = node
    with silenced():
        bpy.ops.object.bake(
            type=kind, pass_filter={"COLOR"} if kind == "DIFFUSE" else set(), margin=_MARGIN_PX
        )
    tree.nodes.remove(node)
    image.pack()
    return image


def _plain(look: Material, textures: dict[str, Any]) -> Any:
    """The material as one principled shader, which is what glTF knows."""
    made = bpy.data.materials.new("product")
    made.use_nodes = True
    wiring = Wiring(made.node_tree)
    inputs: dict[str | int, Any] = {
        "Base Color": linear(look.colour),
        "Roughness": look.roughness,
        "Metallic": look.metallic,
        "IOR": look.ior,
        "Coat Weight": look.coat,
        "Coat Roughness": 0.04,
        "Sheen Weight": look.sheen,
        "Transmission Weight": look.transmission,
    }
    if look.glow is not None:
        inputs["Emission Color"] = linear(look.glow)
        inputs["Emission Strength"] = look.glow_strength
    if "Base Color" in textures:
        inputs["Base Color"] = wiring.add("TexImage", image=textures["Base Color"]).outputs[0]
    if "Normal" in textures:
        relief = wiring.add("TexImage", image=textures["Normal"]).outputs[0]
        inputs["Normal"] = wiring.add("NormalMap", {"Color": relief}).outputs[0]
    shader = wiring.add("BsdfPrincipled", inputs)
    wiring.add("OutputMaterial", {"Surface": shader.outputs[0]})
    return made
