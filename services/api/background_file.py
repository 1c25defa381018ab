"""What a background's file is, and what can be read from it without an engine.

The limits are those of the Khronos 3D Commerce guidelines for one item on a desktop web page
(https://github.com/KhronosGroup/3DC-Asset-Creation). A set that is only rendered may pass them: a
client is told. What no renderer here would load in time is refused.
"""

import hashlib
import json
import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import ValidationError

from backlot.contracts.background import StageArea
from backlot.contracts.errors import RefusedInputError
from backlot.contracts.frozen import Localized, Swatch
from backlot.contracts.jobs import JobWarning
from backlot.vocabulary.colour import name_of
from services.api.product import check_glb

WEB_BYTES, WEB_TRIANGLES, WEB_DRAWS, WEB_TEXTURE = 3_000_000, 250_000, 800, 2048
MOST_TRIANGLES, MOST_TEXTURE = 5_000_000, 8192
TRIANGLES, JSON_AT = 4, 20
MOST_SIZE_M = 1000.0
ANCHOR = "product_anchor"
"""Name of the node that products are hung under; our own sets as GLBs have it."""
SRGB_KNEE = 0.0031308  # IEC 61966-2-1: below it the curve is a line

FileKind = Literal["glb", "hdri", "picture"]
Item = dict[str, Any]


class Model(NamedTuple):
    """What a GLB says of itself.

    Attributes:
        size_m: Width, depth and height of everything in its scene; None where no bounds are given.
        textures: Longest side of each embedded picture whose size can be read.
        stage: Where products stand, if a node says so, with the room there in its `extras`.
    """

    triangles: int
    draws: int
    textures: tuple[int, ...]
    size_m: tuple[float, float, float] | None
    palette: tuple[Swatch, ...]
    stage: StageArea | None = None


@dataclass(frozen=True)
class Scene:
    """The JSON of a GLB and its binary part."""

    document: Item
    binary: bytes

    def items(self, name: str) -> list[Item]:
        """Return a list of the document."""
        found: list[Item] = self.document.get(name, [])
        return found


def kind_of(head: bytes) -> FileKind:
    """Tell a file by its first bytes; anything else is left to the decoder of photos."""
    if head.startswith(b"glTF"):
        return "glb"
    if head.startswith((b"#?RADIANCE", b"#?RGBE", b"\x76\x2f\x31\x01")):
        return "hdri"
    return "picture"


def read_model(file: BinaryIO, size: int) -> Model:
    """Read a GLB.

    Raises:
        RefusedInputError: ``background-broken`` with the reason.
    """
    try:
        check_glb(file, size)
        model = _model(_opened(file))
    except RefusedInputError as error:
        raise _broken(str(error).replace("product model", "background")) from error
    except (KeyError, TypeError, ValueError, IndexError, struct.error) as error:
        raise _broken("The background cannot be used: its scene is not well formed.") from error
    if model.triangles > MOST_TRIANGLES:
        raise _broken(f"It has {model.triangles} triangles; {MOST_TRIANGLES} are the most.")
    if max(model.textures, default=0) > MOST_TEXTURE:
        raise _broken(f"A texture is wider than {MOST_TEXTURE} pixels.")
    if model.size_m is not None and max(model.size_m) > MOST_SIZE_M:
        raise _broken("It is larger than a kilometre: units must be metres.")
    return model


def heaviness(model: Model, size: int) -> tuple[JobWarning, ...]:
    """Say which limits of the guidelines a file passes, in one warning."""
    over = [
        f"{value:,} {what} (guideline {most:,})"
        for what, value, most in (
            ("bytes", size, WEB_BYTES),
            ("triangles", model.triangles, WEB_TRIANGLES),
            ("draw calls", model.draws, WEB_DRAWS),
            ("texture pixels", max(model.textures, default=0), WEB_TEXTURE),
        )
        if value > most
    ]
    if not over:
        return ()
    listed = ", ".join(over)
    text = Localized(
        en=f"Too heavy for a web page: {listed}.", ko=f"웹에서 쓰기에 무겁습니다: {listed}."
    )
    return (JobWarning(code="background-heavy", text=text),)


def content_of(*parts: str) -> str:
    """Return a hash over what was sent."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _opened(file: BinaryIO) -> Scene:
    file.seek(JSON_AT - 8)
    length, _ = struct.unpack("<II", file.read(8))
    document = json.loads(file.read(length).decode("utf-8"))
    rest = file.read(8)
    return Scene(document, file.read() if rest else b"")


def _model(scene: Scene) -> Model:
    placed = list(_placed(scene))
    accessors = scene.items("accessors")
    primitives = [
        primitive
        for _, mesh in placed
        for primitive in scene.items("meshes")[mesh]["primitives"]
        if primitive.get("mode", TRIANGLES) == TRIANGLES
    ]
    corners = [corner for matrix, mesh in placed for corner in _corners(scene, matrix, mesh)]
    size = None
    if corners:
        width, height, depth = np.ptp(np.asarray(corners), axis=0).tolist()
        size = (width, depth, height)
    return Model(
        triangles=sum(
            accessors[p.get("indices", p["attributes"]["POSITION"])]["count"] // 3
            for p in primitives
        ),
        draws=len(primitives),
        textures=tuple(_textures(scene)),
        size_m=size,
        palette=_palette(scene),
        stage=_stage(scene),
    )


def _stage(scene: Scene) -> StageArea | None:
    """Return what a node of that name says; None where there is none, or it makes no sense."""
    for matrix, node in _nodes(scene):
        if node.get("name") == ANCHOR:
            return _stage_of(matrix, node.get("extras"))
    return None


def _stage_of(matrix: NDArray[np.float64], extras: object) -> StageArea | None:
    said = extras.get("backlot") if isinstance(extras, dict) else None
    if not isinstance(said, dict):
        return None
    room = {name: said.get(name) for name in ("width_m", "depth_m", "height_m")}
    x, y, z = matrix[:3, 3].tolist()
    values = [x, y, z, *room.values()]
    if not all(isinstance(v, int | float) and abs(v) <= MOST_SIZE_M for v in values):
        return None
    area = said.get("floor_area_m2", said["width_m"] * said["depth_m"])
    yaw_deg = math.degrees(math.atan2(matrix[0, 2], matrix[2, 2]))
    try:
        return StageArea.model_validate(
            {"anchor": (x, y, z), "yaw_deg": yaw_deg, "floor_area_m2": area, **room}
        )
    except ValidationError:
        return None


def _placed(scene: Scene) -> Iterator[tuple[NDArray[np.float64], int]]:
    """Yield the matrix and the mesh of every node that has one."""
    return ((matrix, node["mesh"]) for matrix, node in _nodes(scene) if "mesh" in node)


def _nodes(scene: Scene) -> Iterator[tuple[NDArray[np.float64], Item]]:
    """Yield every node of the scene with its matrix; a checked scene has no cycles."""
    nodes, scenes = scene.items("nodes"), scene.items("scenes")
    roots = scenes[scene.document.get("scene", 0)].get("nodes", [])
    waiting = [(np.eye(4), root) for root in roots]
    while waiting:
        above, at = waiting.pop()
        node = nodes[at]
        here = above @ _matrix(node)
        yield here, node
        waiting += [(here, child) for child in node.get("children", [])]


def _matrix(node: Item) -> NDArray[np.float64]:
    if "matrix" in node:
        return np.asarray(node["matrix"], dtype=np.float64).reshape(4, 4).T
    x, y, z, w = node.get("rotation", (0, 0, 0, 1))
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    made = np.eye(4)
    made[:3, :3] = turn * np.asarray(node.get("scale", (1, 1, 1)), dtype=np.float64)
    made[:3, 3] = node.get("translation", (0, 0, 0))
    return made


def _corners(scene: Scene, matrix: NDArray[np.float64], mesh: int) -> Iterator[NDArray[np.float64]]:
    """Yield the corners of the boxes around a mesh's primitives, in metres."""
    for primitive in scene.items("meshes")[mesh]["primitives"]:
        box = scene.items("accessors")[primitive["attributes"]["POSITION"]]
        if "min" not in box or "max" not in box:
            continue
        sides = np.asarray([box["min"], box["max"]], dtype=np.float64)
        for pick in np.ndindex(2, 2, 2):
            corner = np.append([sides[pick[axis], axis] for axis in range(3)], 1.0)
            yield (matrix @ corner)[:3]


def _textures(scene: Scene) -> Iterator[int]:
    views = scene.items("bufferViews")
    for image in scene.items("images"):
        view = views[image["bufferView"]] if "bufferView" in image else None
        if view is None or view.get("buffer", 0) != 0:
            continue
        start = view.get("byteOffset", 0)
        try:
            with Image.open(BytesIO(scene.binary[start : start + view["byteLength"]])) as picture:
                yield max(picture.size)
        except (OSError, Image.DecompressionBombError):
            continue  # formats that Pillow does not know, such as KTX2


def _palette(scene: Scene) -> tuple[Swatch, ...]:
    """Return the plain colours of the materials, each with the same share."""
    hexes = []
    for material in scene.items("materials")[:5]:
        factor = material.get("pbrMetallicRoughness", {}).get("baseColorFactor", (1, 1, 1, 1))
        linear = np.clip(np.asarray(factor[:3], dtype=np.float64), 0, 1)
        curve = np.where(linear <= SRGB_KNEE, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
        hexes.append("#" + "".join(f"{round(255 * channel):02x}" for channel in curve))
    distinct = list(dict.fromkeys(hexes))
    return tuple(Swatch(hex=h, name=name_of(h), share=1 / len(distinct)) for h in distinct)


def _broken(why: str) -> RefusedInputError:
    return RefusedInputError("background-broken", why)
