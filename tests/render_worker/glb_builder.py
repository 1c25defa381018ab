"""GLBs with every fault a client's exporter can have, made from a few triangles."""

import json
import struct

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]
_BOX = np.array(
    [(x, y, z) for x in (-0.05, 0.05) for y in (0.0, 0.2) for z in (-0.05, 0.05)], dtype=np.float32
)
_FACES = np.array(
    [0, 1, 3, 0, 3, 2, 4, 6, 7, 4, 7, 5, 0, 4, 5, 0, 5, 1, 2, 3, 7, 2, 7, 6, 0, 2, 6, 0, 6, 4,
     1, 5, 7, 1, 7, 3],
    dtype=np.uint32,
)  # fmt: skip


def glb(points: Points = _BOX, faces: NDArray[np.uint32] = _FACES, **changes: object) -> bytes:
    """A GLB of one mesh; `changes` replace or add top-level parts of its JSON."""
    body = points.tobytes() + faces.tobytes()
    document: dict[str, object] = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [
            {
                "bufferView": 0, "componentType": 5126, "count": len(points), "type": "VEC3",
                "min": points.min(axis=0).tolist(), "max": points.max(axis=0).tolist(),
            },
            {"bufferView": 1, "componentType": 5125, "count": len(faces), "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": points.nbytes},
            {"buffer": 0, "byteOffset": points.nbytes, "byteLength": faces.nbytes},
        ],
        "buffers": [{"byteLength": len(body)}],
    }  # fmt: skip
    text = json.dumps({**document, **changes}).encode()
    text += b" " * (-len(text) % 4)
    body += b"\0" * (-len(body) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    chunks += struct.pack("<II", len(body), 0x004E4942) + body
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def coloured(**look: object) -> bytes:
    """The box with one material."""
    return glb(
        meshes=[
            {"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}
        ],
        materials=[look],
    )  # fmt: skip


def scaled(factor: float) -> bytes:
    """The box in another unit."""
    return glb(_BOX * np.float32(factor))


def two_scenes() -> bytes:
    """A second scene that holds another, larger copy."""
    return glb(
        scenes=[{"nodes": [0]}, {"nodes": [1]}],
        nodes=[{"mesh": 0}, {"mesh": 0, "scale": [9, 9, 9]}],
    )


def not_finite() -> bytes:
    """A position that is not a number."""
    points = _BOX.copy()
    points[0, 0] = np.nan
    made = glb(_BOX)
    return made.replace(_BOX.tobytes(), points.tobytes())


def broken_texture() -> bytes:
    """A material whose picture is none."""
    return glb(
        meshes=[
            {"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}
        ],
        materials=[{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}],
        textures=[{"source": 0}],
        images=[{"uri": "data:image/png;base64,bm8gcGljdHVyZQ=="}],
    )  # fmt: skip


def animated() -> bytes:
    """The box with a movement that names it."""
    sampler = {"input": 0, "output": 0}
    channel = {"sampler": 0, "target": {"node": 0, "path": "translation"}}
    return glb(animations=[{"samplers": [sampler], "channels": [channel]}])


def flat_to_a_line() -> bytes:
    """All points on one line."""
    return glb(_BOX * np.array([1, 0, 0], dtype=np.float32))


def many(triangles: int) -> bytes:
    """A fine sheet, folded into a tube, of about so many triangles."""
    side = int((triangles / 2) ** 0.5)
    turn, up = np.meshgrid(np.linspace(0, 2 * np.pi, side), np.linspace(0, 0.2, side))
    points = np.stack([0.05 * np.cos(turn), up, 0.05 * np.sin(turn)], axis=-1)
    row, column = np.meshgrid(np.arange(side - 1), np.arange(side - 1), indexing="ij")
    at = (row * side + column).ravel()
    faces = np.stack([at, at + side, at + 1, at + 1, at + side, at + side + 1], axis=1)
    return glb(points.reshape(-1, 3).astype(np.float32), faces.ravel().astype(np.uint32))
