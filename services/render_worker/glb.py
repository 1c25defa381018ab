"""The container of a product model: keeps its first scene at rest and leaves the rest away."""

import json
import struct
from typing import Any, NamedTuple

_MAGIC, _JSON = b"glTF", 0x4E4F534A
_HEADER = 12
_NEVER_NEEDED = ("animations", "cameras")
_OF_NODES = ("mesh", "camera", "skin")


class Plain(NamedTuple):
    """A model reduced to what is photographed.

    Attributes:
        issues: Codes of what was left away and is worth telling.
    """

    data: bytes
    issues: tuple[str, ...]


def plain(data: bytes) -> Plain:
    """Reduce a GLB to its default scene without animations.

    An importer would bring the other scenes in as well, one product inside the other.

    Raises:
        ValueError: It is no GLB 2.0, or its JSON does not hold together.
    """
    if data[:4] != _MAGIC or len(data) < _HEADER + 8:
        raise ValueError("not a GLB")
    length, kind = struct.unpack_from("<II", data, _HEADER)
    start = _HEADER + 8
    if kind != _JSON or start + length > len(data):
        raise ValueError("the JSON chunk is missing or cut short")
    document = json.loads(data[start : start + length])
    issues = ("animated",) if document.get("animations") else ()
    for name in _NEVER_NEEDED:
        document.pop(name, None)
    _keep_one_scene(document)
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    rest = data[start + length :]
    whole = _HEADER + 8 + len(text) + len(rest)
    header = struct.pack("<4sII", _MAGIC, 2, whole) + struct.pack("<II", len(text), _JSON)
    return Plain(header + text + rest, issues)


def _keep_one_scene(document: dict[str, Any]) -> None:
    """Empty the nodes that the default scene does not reach; indices stay as they are."""
    scenes, nodes = document.get("scenes") or [], document.get("nodes") or []
    if not scenes:
        return
    chosen = document.get("scene", 0)
    if not 0 <= chosen < len(scenes):
        raise ValueError("the default scene does not exist")
    reached: set[int] = set()
    waiting = list(scenes[chosen].get("nodes", []))
    while waiting:
        index = waiting.pop()
        if index in reached or not 0 <= index < len(nodes):
            continue
        reached.add(index)
        waiting += nodes[index].get("children", [])
    joints = {joint for skin in document.get("skins", []) for joint in skin.get("joints", [])}
    for index, node in enumerate(nodes):
        for name in (*_OF_NODES, *_NEVER_NEEDED):
            if index not in reached | joints or name == "camera":
                node.pop(name, None)
    document["scenes"], document["scene"] = [scenes[chosen]], 0
