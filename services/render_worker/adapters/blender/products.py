# SPDX-License-Identifier: GPL-3.0-or-later
"""The product in its set: a posed model, or the body that stands in for a cut-out."""

import math
from pathlib import Path
from typing import Any

import numpy as np
from mathutils import Matrix
from PIL import Image

from services.render_worker.adapters.blender.engine import fill_mesh
from services.render_worker.adapters.blender.models import Model
from services.render_worker.adapters.blender.module import bpy
from services.render_worker.adapters.blender.nodes import Wiring
from services.render_worker.card import Body, body_of
from services.render_worker.shapes.mesh import placed
from services.render_worker.shot import CutoutProduct, Pose


def pose(model: Model, where: Pose) -> list[Any]:
    """Move the model's bottom-centre to its place, scaled and turned."""
    low, high = np.asarray(model.facts.low), np.asarray(model.facts.high)
    x, z = (low[0] + high[0]) / 2, (low[2] + high[2]) / 2
    to_origin = Matrix.Translation((-x, z, -low[1]))
    turn = Matrix.Rotation(math.radians(where.yaw_deg), 4, "Z")
    ax, ay, az = where.at
    matrix = Matrix.Translation((ax, -az, ay)) @ turn @ Matrix.Scale(where.scale, 4) @ to_origin
    for thing in model.things:
        thing.data.transform(matrix)
    return list(model.things)


def stand_in(stage: Any, cutout: Path, product: CutoutProduct, where: Pose) -> Any:
    """Add the cut-out's body: it throws a shadow and is mirrored, but the camera does not see it.

    Raises:
        ValueError: Nothing of the picture is solid.
    """
    with Image.open(cutout) as opened:
        alpha = np.asarray(opened.convert("RGBA"), dtype=np.float64)[..., 3] / 255
    body = body_of(alpha, product.width_m, product.height_m, product.depth_m)
    thing = _thing(body, where)
    thing.data.materials.append(_photo_surface(cutout))
    thing.visible_camera = False
    stage.collection.objects.link(thing)
    return thing


def _thing(body: Body, where: Pose) -> Any:
    mesh = bpy.data.meshes.new("product")
    shape = placed(body.mesh, where.at, (0.0, where.yaw_deg, 0.0))
    fill_mesh(mesh, shape)
    layer = mesh.uv_layers.new(name="photo")
    corners = np.empty(len(mesh.loops), dtype=np.int64)
    mesh.loops.foreach_get("vertex_index", corners)
    layer.data.foreach_set("uv", body.places[corners].ravel())
    mesh.shade_smooth()
    return bpy.data.objects.new("product", mesh)


def _photo_surface(cutout: Path) -> Any:
    """The photo's own colours, so that floors and mirrors reflect what will be pasted."""
    made = bpy.data.materials.new("photo")
    made.use_nodes = True
    wiring = Wiring(made.node_tree)
    texture = wiring.add("TexImage", image=bpy.data.images.load(str(cutout)))
    shader = wiring.add(
        "BsdfPrincipled", {"Base Color": texture.outputs["Color"], "Roughness": 0.5}
    )
    wiring.add("OutputMaterial", {"Surface": shader.outputs[0]})
    return made
