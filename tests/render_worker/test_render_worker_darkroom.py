"""Every darkroom keeps its port; the real one where there is a Python with Blender."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from glb_builder import (
    animated,
    broken_texture,
    coloured,
    flat_to_a_line,
    glb,
    many,
    not_finite,
    scaled,
    two_scenes,
)  # fmt: skip
from PIL import Image
from render_builders import RECIPES, bottle, brief

from backlot.contracts.errors import CanceledError, PermanentStageError, TransientStageError
from backlot.contracts.jobs import Dimensions
from backlot.contracts.render import ShotWishes
from services.render_worker.adapters.darkroom import BlenderDarkroom
from services.render_worker.adapters.flat import FlatDarkroom
from services.render_worker.adapters.process import Limits
from services.render_worker.adapters.store import sha256_of
from services.render_worker.composite import cropped
from services.render_worker.finishing import finish
from services.render_worker.port import MASK, PICTURE, REFERENCE, Darkroom
from services.render_worker.shot import ShotPlan
from services.render_worker.shots import Order, Subject, plan_shot
from services.render_worker.sizing import size_of_cutout, size_of_model

SET = RECIPES["concrete-slab-side-light"]
SMALL = {"width": 96, "height": 96, "samples": 4}
TINY = {"width": 48, "height": 48, "samples": 1}


@pytest.fixture(params=["flat", "blender"])
def darkroom(request: pytest.FixtureRequest) -> Darkroom:
    """Every darkroom."""
    if request.param == "flat":
        return FlatDarkroom()
    made: Darkroom = request.getfixturevalue("blender")
    return made


def product_of(folder: Path, data: bytes | None = None) -> Path:
    """A GLB as a file."""
    path = folder / "product.glb"
    path.write_bytes(glb() if data is None else data)
    return path


def planned(darkroom: Darkroom, product: Path, wishes: ShotWishes | None = None) -> ShotPlan:
    """A small picture of a model of 20 cm."""
    facts = darkroom.inspect(product)
    size = size_of_model(facts, Dimensions(height=20))
    subject = Subject(sha256_of(product), size, facts)
    shot = plan_shot(SET, "hero", subject, Order("draft", wishes or ShotWishes(), brief()))
    return shot.model_copy(update=SMALL)


class TestEveryDarkroom:
    """What the port promises."""

    def test_inspects_a_model(self, darkroom: Darkroom, tmp_path: Path) -> None:
        """Size in the file's own units, +Y up, and where it stands."""
        facts = darkroom.inspect(product_of(tmp_path))
        assert facts.size == pytest.approx((0.1, 0.2, 0.1), abs=1e-5)
        assert facts.triangles == 12
        assert np.abs(np.asarray(facts.footing)) == pytest.approx(0.05, abs=1e-5)

    def test_takes_the_picture_the_mask_and_the_reference(
        self, darkroom: Darkroom, tmp_path: Path
    ) -> None:
        """Three files of the promised sizes; the product is where the plan has it, and honest."""
        product = product_of(tmp_path)
        shot = planned(darkroom, product)
        shares: list[float] = []
        facts = darkroom.shoot(shot, product, tmp_path, progress=shares.append)
        assert facts.taken
        with Image.open(tmp_path / PICTURE) as picture, Image.open(tmp_path / MASK) as mask:
            assert picture.size == mask.size == (96, 96)
            alpha = np.asarray(mask)[..., 3]
        rows, columns = np.nonzero(alpha > 128)
        assert columns.mean() == pytest.approx(48, abs=3)
        assert np.ptp(rows) / 96 == pytest.approx(0.54, abs=0.06)
        assert (tmp_path / REFERENCE).exists()
        assert shares == sorted(shares)
        checks = {c.name: c for c in finish(shot, facts, tmp_path, product).checks}
        assert {name for name in checks if not checks[name].passed} <= {"identity"}

    def test_a_card_is_taken_without_its_own_pixels(
        self, darkroom: Darkroom, tmp_path: Path
    ) -> None:
        """The set alone; the pixels are pasted, and then they are the photo's."""
        cutout = tmp_path / "cutout.png"
        cropped(bottle()).save(cutout)
        subject = Subject(sha256_of(cutout), size_of_cutout(2, Dimensions(height=20), 0.5))
        shot = plan_shot(SET, "hero", subject, Order("draft", ShotWishes(format="png")))
        shot = shot.model_copy(update=SMALL)
        facts = darkroom.shoot(shot, cutout, tmp_path)
        checks = {c.name: c for c in finish(shot, facts, tmp_path, cutout).checks}
        assert checks["identity"].value == pytest.approx(1, abs=0.01)
        assert checks["scale"].passed
        assert checks["clear"].passed

    def test_the_same_plan_gives_the_same_pixels(self, darkroom: Darkroom, tmp_path: Path) -> None:
        """A picture can be shot again to the last bit."""
        product = product_of(tmp_path)
        shot = planned(darkroom, product)
        taken = []
        for _ in range(2):
            darkroom.shoot(shot, product, tmp_path)
            with Image.open(tmp_path / PICTURE) as picture:
                taken.append(np.asarray(picture).copy())
        assert (taken[0] == taken[1]).all()

    def test_on_white_there_is_nothing_but_the_product(
        self, darkroom: Darkroom, tmp_path: Path
    ) -> None:
        """The set lights it and is not seen."""
        product = product_of(tmp_path)
        shot = planned(darkroom, product, ShotWishes(preset="marketplace"))
        facts = darkroom.shoot(shot, product, tmp_path)
        checks = {c.name: c for c in finish(shot, facts, tmp_path, product).checks}
        assert checks["white"].passed
        assert checks["fill"].passed

    def test_what_is_no_model_is_refused(self, darkroom: Darkroom, tmp_path: Path) -> None:
        """With a reason, and the darkroom goes on."""
        with pytest.raises(PermanentStageError) as caught:
            darkroom.inspect(product_of(tmp_path, b"not a model"))
        assert caught.value.reason == "product-unreadable"
        assert darkroom.inspect(product_of(tmp_path)).triangles == 12

    def test_a_canceled_picture_is_given_up(self, darkroom: Darkroom, tmp_path: Path) -> None:
        """What the checkpoint raises comes through, and the next order is done."""
        product = product_of(tmp_path)
        shot = planned(darkroom, product)

        def canceled() -> None:
            raise CanceledError

        with pytest.raises(CanceledError):
            darkroom.shoot(shot, product, tmp_path, checkpoint=canceled)
        assert darkroom.inspect(product).triangles == 12


REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    ("cut short", lambda: glb()[:200], "product-unreadable"),
    ("a line", flat_to_a_line, "product-flat"),
    (
        "fully transparent",
        lambda: coloured(alphaMode="BLEND", pbrMetallicRoughness={"baseColorFactor": [1, 1, 1, 0]}),
        "product-invisible",
    ),
]


@pytest.mark.parametrize(
    ("data", "reason"), [(make, reason) for _, make, reason in REFUSED],
    ids=[name for name, _, _ in REFUSED],
)  # fmt: skip
def test_what_cannot_be_shot_is_refused_with_the_reason(
    data: Callable[[], bytes], reason: str, blender: BlenderDarkroom, tmp_path: Path
) -> None:
    """A broken model is a typed error and Blender lives on in the same process."""
    blender.inspect(product_of(tmp_path))
    pid = blender.pid
    with pytest.raises(PermanentStageError) as caught:
        blender.inspect(product_of(tmp_path, data()))
    assert caught.value.reason == reason
    blender.inspect(product_of(tmp_path))
    assert blender.pid == pid


def test_positions_that_are_no_numbers_are_left_out(
    blender: BlenderDarkroom, tmp_path: Path
) -> None:
    """One broken corner costs its faces, not the product."""
    facts = blender.inspect(product_of(tmp_path, not_finite()))
    assert np.isfinite([*facts.low, *facts.high]).all()
    assert facts.size == pytest.approx((0.1, 0.2, 0.1), abs=1e-5)


def test_a_bare_model_gets_a_neutral_surface(blender: BlenderDarkroom, tmp_path: Path) -> None:
    """Without a material it is shot in grey, and that is said."""
    assert blender.inspect(product_of(tmp_path, glb())).issues == ("material-missing",)
    assert blender.inspect(product_of(tmp_path, coloured(name="a"))).issues == ()


def test_only_the_first_scene_counts(blender: BlenderDarkroom, tmp_path: Path) -> None:
    """A second scene with a larger copy does not change the product."""
    facts = blender.inspect(product_of(tmp_path, two_scenes()))
    assert facts.size == pytest.approx((0.1, 0.2, 0.1), abs=1e-5)


@pytest.mark.parametrize("factor", [100, 1000, 1 / 39.37])
def test_a_model_in_a_wrong_unit_stands_in_its_real_size(
    factor: float, blender: BlenderDarkroom, tmp_path: Path
) -> None:
    """Centimetres, millimetres or inches in the file: 20 cm in the scene, touching the ground."""
    product = product_of(tmp_path, scaled(factor))
    shot = planned(blender, product).model_copy(update=TINY)
    facts = blender.shoot(shot, product, tmp_path)
    assert facts.size_m is not None
    assert facts.size_m[1] == pytest.approx(0.2, rel=0.01)
    assert facts.gap_mm == pytest.approx(0, abs=1)
    assert facts.touching == ()


@pytest.mark.parametrize(
    "look",
    [
        {"pbrMetallicRoughness": {"metallicFactor": 1.0, "roughnessFactor": 0.0}},
        {
            "extensions": {"KHR_materials_transmission": {"transmissionFactor": 1.0}},
            "pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 0.0},
        },
    ],
    ids=["mirror", "glass"],
)
def test_mirrors_and_glass_are_shot_and_known_as_such(
    look: dict[str, object], blender: BlenderDarkroom, tmp_path: Path
) -> None:
    """They show their set, so their likeness is judged as theirs, and their mask is black."""
    product = product_of(tmp_path, coloured(**look))
    shot = planned(blender, product).model_copy(update=TINY)
    facts = blender.shoot(shot, product, tmp_path)
    assert facts.taken
    assert facts.see_through
    with Image.open(tmp_path / MASK) as mask:
        pixels = np.asarray(mask)
    assert pixels[pixels[..., 3] > 250][:, :3].max() < 8


def test_two_million_triangles_are_no_reason_to_die(
    blender: BlenderDarkroom, tmp_path: Path
) -> None:
    """A scan as dense as that is shot like any other."""
    product = product_of(tmp_path, many(2_000_000))
    shot = planned(blender, product)
    facts = blender.shoot(shot.model_copy(update=TINY), product, tmp_path)
    assert facts.taken
    assert facts.gap_mm == pytest.approx(0, abs=1)


@pytest.mark.parametrize(
    ("data", "issue"), [(broken_texture, "texture-broken"), (animated, "animated")]
)
def test_what_is_left_away_is_said_and_the_rest_is_shot(
    data: Callable[[], bytes], issue: str, blender: BlenderDarkroom, tmp_path: Path
) -> None:
    """A texture that is no picture, a movement: neither is a reason to do without the product."""
    product = product_of(tmp_path, data())
    assert issue in blender.inspect(product).issues
    facts = blender.shoot(planned(blender, product).model_copy(update=TINY), product, tmp_path)
    assert facts.taken
    assert facts.size_m is not None
    assert facts.size_m[1] == pytest.approx(0.2, rel=0.01)


def test_a_picture_that_takes_too_long_is_stopped_and_the_next_is_taken(tmp_path: Path) -> None:
    """Blender in the middle of its work is killed, its group with it, and a fresh one obeys."""
    slow = BlenderDarkroom(sys.executable, "cpu", Limits(order_s=3))
    try:
        product = product_of(tmp_path)
        shot = planned(slow, product)
        pid = slow.pid
        with pytest.raises(TransientStageError) as caught:
            slow.shoot(shot.model_copy(update={"samples": 4096}), product, tmp_path)
        assert caught.value.reason == "render-timeout"
        assert slow.inspect(product).triangles == 12
        assert slow.pid != pid
    finally:
        slow.close()
