"""Colour harmony."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lm_builders import caption, facts, stylist

from backlot.vocabulary.colour import delta_e, lab_of
from backlot.vocabulary.harmony import Lch, hex_from, hue_gap, lch_of, shade_of


class TestConversion:
    """Between sRGB and lightness, chroma, hue."""

    @given(st.integers(0, 0xFFFFFF))
    def test_a_colour_survives_the_way_there_and_back(self, number: int) -> None:
        """Every sRGB colour comes back within what an eye can tell apart."""
        shade = f"#{number:06x}"
        assert delta_e(lab_of(shade), lab_of(hex_from(lch_of(shade)))) < 1

    @given(st.floats(0, 100), st.floats(0, 150), st.floats(0, 359.9))
    def test_a_colour_outside_srgb_loses_chroma_only(
        self, lightness: float, chroma: float, hue: float
    ) -> None:
        """What sRGB cannot show gets paler; it stays as light as it was."""
        assert abs(lch_of(hex_from(Lch(lightness, chroma, hue))).lightness - lightness) < 1

    def test_a_turn_goes_round(self) -> None:
        """Hues wrap at 360 degrees."""
        assert Lch(50, 20, 350).turned(30).hue == pytest.approx(20)
        assert hue_gap(350, 20) == pytest.approx(30)

    def test_many_colours_have_no_shade(self) -> None:
        """To be multicolored is a name without a value."""
        assert shade_of("colour_name/multicolored") is None
        assert shade_of("colour_name/white") is not None


class TestSchemes:
    """What a scheme does to a backdrop."""

    @pytest.mark.parametrize(
        ("shade", "category"),
        [("#c83a2e", "socks"), ("#1f6fb2", "phone-case"), ("#2e8b57", "sofa")],
    )
    def test_a_bold_backdrop_lies_where_its_scheme_says(self, shade: str, category: str) -> None:
        """A complementary ground is across the wheel, the others at their own angles."""
        angles = {
            "complementary": (180,),
            "split-complementary": (150,),
            "triadic": (120,),
            "jewel": (120, 180),
        }
        known = facts(caption(category, colours=[(shade, 1.0)]), kinds=["studio"])
        for seed in range(12):
            bold = stylist().briefs(known, seed=seed)[1]
            ground = lch_of(bold.palette.hexes[0])
            if bold.palette.scheme not in angles or ground.lightness < 50:
                # Fixed sets bring their own colour, and deep yellows move to cleaner hues.
                continue
            gap = hue_gap(ground.hue, lch_of(shade).hue)
            assert min(abs(gap - angle) for angle in angles[bold.palette.scheme]) < 15

    def test_a_painted_backdrop_stands_off_from_the_product(self) -> None:
        """A ground that may have any colour is 25 L* lighter or darker than the product."""
        for shade in ("#101010", "#7a7a7a", "#e8e8e8", "#b98a5e", "#1f3a5f"):
            known = facts(caption("soccer-ball", colours=[(shade, 1.0)]), kinds=["studio"])
            for brief in stylist().briefs(known):
                if brief.settings[0] != "setting_studio/colored-paper-backdrop":
                    continue
                ground = lch_of(brief.palette.hexes[0]).lightness
                assert abs(ground - lch_of(shade).lightness) >= 24
