"""`backlot shoot` and `backlot contact-sheet` through a whole line with fake engines."""

import json
import struct
from pathlib import Path

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from backlot.cli.main import app
from backlot.cli.shoot import dimensions, order_of

SET = "concrete-slab-side-light"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The smallest GLB that intake lets through: one triangle."""
    body = struct.pack("<9f", 0, 0, 0, 1, 0, 0, 0, 1, 0)
    document = {
        "asset": {"version": "2.0"},
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
        "bufferViews": [{"buffer": 0, "byteLength": len(body)}],
        "buffers": [{"byteLength": len(body)}],
    }
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    chunks += struct.pack("<II", len(body), 0x004E4942) + body
    path = tmp_path / "bottle.glb"
    path.write_bytes(struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks)
    return path


def test_sizes_are_read_or_refused() -> None:
    """Width, depth, height, in that order, with any cross."""
    assert dimensions("8x8.5X20") == {"width": 8.0, "depth": 8.5, "height": 20.0}
    assert dimensions("8\u00d78\u00d720")["height"] == 20.0
    for wrong in ("8x8", "a x b x c", ""):
        with pytest.raises(typer.BadParameter):
            dimensions(wrong)


def test_a_glb_is_the_product_and_a_picture_the_photo(model: Path, tmp_path: Path) -> None:
    """What is sent depends on what the file is."""
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"jpeg")
    assert order_of(model, None, {}).photo is None
    assert order_of(model, photo, {}).photo == b"jpeg"
    assert order_of(photo, None, {}).product is None


@pytest.mark.line
@pytest.mark.timeout(400)
def test_a_model_becomes_a_picture_file(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the command line through view, caption, refine, match and render to a file."""
    monkeypatch.setenv("BACKLOT_ENGINES", "fake")
    out = tmp_path / "pictures"
    words = ["shoot", str(model), "--background", SET, "--size-cm", "10x10x20", "--out", str(out)]
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    (picture,), (recipe,) = out.glob("*.jpg"), out.glob("*.json")
    assert SET in picture.name
    with Image.open(picture) as opened:
        assert opened.size == (768, 768)
    assert json.loads(recipe.read_text())["shot"]["background_id"] == SET
