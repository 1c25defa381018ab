"""Contrast, harmony and the colours a brief asks for."""

import pytest
from matcher_builders import VOCABULARY, asset, brief, caption, work

from services.matcher.palette import ColourJudge, Contrast
from services.matcher.product import product_of
from services.matcher.shelf import StockedSet, stock

WHITE, DARK, GREY = "#f5f5f5", "#202024", "#9a9a9a"
STUDIO = "setting_studio/seamless-white-studio-backdrop"
RIM = "lighting/rim-lighting-from-behind"


def judge(
    *words: str, hexes: tuple[str, ...] = (GREY,), backdrop: tuple[str, ...] = ()
) -> ColourJudge:
    """The judge for a product of these colours and a brief."""
    said = caption("product_category/coffee-mug", *words, hexes=hexes)
    product = product_of(said, work().request, VOCABULARY)
    return ColourJudge(product, brief(backdrop=backdrop), VOCABULARY.rules.contrast, (1.0, 0.8))


def a_set(*words: str, hexes: tuple[str, ...] = (WHITE,)) -> StockedSet:
    """One set of these words and colours."""
    return stock([asset("a-set", STUDIO, *words, hexes=hexes)]).sets[0]


class TestContrast:
    """The house rule: 25 L* apart, or a lit edge."""

    def test_far_apart_is_clear_both_ways(self) -> None:
        """Lighter and darker backdrops both separate; the gap says which."""
        lighter = judge(hexes=(DARK,)).contrast(a_set())
        darker = judge(hexes=(WHITE,)).contrast(a_set(hexes=(DARK,)))
        assert (lighter.verdict, lighter.value) == ("clear", 1.0)
        assert (darker.verdict, darker.value) == ("clear", 1.0)
        assert lighter.gap == pytest.approx(-(darker.gap or 0))
        assert (lighter.gap or 0) > 25

    def test_too_near_is_worth_as_much_as_it_reaches(self) -> None:
        """Half the gap is worth half."""
        contrast = judge(hexes=(GREY,)).contrast(a_set(hexes=("#7d7d7d",)))
        assert contrast.verdict == "low"
        assert contrast.value == pytest.approx(abs(contrast.gap or 0) / 25)

    def test_an_edge_light_separates_what_is_near(self) -> None:
        """A lit edge saves equal lightness."""
        dark_on_dark = judge(hexes=(DARK,)).contrast(a_set(RIM, hexes=("#1b1b1f",)))
        assert dark_on_dark.verdict == "edge-light"
        assert dark_on_dark.value > 0.8

    def test_glass_never_stands_on_plain_white_without_edge_light(self) -> None:
        """A transparent product is refused plain white, unless its edge is lit."""
        glass = judge("material/clear-glass", hexes=(DARK,))
        assert glass.contrast(a_set()).value == 0
        assert glass.contrast(a_set()).verdict == "glass-on-white"
        assert glass.contrast(a_set(RIM)).value == 1
        assert glass.contrast(a_set(hexes=("#8fb4d9",))).value > 0

    def test_a_mirror_wants_a_calm_surround(self) -> None:
        """A mirror finish loses half in a set it would show, and nothing in a light tent."""
        mirror = judge("finish_texture/mirror-polished", hexes=(DARK,))
        assert mirror.contrast(a_set()).verdict == "busy-mirror"
        assert mirror.contrast(a_set()).value == 0.5
        tent = a_set("lighting/even-diffuse-light-tent-lighting")
        assert mirror.contrast(tent).value == 1

    def test_nothing_measured_says_nothing(self) -> None:
        """Without a measured colour every set is equal."""
        assert judge(hexes=()).contrast(a_set()) == Contrast(None, 0.5, "unknown")


class TestHarmony:
    """Hues that go together."""

    @pytest.mark.parametrize("hexes", [("#f5f5f5",), ("#2a6fdb",), ("#d98a1f",)])
    def test_grey_goes_with_everything(self, hexes: tuple[str, ...]) -> None:
        """A grey product fits every set."""
        assert judge(hexes=(GREY,)).harmony(a_set(hexes=hexes)) == 1

    def test_near_and_opposite_beat_a_clash(self) -> None:
        """The same hue and its opposite go with blue; purple-red does not."""
        blue = judge(hexes=("#2a6fdb",))
        near, opposite, clash = (
            blue.harmony(a_set(hexes=(hex_,))) for hex_ in ("#3f7fe0", "#d9a21f", "#d01f6a")
        )
        assert near > 0.8
        assert opposite > clash
        assert near > clash

    def test_without_colours_every_set_is_equal(self) -> None:
        """Nothing measured, nothing preferred."""
        assert judge(hexes=()).harmony(a_set(hexes=("#d01f6a",))) == 0.5


class TestBackdrop:
    """The colours the brief asks for."""

    def test_the_asked_colour_wins(self) -> None:
        """A white set answers white better than a coral one."""
        white = judge(backdrop=("colour_name/white",))
        assert white.backdrop(a_set()) > 0.9
        assert white.backdrop(a_set(hexes=("#ff7f5c",))) < 0.4

    def test_backdrop_colours_are_alternatives(self) -> None:
        """One of several asked colours is enough; the first counts a little more."""
        either = judge(backdrop=("colour_name/black", "colour_name/white"))
        assert either.backdrop(a_set()) == pytest.approx(0.8, abs=0.1)
        assert either.backdrop(a_set(hexes=("#0a0a0a",))) > either.backdrop(a_set())

    def test_unreadable_colours_count_for_nothing(self) -> None:
        """A model may write anything where a colour should stand."""
        odd = judge(backdrop=("colour_name/multicolored",), hexes=(GREY,))
        assert odd.backdrop(a_set()) == 0.5
        said = caption(hexes=(GREY,))
        product = product_of(said, work().request, VOCABULARY)
        asked = brief(hexes=("white", "#fff", "#F5F5F5"))
        told = ColourJudge(product, asked, VOCABULARY.rules.contrast, (1.0,))
        assert told.backdrop(a_set()) > 0.9
