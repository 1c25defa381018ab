import json
import struct

import pytest
from glb_builder import glb, two_scenes

from services.render_worker.glb import plain


def document_of(data: bytes) -> dict[str, object]:
    """The JSON part of a GLB."""
    (length,) = struct.unpack_from("<I", data, 12)
    read: dict[str, object] = json.loads(data[20 : 20 + length])
    return read


def test_a_plain_model_keeps_everything_it_has() -> None:
    """Its parts come out as they went in, in a container whose length is right."""
    made = plain(glb())
    assert made.issues == ()
    assert struct.unpack_from("<4sII", made.data) == (b"glTF", 2, len(made.data))
    before, after = document_of(glb()), document_of(made.data)
    assert {key: after[key] for key in before} == before


def test_only_the_default_scene_stays() -> None:
    """What hangs in another scene loses its mesh."""
    document = document_of(plain(two_scenes()).data)
    assert document["scenes"] == [{"nodes": [0]}]
    assert document["nodes"] == [{"mesh": 0}, {"scale": [9, 9, 9]}]


def test_children_of_the_default_scene_stay() -> None:
    """A tree is followed to its leaves."""
    nested = glb(nodes=[{"children": [1]}, {"children": [2]}, {"mesh": 0}])
    assert document_of(plain(nested).data)["nodes"] == [
        {"children": [1]}, {"children": [2]}, {"mesh": 0}
    ]  # fmt: skip


def test_animations_and_cameras_are_left_away_and_told() -> None:
    """The product is shot at rest, by our camera."""
    moving = glb(
        animations=[{"channels": [], "samplers": []}],
        cameras=[{"type": "perspective"}],
        nodes=[{"mesh": 0, "camera": 0}],
    )
    made = plain(moving)
    assert made.issues == ("animated",)
    assert "animations" not in document_of(made.data)
    assert document_of(made.data)["nodes"] == [{"mesh": 0}]


@pytest.mark.parametrize(
    "data",
    [b"", b"glTF", b"not a glb at all, sorry", glb()[:40], glb(scene=7)],
    ids=["empty", "magic only", "text", "cut short", "no such scene"],
)
def test_what_is_no_model_is_refused(data: bytes) -> None:
    """Broken containers are errors, not surprises."""
    with pytest.raises(ValueError, match=r"."):
        plain(data)
