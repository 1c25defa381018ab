"""The palette is what a person would name: few colours, by name, with their shares."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vision_photos import noisy

from backlot.contracts.terms import FactSource
from backlot.vocabulary import load_vocabulary
from backlot.vocabulary.colour import delta_e, lab_of
from services.vision_worker.palette import colour_terms, measure_palette
from services.vision_worker.pixels import Rgb, to_lab

Colour = tuple[int, int, int]


def striped(*parts: tuple[Colour, int]) -> Rgb:
    """Stripes of the given colours and widths, 120 pixels high."""
    return np.concatenate(
        [np.full((120, width, 3), colour, np.uint8) for colour, width in parts], axis=1
    )


def palette_of(rgb: Rgb) -> list[tuple[str, float]]:
    """Slug and share of each colour of a whole picture."""
    found = measure_palette(to_lab(rgb), np.ones(rgb.shape[:2], bool))
    return [(swatch.name.split("/")[1], round(swatch.share, 2)) for swatch in found]


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ((204, 31, 44), "red"),
        ((28, 42, 79), "navy-blue"),
        ((250, 250, 250), "white"),
        ((18, 18, 18), "black"),
        ((245, 130, 32), "orange"),
        ((15, 125, 128), "teal"),
        ((242, 196, 196), "blush-pink"),
    ],
)
def test_one_colour(colour: Colour, name: str) -> None:
    """A product of one colour has a palette of one colour, near enough to be unseen."""
    rgb = noisy(striped((colour, 120)), 4)
    found = measure_palette(to_lab(rgb), np.ones((120, 120), bool))
    assert [swatch.name for swatch in found] == [f"colour_name/{name}"]
    assert found[0].share == 1.0
    expected = lab_of("#{:02x}{:02x}{:02x}".format(*colour))
    assert delta_e(lab_of(found[0].hex), expected) < 3


def test_shares() -> None:
    """Shares are those of the picture, the largest first."""
    rgb = striped(((204, 31, 44), 120), ((250, 250, 250), 60), ((28, 42, 79), 20))
    names, shares = zip(*palette_of(noisy(rgb, 3)), strict=True)
    assert names == ("red", "white", "navy-blue")
    assert shares == pytest.approx((0.6, 0.3, 0.1), abs=0.02)


def test_light_and_shadow_are_one_colour() -> None:
    """A round blue thing lit from one side is blue, not three blues."""
    shading = np.linspace(0.55, 1.0, 160)[None, :, None]
    rgb = np.broadcast_to(np.array([40, 100, 220]) * shading, (120, 160, 3)).astype(np.uint8)
    found = palette_of(noisy(rgb, 3))
    assert len(found) == 1


def test_highlight_does_not_count_as_white() -> None:
    """A small glare on a dark bottle leaves its colour alone."""
    found = palette_of(noisy(striped(((23, 90, 60), 196), ((255, 255, 255), 4)), 3))
    assert [name for name, _ in found] == ["emerald-green"]


def test_no_metal_is_claimed() -> None:
    """Dark yellow and bluish grey are not called gold and silver: pixels do not tell metals."""
    names = {name for name, _ in palette_of(striped(((197, 165, 82), 100), ((188, 198, 210), 100)))}
    assert not names & {"gold", "silver", "rose-gold"}


def test_only_the_product_counts() -> None:
    """The background's colour is not in the palette."""
    rgb = striped(((204, 31, 44), 60), ((250, 250, 250), 100))
    product = np.zeros(rgb.shape[:2], bool)
    product[:, :60] = True
    found = measure_palette(to_lab(rgb), product)
    assert [swatch.name for swatch in found] == ["colour_name/red"]


def test_same_picture_same_palette() -> None:
    """The same pixels give the same palette."""
    rgb = np.random.default_rng(5).integers(0, 256, (90, 90, 3), dtype=np.uint8)
    assert palette_of(rgb) == palette_of(rgb.copy())


def test_colour_names_as_facet() -> None:
    """Names become measured terms with the share as score; equal names are one term."""
    vocabulary = load_vocabulary()
    rgb = striped(((204, 31, 44), 120), ((250, 250, 250), 80))
    found = measure_palette(to_lab(rgb), np.ones(rgb.shape[:2], bool))
    terms = colour_terms((*found, found[0]), vocabulary, 4)
    assert [term.term for term in terms] == ["colour_name/red", "colour_name/white"]
    assert terms[0].source is FactSource.MEASURED
    assert terms[0].score == 1.0
    assert not terms[0].raw


def test_many_colours_are_multicoloured() -> None:
    """Four or more colours, none of them leading, are called multicoloured first."""
    rgb = striped(
        ((204, 31, 44), 50), ((245, 222, 47), 50), ((31, 79, 181), 50), ((23, 133, 90), 50)
    )
    found = measure_palette(to_lab(rgb), np.ones(rgb.shape[:2], bool))
    terms = colour_terms(found, load_vocabulary(), 4)
    assert terms[0].term == "colour_name/multicolored"
    assert len(terms) == 4


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1), st.integers(1, 255))
def test_any_pixels(height: int, width: int, seed: int, spread: int) -> None:
    """Whatever the pixels: one to five named colours whose shares add up to 1, in order."""
    rgb = np.random.default_rng(seed).integers(0, spread + 1, (height, width, 3), dtype=np.uint8)
    found = measure_palette(to_lab(rgb), np.ones((height, width), bool))
    shares = [swatch.share for swatch in found]
    assert 1 <= len(found) <= 5
    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)
    assert all(load_vocabulary().has(swatch.name) for swatch in found)
