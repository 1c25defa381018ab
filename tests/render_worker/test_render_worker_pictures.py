import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter
from render_builders import RECIPES, SIZE, bottle

from backlot.contracts.render import PictureFormat, ShotWishes
from services.render_worker.adapters.encoding import SUFFIX, decode, encode
from services.render_worker.card import body_of
from services.render_worker.checks import Evidence, filled, report
from services.render_worker.composite import alpha_of, cropped, on_white, paste, place
from services.render_worker.likeness import grey, likeness, overlap, relit_likeness
from services.render_worker.provenance import SOURCE_TYPES, xmp
from services.render_worker.shot import ShotFacts, ShotPlan
from services.render_worker.shots import Order, Subject, plan_shot
from services.render_worker.sizing import size_of_cutout

FORMATS: list[PictureFormat] = ["jpeg", "png", "webp", "avif"]


@pytest.fixture
def shot() -> ShotPlan:
    """A bottle's cut-out in a plain studio."""
    subject = Subject("0" * 64, size_of_cutout(2.0, SIZE, 0.5))
    recipe = RECIPES["white-cyclorama-softbox"]
    return plan_shot(recipe, "hero", subject, Order("draft", ShotWishes()))


@pytest.fixture
def backdrop(shot: ShotPlan) -> Image.Image:
    """The set without the product."""
    return Image.new("RGB", (shot.width, shot.height), (200, 190, 180))


class TestCard:
    """The body that stands in for a photo."""

    def test_it_has_the_products_size_and_stands_on_the_ground(self) -> None:
        """Bottom-centre at the origin, as wide, high and deep as said."""
        alpha = np.ones((80, 40))
        points = body_of(alpha, 0.1, 0.2, 0.06).mesh.points
        assert points.min(axis=0) == pytest.approx([-0.05, 0.0, -0.03], abs=1e-6)
        assert points.max(axis=0) == pytest.approx([0.05, 0.2, 0.03], abs=1e-6)

    def test_thin_parts_stay_thin(self) -> None:
        """A rod is round, not a plate as deep as the whole."""
        alpha = np.zeros((100, 100))
        alpha[:, 48:52] = 1
        points = body_of(alpha, 0.5, 0.5, 0.3).mesh.points
        assert np.abs(points[:, 2]).max() < 0.03

    def test_holes_stay_open(self) -> None:
        """No face closes the handle of a cup."""
        alpha = np.ones((96, 96))
        alpha[30:60, 30:60] = 0
        body = body_of(alpha, 0.1, 0.1, 0.1)
        middles = body.mesh.points[body.mesh.faces].mean(axis=1)
        inside = (np.abs(middles[:, 0]) < 0.01) & (np.abs(middles[:, 1] - 0.053) < 0.01)
        assert not inside.any()

    def test_front_and_back_look_outwards(self) -> None:
        """Faces turn away from the body, so that light falls on them as it should."""
        mesh = body_of(np.ones((40, 40)), 0.1, 0.1, 0.1).mesh
        a, b, c = (mesh.points[mesh.faces[:, corner]] for corner in range(3))
        normals = np.cross(b - a, c - a)
        middles = (a + c) / 2
        outward = normals[:, 2] * np.sign(middles[:, 2])
        assert (outward[np.abs(middles[:, 2]) > 1e-6] > 0).all()

    def test_nothing_gives_no_body(self) -> None:
        """An empty cut-out is told, not shot."""
        with pytest.raises(ValueError, match="empty"):
            body_of(np.zeros((20, 20)), 0.1, 0.1, 0.1)


class TestComposite:
    """The photo's own pixels in the picture of the set."""

    def test_pasted_pixels_are_the_photos_own(self, shot: ShotPlan, backdrop: Image.Image) -> None:
        """Inside the product every pixel is the scaled cut-out's, to the last bit."""
        pasted = paste(backdrop, cropped(bottle()), shot)
        solid = alpha_of(pasted.layer) == 1
        same = np.asarray(pasted.picture)[solid] == np.asarray(pasted.layer.convert("RGB"))[solid]
        assert solid.sum() > 10_000
        assert same.all()

    def test_the_rest_of_the_picture_is_untouched(
        self, shot: ShotPlan, backdrop: Image.Image
    ) -> None:
        """Outside the product the set is as it was rendered."""
        pasted = paste(backdrop, cropped(bottle()), shot)
        outside = alpha_of(pasted.layer) == 0
        assert (np.asarray(pasted.picture)[outside] == (200, 190, 180)).all()

    def test_it_keeps_its_shape_and_fills_as_planned(
        self, shot: ShotPlan, backdrop: Image.Image
    ) -> None:
        """Height over width survives to a pixel, and the height is the projected one."""
        _, _, width, height = place(shot)
        assert height / width == pytest.approx(2.0, rel=1e-6)
        pasted = paste(backdrop, cropped(bottle()), shot)
        assert pasted.height_error < 0.01
        assert filled(alpha_of(pasted.layer)) == pytest.approx(0.54, abs=0.05)

    def test_the_border_of_a_cutout_does_not_count(self) -> None:
        """Faint pixels and empty space are cropped away."""
        assert cropped(bottle(200, 300)).size == (201, 301)
        with pytest.raises(ValueError, match="empty"):
            cropped(Image.new("RGBA", (9, 9), (0, 0, 0, 3)))


class TestChecks:
    """The report cannot be fooled by what it is there to find."""

    @pytest.fixture
    def evidence(self, shot: ShotPlan, backdrop: Image.Image) -> Evidence:
        """An honest composite."""
        pasted = paste(backdrop, cropped(bottle()), shot)
        alpha = alpha_of(pasted.layer)
        return Evidence(
            np.asarray(pasted.picture), alpha, np.asarray(pasted.layer.convert("RGB")), alpha, 1.0
        )

    def failed(self, shot: ShotPlan, evidence: Evidence, **facts: object) -> set[str]:
        """Names of failed checks."""
        measured = ShotFacts(size_m=shot.size_m, gap_mm=0.0).model_copy(update=facts)
        return {check.name for check in report(shot, measured, evidence) if not check.passed}

    def test_an_honest_picture_passes(self, shot: ShotPlan, evidence: Evidence) -> None:
        """No false alarm."""
        assert self.failed(shot, evidence) == set()

    def test_a_changed_product_is_found(self, shot: ShotPlan, evidence: Evidence) -> None:
        """Blurred, or with another label: identity fails."""
        blurred = Image.fromarray(evidence.rgb).filter(ImageFilter.GaussianBlur(3))
        assert "identity" in self.failed(shot, evidence._replace(rgb=np.asarray(blurred)))
        relabelled = evidence.rgb.copy()
        rows, columns = np.nonzero(evidence.alpha == 1)
        middle = slice(int(rows.mean()) - 60, int(rows.mean()) + 60)
        relabelled[middle, int(columns.mean()) - 30 : int(columns.mean()) + 30] = (250, 0, 0)
        assert "identity" in self.failed(shot, evidence._replace(rgb=relabelled))

    @pytest.mark.parametrize(
        ("facts", "name"),
        [
            ({"size_m": (0.1, 0.25, 0.1)}, "scale"),
            ({"touching": ("vase",)}, "clear"),
            ({"blocked": 0.2}, "unobstructed"),
        ],
    )
    def test_what_was_measured_counts(
        self, facts: dict[str, object], name: str, shot: ShotPlan, evidence: Evidence
    ) -> None:
        """Wrong size, things inside it, things before it."""
        assert self.failed(shot, evidence, **facts) == {name}

    def test_a_small_photo_is_not_blown_up_in_secret(
        self, shot: ShotPlan, evidence: Evidence
    ) -> None:
        """Enlarged by half, the picture says so."""
        assert self.failed(shot, evidence._replace(enlarged=1.5)) == {"resolution"}


class TestLikeness:
    """Light may change, the product may not."""

    @pytest.fixture
    def product(self) -> tuple[np.ndarray, np.ndarray]:
        """A labelled bottle and its mask."""
        picture = cropped(bottle())
        return grey(np.asarray(picture.convert("RGB"))), alpha_of(picture)

    def test_itself_is_itself(self, product: tuple[np.ndarray, np.ndarray]) -> None:
        """Identical pictures have a likeness of one."""
        found, alpha = product
        assert likeness(found, found, alpha) == pytest.approx(1)
        assert overlap(alpha, alpha) == 1

    def test_other_light_is_forgiven_another_product_is_not(
        self, product: tuple[np.ndarray, np.ndarray]
    ) -> None:
        """Half as bright with a slope across it still is the bottle; upside down it is not."""
        found, alpha = product
        slope = np.linspace(0.4, 0.8, found.shape[1])[None, :]
        relit = relit_likeness(found * slope + 0.05, found, alpha)
        turned = relit_likeness(found[::-1], found, alpha)
        assert relit is not None
        assert turned is not None
        assert relit > 0.9
        assert turned < 0.7

    def test_metal_and_glass_may_show_another_set(
        self, product: tuple[np.ndarray, np.ndarray]
    ) -> None:
        """A steel band that is black in a dark room is no defect, unless all is steel."""
        found, alpha = product
        half = found.shape[0] // 2
        dark, own = found.copy(), np.ones_like(alpha)
        dark[:half] = found[:half][::-1] * 0.1
        own[:half] = 0
        judged = relit_likeness(dark, found, alpha, own)
        blind, steel = (relit_likeness(dark, found, alpha, one) for one in (None, own * 0))
        assert judged is not None
        assert judged > 0.9
        assert blind == steel
        assert blind is not None
        assert blind < 0.7

    def test_too_little_to_tell_is_told(self) -> None:
        """A speck has no likeness."""
        speck = np.zeros((40, 40))
        speck[20, 20] = 1
        assert likeness(speck, speck, speck) is None


@pytest.mark.parametrize("kind", FORMATS)
class TestFiles:
    """What clients download."""

    def test_the_file_says_where_it_comes_from(self, kind: PictureFormat, shot: ShotPlan) -> None:
        """IPTC's digital source type and the shot's digest are in its XMP packet."""
        data = encode(Image.new("RGB", (40, 30), (90, 20, 10)), kind, xmp(shot))
        assert SOURCE_TYPES["cutout"].encode() in data
        assert shot.digest.encode() in data

    def test_it_opens_and_looks_the_same(self, kind: PictureFormat, shot: ShotPlan) -> None:
        """Format and colours survive."""
        picture = Image.new("RGB", (40, 30), (90, 120, 30))
        data = encode(picture, kind, xmp(shot))
        with Image.open(io.BytesIO(data)) as opened:
            assert opened.format is not None
            assert opened.format.lower() == kind
        assert np.abs(decode(data).astype(int) - (90, 120, 30)).max() <= 3
        assert Path(f"x.{SUFFIX[kind]}").suffix


def test_white_is_white() -> None:
    """Where nothing was drawn, every channel is 255."""
    picture = Image.new("RGBA", (4, 4), (10, 20, 30, 0))
    assert on_white(picture).getpixel((0, 0)) == (255, 255, 255)
