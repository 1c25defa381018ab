"""The JSON part of a GLB: counts, references and byte ranges that every reader relies on."""

from typing import Any, Final

MAX_ITEMS: Final = {
    "nodes": 100_000, "meshes": 20_000, "accessors": 200_000, "bufferViews": 200_000,
    "materials": 5_000, "textures": 5_000, "images": 2_000, "buffers": 1_000, "scenes": 1_000,
}  # fmt: skip
"""Far above any product scan; below what would take long to walk."""

_COMPONENT_BYTES: Final = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
_COMPONENTS: Final = {
    "SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16,
}  # fmt: skip

Item = dict[str, Any]


class BrokenSceneError(ValueError):
    """What is wrong with the JSON part, as the end of a sentence."""


def check_scene(document: Item, binary_bytes: int) -> None:
    """Raise `BrokenSceneError` unless the scene can be read without leaving the file.

    Args:
        document: The parsed JSON chunk.
        binary_bytes: Length of the binary chunk, 0 without one.
    """
    asset = document.get("asset")
    if not isinstance(asset, dict) or not str(asset.get("version", "")).startswith("2."):
        raise BrokenSceneError("it does not say that it is glTF 2.x")
    lists = {name: _items(document, name) for name in MAX_ITEMS}
    _check_buffers(lists["buffers"], binary_bytes)
    _check_views(lists["bufferViews"], lists["buffers"])
    _check_accessors(lists["accessors"], lists["bufferViews"])
    _check_images(lists["images"], len(lists["bufferViews"]))
    _check_meshes(lists["meshes"], lists["accessors"])
    _check_tree(lists["nodes"], lists["scenes"], len(lists["meshes"]))


def _items(document: Item, name: str) -> list[Item]:
    items = document.get(name, [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise BrokenSceneError(f"{name} is not a list of objects")
    if len(items) > MAX_ITEMS[name]:
        raise BrokenSceneError(f"it has {len(items)} {name}, more than {MAX_ITEMS[name]}")
    return items


def _whole(item: Item, name: str, default: int | None = None, *, least: int = 0) -> int:
    """Read a whole number; JSON has no other way to write an offset, a length or an index."""
    value = item.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise BrokenSceneError(f"a {name} is missing or not a whole number from {least} up")
    return value


def _reference(item: Item, name: str, count: int) -> int:
    value = _whole(item, name)
    if value >= count:
        raise BrokenSceneError(f"a {name} points to number {value} of {count}")
    return value


def _is_outside(item: Item) -> bool:
    uri = item.get("uri")
    return uri is not None and not (isinstance(uri, str) and uri.startswith("data:"))


def _check_buffers(buffers: list[Item], binary_bytes: int) -> None:
    for index, buffer in enumerate(buffers):
        length = _whole(buffer, "byteLength", least=1)
        if _is_outside(buffer):
            raise BrokenSceneError("a buffer lies in another file; put everything into the GLB")
        # The fallback buffer of EXT_meshopt_compression exists only after decompression.
        extensions = _object(buffer, "extensions") if "extensions" in buffer else {}
        if "uri" in buffer or "EXT_meshopt_compression" in extensions:
            continue
        if index > 0 or length > binary_bytes:
            raise BrokenSceneError(f"buffer {index} is longer than the binary chunk")


def _check_views(views: list[Item], buffers: list[Item]) -> None:
    for view in views:
        buffer = buffers[_reference(view, "buffer", len(buffers))]
        end = _whole(view, "byteOffset", 0) + _whole(view, "byteLength", least=1)
        if end > buffer["byteLength"]:
            raise BrokenSceneError("a buffer view reaches beyond its buffer")


def _check_accessors(accessors: list[Item], views: list[Item]) -> None:
    for accessor in accessors:
        count = _whole(accessor, "count", least=1)
        size = _COMPONENT_BYTES.get(_whole(accessor, "componentType"), 0) * _COMPONENTS.get(
            str(accessor.get("type")), 0
        )
        if size == 0:
            raise BrokenSceneError("an accessor has an unknown type")
        if "bufferView" in accessor:
            view = views[_reference(accessor, "bufferView", len(views))]
            _check_range(accessor, view, count, size)
        sparse = accessor.get("sparse")
        if sparse is not None:
            _check_sparse(sparse, count, size, views)


def _check_range(item: Item, view: Item, count: int, size: int) -> None:
    stride = max(_whole(view, "byteStride", 0), size)
    if _whole(item, "byteOffset", 0) + stride * (count - 1) + size > view["byteLength"]:
        raise BrokenSceneError("an accessor reaches beyond its buffer view")


def _check_sparse(sparse: Any, count: int, size: int, views: list[Item]) -> None:
    if not isinstance(sparse, dict):
        raise BrokenSceneError("a sparse accessor is incomplete")
    some = _whole(sparse, "count", least=1)
    if some > count:
        raise BrokenSceneError("a sparse accessor replaces more than there is")
    indices, values = _object(sparse, "indices"), _object(sparse, "values")
    index_size = _COMPONENT_BYTES.get(_whole(indices, "componentType"), 0)
    if index_size == 0:
        raise BrokenSceneError("an accessor has an unknown type")
    for part, part_size in ((indices, index_size), (values, size)):
        view = views[_reference(part, "bufferView", len(views))]
        _check_range(part, view, some, part_size)


def _object(item: Item, name: str) -> Item:
    value = item.get(name)
    if not isinstance(value, dict):
        raise BrokenSceneError(f"{name} is missing or not an object")
    return value


def _check_images(images: list[Item], views: int) -> None:
    for image in images:
        if _is_outside(image):
            raise BrokenSceneError("a texture lies in another file; put everything into the GLB")
        if "uri" not in image:
            _reference(image, "bufferView", views)


def _check_meshes(meshes: list[Item], accessors: list[Item]) -> None:
    if not meshes:
        raise BrokenSceneError("it holds no mesh")
    for mesh in meshes:
        primitives = mesh.get("primitives")
        if not isinstance(primitives, list) or not primitives:
            raise BrokenSceneError("a mesh holds no primitive")
        for primitive in primitives:
            attributes = primitive.get("attributes") if isinstance(primitive, dict) else None
            if not isinstance(attributes, dict) or "POSITION" not in attributes:
                raise BrokenSceneError("a mesh has no positions")
            for name in attributes:
                _reference(attributes, name, len(accessors))
            if "indices" in primitive:
                _reference(primitive, "indices", len(accessors))


def _check_tree(nodes: list[Item], scenes: list[Item], meshes: int) -> None:
    """Nodes must form trees: one parent at most, and none for a root, which rules out cycles."""
    has_parent = [False] * len(nodes)
    for node in nodes:
        if "mesh" in node:
            _reference(node, "mesh", meshes)
        for child in _indices(node, "children", len(nodes)):
            if has_parent[child]:
                raise BrokenSceneError("a node has two parents")
            has_parent[child] = True
    roots = [root for scene in scenes for root in _indices(scene, "nodes", len(nodes))]
    if not roots:
        raise BrokenSceneError("it has no scene with anything in it")
    if any(has_parent[root] for root in roots):
        raise BrokenSceneError("a scene starts at a node that hangs below another")


def _indices(item: Item, name: str, count: int) -> list[int]:
    values = item.get(name, [])
    if not isinstance(values, list):
        raise BrokenSceneError(f"{name} is not a list")
    return [_reference({name: value}, name, count) for value in values]
