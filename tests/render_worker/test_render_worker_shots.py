import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from render_builders import BOX, RECIPES, brief, subject

from backlot.contracts.brief import LightingPlan, TechniquePlan
from backlot.contracts.jobs import Dimensions
from backlot.contracts.render import Preset, ShotWishes
from services.render_worker.angles import angles_for
from services.render_worker.exposure import MOST_STOPS, Zones, exposure_for
from services.render_worker.framing import (
    SENSOR_MM,
    Viewpoint,
    Wanted,
    corners,
    direction,
    f_stop_for,
    framed,
    project,
)
from services.render_worker.light import relit
from services.render_worker.placing import NoRoomError, footing
from services.render_worker.presets import PRESETS, frame_for
from services.render_worker.shot import ModelFacts
from services.render_worker.shots import Order, box_points, candidates, plan_shot
from services.render_worker.sizing import size_of_cutout, size_of_model


class TestFraming:
    """A camera that stands where it must."""

    def test_a_point_in_the_middle_is_in_the_middle(self) -> None:
        """What the camera aims at lies in the middle of the frame, at any aspect."""
        view = Viewpoint((0, 1, 3), (0, 0.5, 0), 50)
        for aspect in (0.8, 1.0, 16 / 9):
            assert project(np.array([(0, 0.5, 0)]), view, aspect)[0] == pytest.approx([0.5, 0.5])

    def test_the_longer_side_of_the_frame_is_the_sensor(self) -> None:
        """At a distance of the lens over the sensor, a metre fills the longer side."""
        view = Viewpoint((0, 0, 50 / SENSOR_MM), (0, 0, 0), 50)
        ends = np.array([(-0.5, 0.0, 0.0), (0.5, 0.0, 0.0)])
        assert project(ends, view, 16 / 9)[:, 0] == pytest.approx([0, 1])
        tall = np.array([(0.0, -0.5, 0.0), (0.0, 0.5, 0.0)])
        assert project(tall, view, 0.5)[:, 1] == pytest.approx([0, 1])

    @settings(max_examples=60, deadline=None)
    @given(
        azimuth=st.floats(-60, 60),
        elevation=st.floats(-5, 60),
        side=st.floats(0.08, 2),
        tall=st.floats(0.2, 4),
        fill=st.floats(0.2, 0.95),
        aspect=st.sampled_from([0.8, 1.0, 16 / 9]),
    )
    def test_the_product_fills_what_was_asked_and_lies_where_it_should(
        self, azimuth: float, elevation: float, side: float, tall: float, fill: float, aspect: float
    ) -> None:
        """Whatever the box and the direction, fill and place are right to a percent."""
        points = corners((-side / 2, 0, -side / 2), (side / 2, side * tall, side / 2))
        wanted = Wanted(fill, (0.5, 0.46), aspect, 80, 1e6)
        view = framed(points, direction(azimuth, elevation), wanted)
        seen = project(points, view, aspect)
        assert (seen.max(axis=0) - seen.min(axis=0)).max() == pytest.approx(fill, abs=0.01)
        assert (seen.max(axis=0) + seen.min(axis=0)) / 2 == pytest.approx([0.5, 0.46], abs=0.01)

    def test_a_camera_stays_in_the_room(self) -> None:
        """Where the lens would need more distance than there is, a wider one is taken."""
        points = corners((-0.5, 0, -0.5), (0.5, 1.2, 0.5))
        view = framed(points, direction(0, 10), Wanted(0.6, (0.5, 0.5), 1.0, 85, 2.0))
        assert view.distance_m == pytest.approx(2.0, abs=0.15)
        assert view.lens_mm < 85

    def test_the_product_is_sharp_from_front_to_back(self) -> None:
        """The nearer the camera, the smaller the aperture, within what lenses have."""
        near, far = Viewpoint((0, 0, 0.5), (0, 0, 0), 80), Viewpoint((0, 0, 3), (0, 0, 0), 80)
        assert f_stop_for(near, 0.1) > f_stop_for(far, 0.1)
        assert 4 <= f_stop_for(far, 0.001) <= f_stop_for(near, 1.0) <= 32


class TestSize:
    """How large a product really is."""

    def test_what_the_seller_says_wins(self) -> None:
        """The height scales the whole model evenly."""
        size = size_of_model(BOX, Dimensions(height=30))
        assert size.metres == pytest.approx((0.15, 0.3, 0.15))
        assert size.known
        assert size.issues == ()

    def test_dimensions_that_disagree_with_the_shape_are_told(self) -> None:
        """A width that cannot be is not believed silently."""
        size = size_of_model(BOX, Dimensions(height=20, width=40))
        assert size.metres[1] == pytest.approx(0.2)
        assert size.issues == ("dimensions-disagree",)

    @pytest.mark.parametrize(("unit", "per_metre"), [(1, 1), (0.01, 100), (0.001, 1000)])
    def test_a_wrong_unit_is_mended(self, unit: float, per_metre: int) -> None:
        """A product of 24 cm stays that, whether its exporter wrote metres, cm or mm."""
        tall = ModelFacts(
            low=(0, 0, 0), high=(0.1 * per_metre, 0.24 * per_metre, 0.1 * per_metre),
            triangles=1, footing=((0, 0),),
        )  # fmt: skip
        size = size_of_model(tall, None)
        assert size.scale == pytest.approx(unit)
        assert size.metres[1] == pytest.approx(0.24)
        assert size.known == (unit == 1)

    def test_a_cutout_without_dimensions_is_a_guess(self) -> None:
        """The guess suits the stage, keeps the shape and says that it is one."""
        size = size_of_cutout(2.0, None, 0.4)
        assert size.metres[1] == pytest.approx(2 * size.metres[0])
        assert 0 < size.metres[1] < 0.4
        assert not size.known


class TestExposure:
    """The product decides how bright a picture is."""

    def test_a_right_picture_stays_untouched(self) -> None:
        """Nothing is changed for the sake of change."""
        assert exposure_for(Zones(0.9, 0.3, 1.0)) == 0

    def test_a_bright_product_is_brought_below_white(self) -> None:
        """Highlights come down, within limits."""
        assert exposure_for(Zones(2.0, 0.8, 1.0)) == pytest.approx(-math.log2(2.0 / 1.5))
        assert exposure_for(Zones(50.0, 0.8, 1.0)) == -MOST_STOPS

    def test_a_dark_product_is_lifted_only_as_far_as_all_allows(self) -> None:
        """Its own highlights and the frame have a veto."""
        assert 0 < exposure_for(Zones(0.2, 0.02, 0.8)) <= MOST_STOPS
        assert exposure_for(Zones(1.5, 0.02, 0.8)) == 0
        assert exposure_for(Zones(0.2, 0.02, 2.2)) == 0


class TestPlans:
    """A whole plan from set, product and brief."""

    def test_a_product_too_large_for_a_set_is_told_what_stands_in_its_way(self) -> None:
        """A wardrobe does not go under a shelf."""
        huge = subject(said=Dimensions(height=240))
        with pytest.raises(NoRoomError):
            plan_shot(RECIPES["kitchen-counter-bright"], "hero", huge, Order("draft", ShotWishes()))

    def test_what_can_be_moved_makes_room(self) -> None:
        """A broad product in a small set takes the place of a bowl, and the plan says so."""
        broad = ModelFacts(
            low=(-0.36, 0, -0.1),
            high=(0.36, 0.2, 0.1),
            triangles=12,
            footing=((-0.36, 0), (0.36, 0)),
        )
        shot = plan_shot(
            RECIPES["oak-tabletop-morning"], "hero", subject(broad, None),
            Order("draft", ShotWishes(turn_deg=0)),
        )  # fmt: skip
        assert "bowl" in shot.left_out
        assert all(part.part not in shot.left_out for part in shot.plan.parts)

    def test_the_same_wishes_give_the_same_plan(self) -> None:
        """A plan is its digest: nothing in it depends on time or chance."""
        make = [
            plan_shot(
                RECIPES["oak-tabletop-morning"], "close", subject(), Order("final", ShotWishes())
            )
            for _ in range(2)
        ]
        assert make[0].digest == make[1].digest
        other = make[0].model_copy(update={"seed": 1})
        assert other.digest != make[0].digest

    def test_a_card_faces_its_camera_from_low(self) -> None:
        """A photo cannot be seen from its side or its top."""
        for angle in angles_for(None, card=True):
            shot = plan_shot(
                RECIPES["white-cyclorama-softbox"], angle, subject(None),
                Order("draft", ShotWishes()),
            )  # fmt: skip
            x, y, z = np.subtract(shot.plan.cameras[0].position, shot.plan.cameras[0].target)
            assert math.degrees(math.atan2(x, z)) == pytest.approx(shot.pose.yaw_deg, abs=0.5)
            assert math.degrees(math.atan2(y, math.hypot(x, z))) <= 10.5

    def test_wishes_are_kept(self) -> None:
        """Padding, place, turn and seed are what the seller said."""
        wishes = ShotWishes(padding=0.2, offset=(0.1, -0.05), turn_deg=45, seed=7, exposure_ev=0.5)
        shot = plan_shot(RECIPES["cool-gradient-studio"], "hero", subject(), Order("draft", wishes))
        camera = shot.plan.cameras[0]
        points = box_points(shot.pose.at, shot.size_m, shot.pose.yaw_deg)
        seen = project(points, Viewpoint(camera.position, camera.target, camera.lens_mm), 1.0)
        assert (seen.max(axis=0) - seen.min(axis=0)).max() == pytest.approx(0.6, abs=0.02)
        assert (seen.max(axis=0) + seen.min(axis=0)) / 2 == pytest.approx([0.6, 0.45], abs=0.02)
        assert (shot.seed, shot.exposure_ev) == (7, 0.5)

    def test_the_first_pictures_differ_in_set_and_angle(self) -> None:
        """Three pictures: three sets, three angles; no pair ever comes twice."""
        sets = [RECIPES[name] for name in sorted(RECIPES)[:3]]
        pairs = list(candidates(sets, brief(), ShotWishes(), card=False))
        assert len({recipe.id for recipe, _ in pairs[:3]}) == 3
        assert len({angle for _, angle in pairs[:3]}) == 3
        assert len({(recipe.id, angle) for recipe, angle in pairs}) == len(pairs) == 15

    def test_the_brief_chooses_the_second_angle(self) -> None:
        """A brief that asks for a low angle gets it right after the hero."""
        low = brief(
            technique=TechniquePlan(types=("photo_technique/low-angle-hero-shot",), lens_mm=50)
        )
        assert angles_for(low, card=False)[:2] == ("hero", "low")

    def test_light_follows_brief_and_wishes(self) -> None:
        """High contrast takes fill light away; soft shadows make lights larger."""
        plan = RECIPES["oak-tabletop-morning"].plan
        hard = brief(
            lighting=LightingPlan(
                types=("lighting/large-softbox",), direction="left", kelvin=5500, contrast="high"
            )
        )
        assert relit(plan, hard, ShotWishes()).world.strength < plan.world.strength
        soft = relit(plan, None, ShotWishes(shadow_softness=1.0))
        assert all(
            one.size[0] > other.size[0] for one, other in zip(soft.lights, plan.lights, strict=True)
        )
        assert relit(plan, None, ShotWishes()).world == plan.world


@pytest.mark.parametrize("preset", list(PRESETS))
@pytest.mark.parametrize("quality", ["draft", "final"])
def test_frames_have_their_channels_shape(preset: Preset, quality: str) -> None:
    """Width to height is the channel's, finals are never smaller than drafts."""
    wishes = ShotWishes(preset=preset)
    frame = frame_for(wishes, "draft" if quality == "draft" else "final")
    across, down = PRESETS[preset].aspect
    assert frame.aspect == pytest.approx(across / down, rel=0.01)
    assert frame.width * frame.height <= frame_for(wishes, "final").width ** 2 * down / across * 1.1


def test_an_aspect_of_ones_own_wins() -> None:
    """The seller's shape goes before the preset's."""
    assert frame_for(ShotWishes(aspect="3:1"), "final").aspect == pytest.approx(3, rel=0.01)


def test_feet_turn_with_the_product() -> None:
    """Turned by a right angle, what stood at the side stands in front or behind."""
    feet = footing(BOX.model_copy(update={"footing": ((0.05, 0.0),)}), 2.0, 90)
    assert feet[0] == pytest.approx([0.0, -0.1], abs=1e-9)
