"""GLBs that somebody brought are sets: the product stands on what the file really holds."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from glb_builder import glb
from PIL import Image
from render_builders import FAKE_GLB, RECIPES, bottle, pictures_of, stored
from test_render_worker_brought import MODEL_KEY, NAME, asset, job, shelf

from backlot.blobs.memory import MemoryStore
from backlot.contracts.background import RankedBackground, SetCamera, SetFiles, SetLight, StageArea
from backlot.contracts.errors import PermanentStageError
from backlot.contracts.jobs import Dimensions
from backlot.contracts.match import Match
from backlot.contracts.render import ShotWishes
from backlot.contracts.stages import Stage
from services.render_worker.adapters.darkroom import BlenderDarkroom
from services.render_worker.adapters.flat import FlatDarkroom
from services.render_worker.adapters.store import ShotStore, sha256_of
from services.render_worker.composing.brought import brought_model, walked
from services.render_worker.composite import cropped
from services.render_worker.port import View
from services.render_worker.render import Shooter
from services.render_worker.set_view import WITHIN
from services.render_worker.sets.recipe import Recipe
from services.render_worker.shot import ShotFacts, ShotPlan
from services.render_worker.shots import WHITE_SET, Order, Subject, plan_shot
from services.render_worker.sizing import size_of_cutout, size_of_model

SMALL = {"width": 64, "height": 64, "samples": 1}
FLOOR_M = 0.6
"""Height of the test set's floor."""


def floor(at_m: float = FLOOR_M) -> bytes:
    """A set that is nothing but a slab four metres wide, its upper face at a height."""
    sides = [(x, y, z) for x in (-2.0, 2.0) for y in (at_m - 0.1, at_m) for z in (-2.0, 2.0)]
    return glb(np.array(sides, dtype=np.float32))


def stage_at(height_m: float, x: float = 0.0) -> StageArea:
    """Where the record says that products stand."""
    return StageArea(
        anchor=(x, height_m, 0.0), width_m=0.5, depth_m=0.5, height_m=0.5, floor_area_m2=0.25
    )


@pytest.fixture
def blobs() -> MemoryStore:
    """Holds a product and a brought set."""
    made = stored(model=FAKE_GLB)
    made.put(MODEL_KEY, floor(), "model/gltf-binary")
    return made


def planned(subject: Subject, stage: StageArea) -> ShotPlan:
    """A small picture in the brought set."""
    recipe = brought_model(asset(SetFiles(glb=MODEL_KEY), stage=stage), MODEL_KEY)
    shot = plan_shot(recipe, "hero", subject, Order("draft", ShotWishes()))
    return shot.model_copy(update=SMALL)


def shot_in(
    darkroom: BlenderDarkroom, folder: Path, stage: StageArea, brought: bytes | None = None
) -> ShotFacts:
    """What Blender says of a box of 20 cm there."""
    product = folder / "product.glb"
    product.write_bytes(glb())
    (folder / Path(MODEL_KEY).name).write_bytes(floor() if brought is None else brought)
    facts = darkroom.inspect(product)
    subject = Subject(sha256_of(product), size_of_model(facts, Dimensions(height=20)), facts)
    return darkroom.shoot(planned(subject, stage), product, folder)


@pytest.mark.parametrize("off_m", [0.0, -0.03, 0.04, 0.4], ids=["exact", "sunk", "low", "high"])
def test_the_product_stands_on_the_brought_floor(
    blender: BlenderDarkroom, tmp_path: Path, off_m: float
) -> None:
    """However far the record's place is above it, or a little below."""
    facts = shot_in(blender, tmp_path, stage_at(FLOOR_M + off_m))
    assert facts.taken
    assert facts.gap_mm == pytest.approx(0.0, abs=0.1)
    assert facts.touching == ()


def test_a_cutout_stands_there_too(blender: BlenderDarkroom, tmp_path: Path) -> None:
    """Its shadow falls on the brought floor."""
    cutout = tmp_path / "cutout.png"
    cropped(bottle()).save(cutout)
    (tmp_path / Path(MODEL_KEY).name).write_bytes(floor())
    subject = Subject("0" * 64, size_of_cutout(2.0, Dimensions(height=20), 0.5))
    facts = blender.shoot(planned(subject, stage_at(FLOOR_M + 0.02)), cutout, tmp_path)
    assert facts.taken


def test_over_a_void_no_picture_is_taken(blender: BlenderDarkroom, tmp_path: Path) -> None:
    """Nothing floats."""
    assert not shot_in(blender, tmp_path, stage_at(FLOOR_M, x=9.0)).taken


def test_a_set_that_cannot_be_opened_says_that_it_is_the_set(
    blender: BlenderDarkroom, tmp_path: Path
) -> None:
    """And not the product."""
    with pytest.raises(PermanentStageError) as caught:
        shot_in(blender, tmp_path, stage_at(FLOOR_M), brought=b"glTF but no more")
    assert caught.value.reason == "background-unreadable"


@pytest.mark.parametrize("named", [True, False])
def test_a_brought_model_is_shot_in(blobs: MemoryStore, named: bool) -> None:
    """By its name or as a recommendation."""
    find = shelf(blobs, asset(SetFiles(glb=MODEL_KEY))).find
    outcome = Shooter(FlatDarkroom(), ShotStore(blobs), find)(job(named=named))
    assert [picture.background_id for picture in pictures_of(outcome)] == [NAME]


def test_a_recommended_set_that_is_broken_makes_way_for_the_next(blobs: MemoryStore) -> None:
    """Its file is gone: nobody asked for it by name, and another set does as well."""
    blobs.delete(MODEL_KEY)
    brought = shelf(blobs, asset(SetFiles(glb=MODEL_KEY)))
    given = job(named=False)
    known = Match.model_validate_json(given.outputs[Stage.MATCH])
    second = RankedBackground(rank=2, score=0.5, background_id=WHITE_SET, reasons=())
    ranked = known.model_copy(update={"ranked": (*known.ranked, second)})
    outputs = {**given.outputs, Stage.MATCH: ranked.model_dump_json()}

    def find(name: str) -> Recipe | None:
        return RECIPES[name] if name == WHITE_SET else brought.find(name)

    shooter = Shooter(FlatDarkroom(), ShotStore(blobs), find)
    outcome = shooter(replace(given, outputs=outputs))
    assert [picture.background_id for picture in pictures_of(outcome)] == [WHITE_SET]


def test_a_camera_in_the_very_place_of_the_product_is_moved_away() -> None:
    """Whoever sends such a record gets a picture, not numbers that are none."""
    stage = stage_at(FLOOR_M)
    camera = SetCamera(name="odd", position=stage.anchor, target=(0, 0, 0), lens_mm=35)
    files = SetFiles(glb=MODEL_KEY)
    recipe = brought_model(asset(files, cameras=(camera,), stage=stage), MODEL_KEY)
    plan = walked(recipe.plan, stage.anchor, WITHIN)
    assert np.isfinite([one.position for one in plan.cameras]).all()


def test_its_own_cameras_and_the_records_light_are_taken() -> None:
    """The first camera is the front."""
    camera = SetCamera(name="door", position=(0, 1.5, 3), target=(0, 0.9, 0), lens_mm=35)
    lamp = SetLight(name="lamp", type="lighting/large-softbox", kelvin=2900)
    files = SetFiles(glb=MODEL_KEY)
    plan = brought_model(asset(files, cameras=(camera,), lights=(lamp,)), MODEL_KEY).plan
    assert [made.name for made in plan.cameras] == ["door"]
    assert {light.kelvin for light in plan.lights} == {2900}


@pytest.mark.parametrize("yaw_deg", [0.0, 90.0])
def test_without_a_camera_it_is_seen_from_where_the_stage_faces(yaw_deg: float) -> None:
    """Zero looks along -Z, ninety along -X."""
    stage = stage_at(0.8).model_copy(update={"yaw_deg": yaw_deg})
    plan = brought_model(asset(SetFiles(glb=MODEL_KEY), stage=stage), MODEL_KEY).plan
    x, _, z = plan.cameras[0].position
    assert np.degrees(np.arctan2(x, z)) == pytest.approx(yaw_deg)


def test_a_model_that_is_gone_ends_the_job(blobs: MemoryStore) -> None:
    """With a word that names what is missing."""
    blobs.delete(MODEL_KEY)
    find = shelf(blobs, asset(SetFiles(glb=MODEL_KEY))).find
    with pytest.raises(PermanentStageError) as caught:
        Shooter(FlatDarkroom(), ShotStore(blobs), find)(job(named=True))
    assert caught.value.reason == "backdrop-gone"


def test_the_empty_set_is_seen_from_all_its_cameras(
    blender: BlenderDarkroom, tmp_path: Path
) -> None:
    """The slab covers the lower part of every picture; above it is only light."""
    (tmp_path / Path(MODEL_KEY).name).write_bytes(floor())
    recipe = brought_model(asset(SetFiles(glb=MODEL_KEY), stage=stage_at(FLOOR_M)), MODEL_KEY)
    plan = walked(recipe.plan, recipe.stage.anchor, WITHIN)
    for name in WITHIN:
        path = tmp_path / f"{name}.png"
        blender.preview(plan, View(name, 48, 36, 1), path)
        with Image.open(path) as picture:
            pixels = np.asarray(picture.convert("L"), dtype=float)
        assert abs(pixels[0].mean() - pixels[-1].mean()) > 5


def test_cameras_walk_around_the_stage_at_one_distance() -> None:
    """To the right by so many degrees, and no lower than said."""
    recipe = brought_model(asset(SetFiles(glb=MODEL_KEY), stage=stage_at(FLOOR_M)), MODEL_KEY)
    anchor = np.asarray(recipe.stage.anchor)
    cameras = walked(recipe.plan, recipe.stage.anchor, {"a": (0, 0), "b": (90, 50)}).cameras
    first, second = (np.asarray(camera.position) - anchor for camera in cameras)
    assert np.linalg.norm(second) == pytest.approx(np.linalg.norm(first))
    assert cameras[0].position == pytest.approx(recipe.plan.cameras[0].position)
    assert np.degrees(np.arctan2(second[0], second[2])) == pytest.approx(90)
    assert np.degrees(np.arcsin(second[1] / np.linalg.norm(second))) == pytest.approx(50)
