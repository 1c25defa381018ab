"""Pictures that somebody brought as backgrounds are sets; light probes alone are refused."""

import io

import numpy as np
import pytest
from PIL import Image
from render_builders import FAKE_GLB, match, pictures_of, stored, subject, support_below, work

from backlot.backgrounds import BackgroundRecords
from backlot.blobs.memory import MemoryStore
from backlot.contracts.background import (
    BackgroundAsset,
    BackgroundKind,
    Licence,
    RankedBackground,
    SetFiles,
    SetLight,
    StageArea,
)
from backlot.contracts.errors import PermanentStageError
from backlot.contracts.frozen import Localized
from backlot.contracts.jobs import Dimensions
from backlot.contracts.render import Preset, ShotWishes
from backlot.contracts.stages import Stage
from backlot.line.work import Work
from services.render_worker.adapters.flat import FlatDarkroom
from services.render_worker.adapters.sets import RecipeShelf, SetStore
from services.render_worker.adapters.store import ShotStore
from services.render_worker.angles import ANGLES
from services.render_worker.render import Shooter
from services.render_worker.sets.builder import build
from services.render_worker.sets.parts.backdrops import PhotoBackdrop
from services.render_worker.sets.recipe import Recipe
from services.render_worker.shots import Order, plan_shot

NAME = "our-old-workshop"
PICTURE_KEY, MODEL_KEY = f"library/files/{NAME}/photo.webp", f"library/files/{NAME}/set.glb"


def asset(files: SetFiles, **changes: object) -> BackgroundAsset:
    """A background as its record has it, its stage off the middle."""
    made = BackgroundAsset(
        id=NAME,
        kind=BackgroundKind.SPACE,
        name=Localized(en="Our old workshop", ko="오래된 작업실"),
        caption=Localized(en="A workshop.", ko="작업실입니다."),
        facets={},
        palette=(),
        stage=StageArea(
            anchor=(0.4, 0.9, -0.2), width_m=0.5, depth_m=0.4, height_m=0.5, floor_area_m2=0.2
        ),
        files=files,
        licence=Licence(id="own", evidence="taken by the owner"),
        source="imported",
    )
    return made.model_copy(update=changes)


@pytest.fixture
def blobs() -> MemoryStore:
    """Holds a product and a picture that is blue above and brown below."""
    made = stored(model=FAKE_GLB)
    picture = Image.new("RGB", (320, 180), "#3060a0")
    picture.paste("#604020", (0, 140, 320, 180))
    out = io.BytesIO()
    picture.save(out, "WEBP", lossless=True)
    made.put(PICTURE_KEY, out.getvalue(), "image/webp")
    return made


def shelf(blobs: MemoryStore, brought: BackgroundAsset) -> RecipeShelf:
    """Finds what was brought."""
    records = BackgroundRecords(blobs)
    records.put(brought, "content")
    return RecipeShelf({}, records, SetStore(blobs))


def found(blobs: MemoryStore, **changes: object) -> Recipe:
    """The set of the picture."""
    made = shelf(blobs, asset(SetFiles(backdrop=PICTURE_KEY), **changes)).find(NAME)
    assert made is not None
    return made


def job(*, named: bool) -> Work:
    """A picture in that background: asked for by its name, or recommended."""
    shot = work(with_model=True, renders=1)
    wishes = ShotWishes(backgrounds=(NAME,) if named else ())
    request = shot.request.model_copy(update={"shot": wishes})
    ranked = RankedBackground(rank=1, score=1, background_id=NAME, reasons=())
    known = match().model_copy(update={"ranked": (ranked,)})
    outputs = {Stage.MATCH: known.model_dump_json()}
    return work(with_model=True, request=request, outputs=outputs)


@pytest.mark.parametrize("named", [True, False])
def test_a_brought_picture_is_shot_in(blobs: MemoryStore, named: bool) -> None:
    """By its name or as a recommendation."""
    find = shelf(blobs, asset(SetFiles(backdrop=PICTURE_KEY))).find
    outcome = Shooter(FlatDarkroom(), ShotStore(blobs), find)(job(named=named))
    assert [picture.background_id for picture in pictures_of(outcome)] == [NAME]


def test_the_picture_hangs_whole_behind_a_floor_of_its_own_colour(blobs: MemoryStore) -> None:
    """Its shape is kept, the floor carries the product at the record's anchor."""
    recipe = found(blobs)
    sheet = next(part for part in recipe.plan.parts if isinstance(part, PhotoBackdrop))
    assert sheet.width / sheet.height == pytest.approx(320 / 180)
    assert sheet.picture == PICTURE_KEY
    assert "satin #604020" in recipe.plan.model_dump_json()
    x, y, z = recipe.stage.anchor
    assert support_below(build(recipe.plan), x, z, y + 0.01) == pytest.approx(y, abs=0.001)


@pytest.mark.parametrize("preset", ["square", "portrait", "wide"])
@pytest.mark.parametrize("height_cm", [20, 46])
def test_no_angle_sees_past_the_picture(
    blobs: MemoryStore, preset: Preset, height_cm: float
) -> None:
    """The frame's upper corners meet the sheet, however the camera stands."""
    product = subject(said=Dimensions(width=10, height=height_cm, depth=10))
    recipe = found(blobs)
    sheet = next(part for part in recipe.plan.parts if isinstance(part, PhotoBackdrop))
    k = sheet.size_factor
    for angle in ANGLES:
        shot = plan_shot(recipe, angle, product, Order("draft", ShotWishes(preset=preset)))
        camera = shot.plan.cameras[0]
        at, ahead = np.asarray(camera.position), np.asarray(camera.target) - camera.position
        ahead /= np.linalg.norm(ahead)
        right = np.cross(ahead, (0.0, 1.0, 0.0))
        right /= np.linalg.norm(right)
        half = 18 / camera.lens_mm / max(shot.width, shot.height)
        above = np.cross(right, ahead) * half * shot.height
        for side in (-1, 1):
            ray = ahead + above + side * right * half * shot.width
            met = at + ray * (sheet.at[2] - at[2]) / ray[2]
            assert abs(met[0] - sheet.at[0]) <= sheet.width * k / 2, angle
            assert met[1] - sheet.at[1] <= sheet.height * k, angle


def test_the_records_light_is_taken(blobs: MemoryStore) -> None:
    """Warm lamps in the record are warm lamps in the set; without any it is neutral."""
    lamp = SetLight(name="lamp", type="lighting/large-softbox", kelvin=2900)
    assert {light.kelvin for light in found(blobs, lights=(lamp,)).plan.lights} == {2900}


def test_without_lights_in_the_record_it_is_neutral(blobs: MemoryStore) -> None:
    """Daylight from a softbox."""
    assert {light.kelvin for light in found(blobs).plan.lights} == {5500}


def test_a_picture_that_is_gone_is_no_set(blobs: MemoryStore) -> None:
    """The job hears that nothing can be shot there."""
    find = shelf(blobs, asset(SetFiles(backdrop="library/files/gone.webp"))).find
    with pytest.raises(PermanentStageError) as caught:
        Shooter(FlatDarkroom(), ShotStore(blobs), find)(job(named=True))
    assert caught.value.reason == "background-unknown"


def test_a_light_probe_is_refused_by_name_and_passed_by_otherwise(blobs: MemoryStore) -> None:
    """Whoever asked for it hears why; as a recommendation it is left out."""
    brought = asset(SetFiles(hdri="library/files/a.hdr"))
    shooter = Shooter(FlatDarkroom(), ShotStore(blobs), shelf(blobs, brought).find)
    with pytest.raises(PermanentStageError, match="light probe") as caught:
        shooter(job(named=True))
    assert caught.value.reason == "background-light-only"
    with pytest.raises(PermanentStageError) as none_left:
        shooter(job(named=False))
    assert none_left.value.reason == "no-set"
