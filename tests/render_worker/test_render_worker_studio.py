"""The studio script and its pictures, with every renderer there is."""

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from backlot.catalog import load_starter
from backlot.contracts.errors import MissingExtraError, PermanentStageError
from services.render_worker import studio
from services.render_worker.adapters.pictures import measure_palette, size_of, write_within
from services.render_worker.renderer import Renderer
from services.render_worker.scene import Output, Scene
from services.render_worker.sets.builder import build
from services.render_worker.sets.recipe import SetPlan

ROOT = Path(__file__).parents[2]
BLENDER = "services.render_worker.adapters.blender"
RENDERERS = ["flat", "cycles"]


@pytest.fixture(params=RENDERERS)
def render(request: pytest.FixtureRequest) -> Renderer:
    """Every renderer; Cycles where Blender is installed."""
    if request.param == "cycles" and find_spec("bpy") is None:
        pytest.skip("bpy is not installed: Cycles unproven here")
    return studio.renderer(request.param)


@pytest.fixture
def scene() -> Scene:
    """A red ball on a white floor."""
    return build(
        SetPlan.model_validate(
            {
                "parts": [
                    {"part": "cyclorama"},
                    {"part": "ball", "radius": 0.2, "surface": "matte #c01010"},
                ],
                "world": {"low": "#ffffff", "high": "#ffffff", "strength": 1.0},
                "cameras": [{"name": "front", "position": (0, 0.4, 2), "target": (0, 0.2, 0)}],
            }
        )
    )


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """A project folder with the shipped recipes of two sets and one sample shot."""
    for folder, names in (
        ("catalog", ("white-cyclorama-softbox", "art-gallery-plinth")),
        ("samples", ("mug",)),
    ):
        target = tmp_path / folder / "recipes"
        target.mkdir(parents=True)
        for name in names:
            text = (ROOT / folder / "recipes" / f"{name}.yaml").read_text(encoding="utf-8")
            (target / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


class TestEveryRenderer:
    """What the port promises."""

    def test_writes_a_picture_of_the_size_asked_for(
        self, render: Renderer, scene: Scene, tmp_path: Path
    ) -> None:
        """The file is a PNG of exactly that many pixels."""
        path = tmp_path / "picture.png"
        render(scene, Output(48, 36, 1), path)
        with Image.open(path) as picture:
            assert (picture.format, picture.size) == ("PNG", (48, 36))

    def test_the_same_scene_gives_the_same_picture(
        self, render: Renderer, scene: Scene, tmp_path: Path
    ) -> None:
        """Pictures can be shot again to the pixel."""
        pictures = []
        for name in ("one.png", "two.png"):
            render(scene, Output(48, 36, 2, seed=5), tmp_path / name)
            with Image.open(tmp_path / name) as picture:
                pictures.append(np.asarray(picture.convert("RGB")))
        assert np.array_equal(*pictures)

    def test_the_picture_shows_what_stands_there(
        self, render: Renderer, scene: Scene, tmp_path: Path
    ) -> None:
        """The red of the ball is somewhere in the picture."""
        path = tmp_path / "picture.png"
        render(scene, Output(48, 36, 2), path)
        with Image.open(path) as picture:
            red, green, blue = (
                channel.astype(int) for channel in np.asarray(picture.convert("RGB")).T
            )
        assert ((red > 90) & (red > 2 * green) & (red > 2 * blue)).sum() > 20


def test_a_missing_blender_says_which_extra_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without bpy the adapter explains itself."""
    monkeypatch.setitem(sys.modules, "bpy", None)
    for name in [name for name in sys.modules if name.startswith(BLENDER)]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(MissingExtraError, match=r"backlot\[render\]"):
        importlib.import_module(f"{BLENDER}.module")


def test_previews_make_a_library_that_loads(catalog: Path) -> None:
    """Shooting previews writes a manifest the rest of the system reads, studio sets first."""
    studio.previews(studio.renderer("flat"), catalog, [], None)
    assets = load_starter(catalog / "catalog")
    assert [asset.id for asset in assets] == ["white-cyclorama-softbox", "art-gallery-plinth"]
    for asset in assets:
        path = catalog / asset.files.previews[0].key
        assert size_of(path) == studio.FRONT_SIZE
        assert path.stat().st_size <= studio.PREVIEW_BYTES
        assert asset.triangles > 0


def test_only_what_was_asked_for_is_shot(catalog: Path) -> None:
    """With names given, other pictures stay as they are."""
    studio.previews(studio.renderer("flat"), catalog, [], None)
    before = {p.name: p.stat().st_mtime_ns for p in (catalog / "catalog/previews").iterdir()}
    studio.previews(studio.renderer("flat"), catalog, ["art-gallery-plinth"], None)
    after = {p.name: p.stat().st_mtime_ns for p in (catalog / "catalog/previews").iterdir()}
    assert {name for name in after if after[name] != before[name]} == {
        "art-gallery-plinth-front.webp",
        "art-gallery-plinth-three-quarter.webp",
        "art-gallery-plinth-wide.webp",
    }


def test_a_set_is_shown_by_all_its_cameras(catalog: Path) -> None:
    """Every camera of a recipe gives one preview, the front first."""
    studio.previews(studio.renderer("flat"), catalog, [], None)
    gallery = load_starter(catalog / "catalog")[1]
    assert [preview.view for preview in gallery.files.previews] == [
        "front",
        "wide",
        "three-quarter",
    ]


def test_only_missing_pictures_are_shot(catalog: Path) -> None:
    """Asked for what is missing, the studio leaves what is there."""
    studio.previews(studio.renderer("flat"), catalog, [], None)
    lost = catalog / "catalog/previews/art-gallery-plinth-wide.webp"
    lost.unlink()
    before = {p.name: p.stat().st_mtime_ns for p in lost.parent.iterdir()}
    studio.previews(studio.renderer("flat"), catalog, [], None, missing=True)
    after = {p.name: p.stat().st_mtime_ns for p in lost.parent.iterdir()}
    assert {name for name in after if after[name] != before.get(name)} == {lost.name}


def test_samples_come_with_their_list(catalog: Path) -> None:
    """Shooting samples writes photos and what a client would say of them."""
    studio.samples_(studio.renderer("flat"), catalog, [], None)
    rows = yaml.safe_load((catalog / "samples/samples.yaml").read_text())["samples"]
    assert [row["file"] for row in rows] == ["mug.jpg"]
    assert (catalog / "samples/mug.jpg").stat().st_size <= studio.SAMPLE_BYTES
    assert rows[0]["dimensions_cm"]["height"] == pytest.approx(9.4, abs=0.2)


@pytest.mark.parametrize("suffix", [".webp", ".jpg"])
def test_pictures_fit_their_limit(tmp_path: Path, suffix: str) -> None:
    """A picture hard to compress loses quality, never its size, until it fits."""
    noise = np.random.default_rng(1).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    target = tmp_path / f"noise{suffix}"
    write_within(tmp_path / "noise.png", target, 12_000)
    assert target.stat().st_size <= 12_000
    assert size_of(target) == (160, 120)


def test_a_picture_that_cannot_fit_is_refused(tmp_path: Path) -> None:
    """A limit no quality meets is an error, and no file is left."""
    noise = np.random.default_rng(1).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    with pytest.raises(PermanentStageError, match="does not fit"):
        write_within(tmp_path / "noise.png", tmp_path / "noise.webp", 100)
    assert not (tmp_path / "noise.webp").exists()


def test_grain_changes_the_picture_a_little(tmp_path: Path) -> None:
    """A hand-shot look has noise, the same noise every time."""
    Image.new("RGB", (64, 64), "#808080").save(tmp_path / "flat.png")
    for name in ("one.jpg", "two.jpg"):
        write_within(tmp_path / "flat.png", tmp_path / name, 50_000, grain=1.0)
    assert (tmp_path / "one.jpg").read_bytes() == (tmp_path / "two.jpg").read_bytes()
    with Image.open(tmp_path / "one.jpg") as picture:
        assert 1 < np.asarray(picture.convert("L")).std() < 12


def test_palettes_are_measured(tmp_path: Path) -> None:
    """Three quarters white and one quarter red are named and shared so."""
    picture = Image.new("RGB", (160, 120), "#fdfdfd")
    picture.paste("#c81e1e", (0, 0, 40, 120))
    picture.save(tmp_path / "two.png")
    white, red = measure_palette(tmp_path / "two.png")
    assert (white.name, white.share) == ("colour_name/white", pytest.approx(0.75, abs=0.01))
    assert (red.name, red.share) == ("colour_name/red", pytest.approx(0.25, abs=0.01))
