from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from api_models import document, glb
from hypothesis import given, settings
from hypothesis import strategies as st

from backlot.contracts.errors import RefusedInputError
from services.api.product import check_glb


def refusal(data: bytes) -> str:
    """The reason a model is refused with."""
    with pytest.raises(RefusedInputError) as caught:
        check_glb(BytesIO(data), len(data))
    assert caught.value.problem_code == "product-broken"
    return caught.value.detail


def test_a_correct_glb_passes() -> None:
    """One triangle in one binary chunk is a product."""
    check_glb(BytesIO(glb()), len(glb()))


def test_compressed_and_sparse_models_pass() -> None:
    """Draco (accessors without bytes), meshopt (a buffer without bytes) and sparse are legal."""
    sparse = {
        "count": 1,
        "indices": {"bufferView": 0, "componentType": 5123},
        "values": {"bufferView": 0},
    }
    data = glb(
        document(
            accessors=[
                {"componentType": 5126, "count": 3, "type": "VEC3"},
                {"componentType": 5126, "count": 3, "type": "VEC3", "sparse": sparse},
            ],
            buffers=[
                {"byteLength": 36},
                {"byteLength": 900, "extensions": {"EXT_meshopt_compression": {"fallback": True}}},
            ],
            images=[{"bufferView": 0, "mimeType": "image/png"}, {"uri": "data:image/png;base64,"}],
        )
    )
    check_glb(BytesIO(data), len(data))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "too short"),
        (b"glTF", "too short"),
        (b"PK\x03\x04" + bytes(60), "does not start"),
        (glb()[:4] + b"\1\0\0\0" + glb()[8:], "version 1"),
        (glb()[:-8], "promises"),
        (glb() + b"\0\0\0\0", "promises"),
        (glb(b"{not json}"), "cannot be parsed"),
        (glb(b'{"asset": NaN}'), "cannot be parsed"),
        (glb(b"\xff\xfe{}"), "cannot be parsed"),
        (glb(b"[" * 100_000), "cannot be parsed"),
        (glb(b"[]"), "not an object"),
        (glb()[:12] + b"\xff\xff\xff\x7f" + glb()[16:], "chunk 0"),
        (glb()[:16] + b"BIN\0" + glb()[20:], "must be JSON"),
    ],
)
def test_a_broken_container_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    """Wrong magic, version, lengths, chunk order and JSON are each named."""
    assert reason in refusal(data)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"asset": None}, "glTF 2.x"),
        ({"asset": {"version": "1.0"}}, "glTF 2.x"),
        ({"nodes": {}}, "not a list"),
        ({"meshes": [7]}, "not a list of objects"),
        ({"nodes": [{}] * 100_001}, "more than"),
        ({"buffers": [{"byteLength": 37}]}, "longer than the binary chunk"),
        ({"buffers": [{"byteLength": "36"}]}, "whole number"),
        ({"buffers": [{"byteLength": 36, "uri": "model.bin"}]}, "another file"),
        ({"buffers": [{"byteLength": 36, "uri": "https://example.com/m.bin"}]}, "another file"),
        ({"buffers": [{"byteLength": 36, "uri": "file:///etc/passwd"}]}, "another file"),
        ({"buffers": [{"byteLength": 36, "extensions": 5}]}, "not an object"),
        ({"bufferViews": [{"buffer": 1, "byteLength": 36}]}, "points to number 1"),
        ({"bufferViews": [{"buffer": 0, "byteOffset": 4, "byteLength": 36}]}, "beyond its buffer"),
        ({"bufferViews": [{"buffer": -1, "byteLength": 36}]}, "whole number"),
        ({"bufferViews": [{"buffer": True, "byteLength": 36}]}, "whole number"),
        ({"images": [{"uri": "../../secret.png"}]}, "texture lies in another file"),
        ({"images": [{"bufferView": 9}]}, "points to number 9"),
        ({"meshes": None}, "no mesh"),
        ({"meshes": [{"primitives": []}]}, "no primitive"),
        ({"meshes": [{"primitives": [{"attributes": {"NORMAL": 0}}]}]}, "no positions"),
        ({"meshes": [{"primitives": [{"attributes": {"POSITION": 1}}]}]}, "points to number 1"),
        (
            {"meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 4}]}]},
            "points to number 4",
        ),
        ({"scenes": []}, "no scene"),
        ({"nodes": [{"mesh": 3}]}, "points to number 3"),
        ({"nodes": [{"children": [0]}]}, "hangs below"),
        ({"nodes": [{"children": [1, 1]}, {}]}, "two parents"),
        ({"nodes": [{"children": "1"}, {}]}, "not a list"),
        ({"scenes": [{"nodes": [1]}], "nodes": [{"children": [1]}, {"children": [0]}]}, "hangs"),
    ],
)
def test_a_broken_scene_is_refused_with_the_reason(changes: dict[str, Any], reason: str) -> None:
    """References, ranges, cycles, missing parts and files outside the GLB are each named."""
    assert reason in refusal(glb(document(**changes)))


@pytest.mark.parametrize(
    ("accessor", "reason"),
    [
        ({"count": 4}, "beyond its buffer view"),
        ({"byteOffset": 4}, "beyond its buffer view"),
        ({"count": 0}, "whole number from 1"),
        ({"type": "VEC5"}, "unknown type"),
        ({"componentType": 5124}, "unknown type"),
        ({"bufferView": 2}, "points to number 2"),
        ({"count": 10**30}, "beyond its buffer view"),
        ({"sparse": []}, "incomplete"),
        ({"sparse": {"count": 4}}, "replaces more"),
        ({"sparse": {"count": 1}}, "indices is missing"),
    ],
)
def test_an_accessor_may_not_leave_its_bytes(accessor: dict[str, Any], reason: str) -> None:
    """What an accessor reads must lie inside its buffer view."""
    whole = {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3", **accessor}
    assert reason in refusal(glb(document(accessors=[whole])))


def test_a_stride_counts() -> None:
    """Interleaved vertices reach as far as their stride carries them."""
    views = [{"buffer": 0, "byteLength": 36, "byteStride": 16}]
    assert "beyond its buffer view" in refusal(glb(document(bufferViews=views)))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damage_is_refused_or_harmless_and_nothing_else(data: st.DataObject) -> None:
    """Whatever bytes are changed, the check passes or refuses and raises nothing else."""
    model = bytearray(glb())
    for _ in range(data.draw(st.integers(1, 5))):
        model[data.draw(st.integers(0, len(model) - 1))] = data.draw(st.integers(0, 255))
    with suppress(RefusedInputError):
        check_glb(BytesIO(bytes(model)), len(model))


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 40)
    | st.floats(allow_nan=False)
    | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(document())), JUNK)
def test_any_json_in_any_place_is_refused_or_harmless(name: str, junk: object) -> None:
    """A field of any type where another was expected never breaks the check itself."""
    for value in (junk, [junk]):
        model = glb({**document(), name: value})
        with suppress(RefusedInputError):
            check_glb(BytesIO(model), len(model))
