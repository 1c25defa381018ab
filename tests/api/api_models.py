"""Product models made for tests: a correct GLB and ways to break it."""

import json
import struct
from typing import Any


def document(**changes: Any) -> dict[str, Any]:
    """The JSON part of one triangle; `changes` replace top-level fields, None removes one."""
    whole: dict[str, Any] = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
        "bufferViews": [{"buffer": 0, "byteLength": 36}],
        "buffers": [{"byteLength": 36}],
    }
    whole.update(changes)
    return {name: value for name, value in whole.items() if value is not None}


def glb(content: dict[str, Any] | bytes | None = None, *, binary: int = 36) -> bytes:
    """A GLB around a JSON part, with a binary chunk of so many bytes."""
    text = content if isinstance(content, bytes) else json.dumps(content or document()).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    if binary:
        chunks += struct.pack("<II", binary, 0x004E4942) + bytes(binary)
    return struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks
