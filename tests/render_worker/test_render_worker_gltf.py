"""Sets as GLBs: what a browser gets is the set, light enough and placed as its record says."""

import json
import struct
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.render_worker.adapters.model_shelf import as_jpeg
from services.render_worker.adapters.quadrics import simplify
from services.render_worker.adapters.recipes import read_recipes
from services.render_worker.gltf.faceting import faceted
from services.render_worker.gltf.lighter import cap_of
from services.render_worker.gltf.lights import ANCHOR, aimed
from services.render_worker.gltf.periodic import coordinates, noise
from services.render_worker.gltf.tiles import tile_of
from services.render_worker.scene import Light, LightKind, Look, Mesh, PatternKind, Points
from services.render_worker.sets.builder import build
from services.render_worker.sets.models import MOST_BYTES, model_of
from services.render_worker.sets.recipe import Recipe
from services.render_worker.shapes.fineness import coarsely
from services.render_worker.shapes.mesh import bounds
from services.render_worker.shapes.solids import box, sphere
from services.render_worker.surfaces import material

RECIPES = {
    recipe.id: recipe for recipe in read_recipes(Path(__file__).parents[2] / "catalog" / "recipes")
}
SOME = ("terrazzo-counter-bright", "neon-night-alley", "mossy-forest-plinth", "reading-room-oak")
"""A plain set, one that glows, one of many leaves, and one of a thousand books."""

SIZES = {5120: np.int8, 5121: np.uint8, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
some_recipes = pytest.mark.parametrize("recipe_id", SOME)


class Opened:
    """A GLB taken apart by the letter of the specification."""

    def __init__(self, glb: bytes) -> None:
        magic, version, total = struct.unpack("<4sII", glb[:12])
        assert (magic, version, total) == (b"glTF", 2, len(glb))
        length, kind = struct.unpack("<I4s", glb[12:20])
        assert kind == b"JSON"
        self.document: dict[str, Any] = json.loads(glb[20 : 20 + length])
        rest, kind = struct.unpack("<I4s", glb[20 + length : 28 + length])
        assert kind == b"BIN\0"
        self.binary = glb[28 + length :]
        assert len(self.binary) == rest == self.document["buffers"][0]["byteLength"]

    def numbers(self, index: int) -> Points:
        """The rows of an accessor."""
        accessor = self.document["accessors"][index]
        view = self.document["bufferViews"][accessor["bufferView"]]
        kind, width = np.dtype(SIZES[accessor["componentType"]]), WIDTHS[accessor["type"]]
        assert view["byteOffset"] % 4 == 0
        stride = view.get("byteStride", kind.itemsize * width)
        raw = self.binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
        assert len(raw) == stride * accessor["count"]
        rows = np.frombuffer(raw, np.uint8).reshape(accessor["count"], stride)
        return rows[:, : kind.itemsize * width].copy().view(kind).astype(np.float64)

    def meshes(self) -> list[tuple[Points, Points, dict[str, Any]]]:
        """Places in metres, triangles and the primitive of each mesh."""
        found = []
        for node in self.document["nodes"]:
            if "mesh" not in node:
                continue
            (primitive,) = self.document["meshes"][node["mesh"]]["primitives"]
            places = self.numbers(primitive["attributes"]["POSITION"])
            metres = places * node["scale"] + node["translation"]
            triangles = self.numbers(primitive["indices"]).reshape(-1, 3).astype(np.int64)
            found.append((metres, triangles, primitive))
        return found

    def node(self, name: str) -> dict[str, Any]:
        """The one node of a name."""
        (found,) = [node for node in self.document["nodes"] if node.get("name") == name]
        return dict(found)


@cache
def opened(recipe_id: str) -> Opened:
    """A set's file, made once for all tests."""
    model = model_of(RECIPES[recipe_id], simplify, as_jpeg)
    assert len(model.glb) <= MOST_BYTES
    found = Opened(model.glb)
    assert model.triangles == sum(len(triangles) for _, triangles, _ in found.meshes())
    return found


def fine(recipe: Recipe) -> tuple[Points, Points]:
    """The box around what is seen of a set as it is path-traced."""
    return bounds([piece.mesh for piece in build(recipe.plan).pieces if piece.seen])


@some_recipes
def test_the_file_holds_the_set_where_it_stands(recipe_id: str) -> None:
    """In metres, +Y up, filling the box that the path-traced set fills."""
    places = np.concatenate([metres for metres, _, _ in opened(recipe_id).meshes()])
    low, high = fine(RECIPES[recipe_id])
    # Round edges are cut and grass is thinned: a few centimetres in a room.
    assert np.abs(places.min(axis=0) - low).max() < 0.06
    assert np.abs(places.max(axis=0) - high).max() < 0.06


@some_recipes
def test_every_triangle_and_normal_can_be_drawn(recipe_id: str) -> None:
    """Indices exist, normals are one long, and texture places come with a texture only."""
    found = opened(recipe_id)
    for places, triangles, primitive in found.meshes():
        assert triangles.max() < len(places)
        normals = found.numbers(primitive["attributes"]["NORMAL"]) / 127
        assert np.abs(np.linalg.norm(normals, axis=1) - 1).max() < 0.02
        look = found.document["materials"][primitive["material"]]
        textured = "Texture" in json.dumps(look)
        assert textured == ("TEXCOORD_0" in primitive["attributes"])


@some_recipes
def test_cameras_lights_and_the_product_s_place_come_along(recipe_id: str) -> None:
    """All by the record's names; the anchor is where the record says."""
    found, recipe = opened(recipe_id), RECIPES[recipe_id]
    assert [one["name"] for one in found.document["cameras"]] == [
        camera.name for camera in recipe.plan.cameras
    ]
    named = [one["name"] for one in found.document["extensions"]["KHR_lights_punctual"]["lights"]]
    assert named[: len(recipe.plan.lights)] == [light.name for light in recipe.plan.lights]
    assert found.node(ANCHOR)["translation"] == list(recipe.stage.anchor)
    for camera in recipe.plan.cameras:
        matrix = np.array(found.node(f"camera {camera.name}")["matrix"]).reshape(4, 4).T
        ahead = np.asarray(camera.target) - np.asarray(camera.position)
        assert matrix[:3, 3] == pytest.approx(camera.position)
        assert -matrix[:3, 2] == pytest.approx(ahead / np.linalg.norm(ahead), abs=1e-5)


@some_recipes
def test_every_extension_that_is_used_is_named(recipe_id: str) -> None:
    """A loader refuses a file that uses what it does not declare."""
    document = opened(recipe_id).document
    inside = json.dumps(
        {name: value for name, value in document.items() if "xtensionsUs" not in name}
    )
    for name in document["extensionsUsed"]:
        assert name in inside
    assert (
        "KHR_materials_emissive_strength"
        not in inside.replace(json.dumps(document["extensionsUsed"]), "")
        or "KHR_materials_emissive_strength" in document["extensionsUsed"]
    )


@some_recipes
def test_the_product_stands_as_high_as_in_the_picture(recipe_id: str) -> None:
    """Fewer triangles must not move the ground under the product."""
    x, y, z = RECIPES[recipe_id].stage.anchor
    heights = [
        float(weights @ corners[:, 1])
        for places, triangles, _ in opened(recipe_id).meshes()
        for corners in places[triangles]
        for weights in [_over(corners, x + 0.003, z + 0.007)]
        if weights is not None
    ]
    assert min(abs(height - y) for height in heights) < 0.006


def _over(corners: Points, x: float, z: float) -> Points | None:
    """Weights of a triangle's corners over a place; None beside it."""
    system = np.stack([corners[:, 0], corners[:, 2], np.ones(3)])
    if abs(np.linalg.det(system)) < 1e-9:
        return None
    weights = np.linalg.solve(system, (x, z, 1.0))
    return np.asarray(weights) if weights.min() >= 0 else None


def test_coarse_shapes_fill_the_same_space() -> None:
    """A box without round edges is as large as with them, and has twelve triangles."""
    with coarsely():
        plain = box((0.4, 0.1, 0.2))
    assert plain.triangles == 12
    assert np.allclose(bounds([plain]), bounds([box((0.4, 0.1, 0.2))]))


def test_hard_edges_stay_hard_and_round_ones_round() -> None:
    """A box has three normals at each corner; a ball's point away from its middle."""
    with coarsely():
        hard, ball = box((1.0, 1.0, 1.0)), sphere(1.0)
    assert len(faceted(hard).points) == 24
    smooth = faceted(ball)
    assert np.abs(smooth.normals / 127 - smooth.points).max() < 0.12


def test_texture_places_are_metres() -> None:
    """One repeat of a tile is as wide on a floor as its pattern says."""
    tile = tile_of(_pattern("terrazzo"))
    assert tile is not None
    floor = Mesh(
        np.array([(0, 0, 0), (0, 0, 2), (3, 0, 2), (3, 0, 0)], dtype=np.float64),
        np.array([[0, 1, 2, 3]]),
    )
    corners = faceted(floor, tile)
    assert corners.places is not None
    assert np.ptp(corners.places, axis=0) == pytest.approx((3 / tile.size_m[0], 2 / tile.size_m[1]))


@pytest.mark.parametrize("seed", [1, 2])
def test_noise_has_no_seam(seed: int) -> None:
    """Over the edge of a tile it changes no more than inside."""
    field = noise(*coordinates(64, 64), (4, 4), seed)
    inside = np.abs(np.diff(field, axis=1)).max()
    assert np.abs(field[:, 0] - field[:, -1]).max() <= inside * 1.2
    assert np.abs(field[0] - field[-1]).max() <= np.abs(np.diff(field, axis=0)).max() * 1.2


@pytest.mark.parametrize("kind", sorted(PatternKind))
def test_every_tile_is_of_colours_that_exist(kind: PatternKind) -> None:
    """Numbers from 0 to a little over 1, and not one flat colour."""
    spelled = {"gradient": None, "picture": None, "planks": "parquet", "weave": "linen",
               "grain": "plaster", "brushed": "steel", "speckle": "sand", "ripples": "water",
               "cloudy": "leaf", "wood": "oak"}  # fmt: skip
    name = spelled.get(kind.value, kind.value)
    tile = tile_of(_pattern(name)) if name else None
    if tile is not None:
        assert np.isfinite(tile.rgb).all()
        assert tile.rgb.min() >= 0
        assert 0.005 < tile.rgb.std(axis=(0, 1)).max() < 0.5


def test_the_heaviest_pieces_give_most() -> None:
    """What is small keeps all it has."""
    assert cap_of(np.array([10, 1000, 1000]), 510) == 250
    assert cap_of(np.array([10, 20]), 500) == 20


def test_an_area_light_is_as_strong_as_a_far_lamp_from_afar() -> None:
    """From far away its watts per steradian are those of a flat emitter."""
    from services.render_worker.gltf.lights import light_of

    light = Light(LightKind.AREA, (0, 100, 0), (0, 0, 0), strength=np.pi * 5, size=(1, 1))
    assert light_of(light, Look(), "far")["intensity"] == pytest.approx(5, rel=1e-3)
    brighter = light_of(light, Look(exposure=1.0), "far")
    assert brighter["intensity"] == pytest.approx(10, rel=1e-3)


def test_something_aimed_straight_down_looks_down() -> None:
    """Up and ahead are the same line there."""
    matrix = np.array(aimed((0, 2, 0), (0, 0, 0))).reshape(4, 4).T
    assert -matrix[:3, 2] == pytest.approx((0, -1, 0))
    assert np.linalg.det(matrix[:3, :3]) == pytest.approx(1)


def _pattern(surface: str) -> Any:
    found = material(surface).pattern
    assert found is not None
    return found
