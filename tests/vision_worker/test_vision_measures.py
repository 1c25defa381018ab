"""Measures are what their formulas say, on pictures whose answers are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vision_photos import RED, disc, painted, patterned

from backlot.contracts.caption import Measures
from backlot.vocabulary.colour import lab_of
from services.vision_worker.measures import clutter, measure, sharpness, warmth
from services.vision_worker.pixels import Flags, Rgb, smooth, to_lab
from services.vision_worker.region import WHOLE_FRAME, box_of


def measured(rgb: Rgb, product: Flags) -> Measures:
    """Measures with the true mask."""
    return measure(to_lab(rgb), product, rgb, box_of(product) or WHOLE_FRAME)


def blocks(side: int = 16, count: int = 24) -> Rgb:
    """Hard-edged grey blocks."""
    values = np.random.default_rng(4).integers(40, 220, (count, count), dtype=np.uint8)
    return np.kron(values, np.ones((side, side), np.uint8))[..., None].repeat(3, axis=2)


def blurred(rgb: Rgb, sigma: float) -> Rgb:
    """Out of focus."""
    return np.round(smooth(rgb.astype(np.float32), sigma)).astype(np.uint8)


@pytest.mark.parametrize("colour", [(0, 0, 0), (119, 119, 119), (255, 255, 255), RED])
def test_lightness_and_chroma(colour: tuple[int, int, int]) -> None:
    """Of a product of one colour they are that colour's CIELAB values, and contrast is none."""
    truth = disc(120, 160, 40)
    found = measured(painted(truth, colour, (30, 60, 90)), truth)
    light, a, b = lab_of("#{:02x}{:02x}{:02x}".format(*colour))
    assert found.lightness == pytest.approx(light, abs=0.3)
    assert found.chroma == pytest.approx(float(np.hypot(a, b)), abs=0.5)
    assert found.contrast == pytest.approx(0, abs=0.1)


def test_contrast_of_black_and_white() -> None:
    """A product half black, half white has the full contrast of 100."""
    rgb = np.zeros((100, 100, 3), np.uint8)
    rgb[:50] = 255
    assert measured(rgb, np.ones((100, 100), bool)).contrast == pytest.approx(100, abs=0.1)


def test_photo_lightness_is_of_all_pixels() -> None:
    """It is the mean over product and background."""
    product = np.zeros((100, 100), bool)
    product[:25] = True
    found = measured(painted(product, (255, 255, 255), (0, 0, 0)), product)
    assert found.photo_lightness == pytest.approx(25, abs=0.2)


@pytest.mark.parametrize(
    ("colour", "low", "high"),
    [
        ((245, 130, 32), 0.99, 1.0),
        ((201, 164, 122), 0.4, 0.9),
        ((128, 128, 128), -0.01, 0.01),
        ((140, 200, 238), -0.8, -0.3),
        ((31, 79, 181), -1.0, -0.6),
    ],
)
def test_warmth(colour: tuple[int, int, int], low: float, high: float) -> None:
    """Orange is fully warm, tan warm, grey neutral, sky blue cool, cobalt colder."""
    full = np.ones((30, 30), bool)
    assert low <= measured(painted(full, colour), full).warmth <= high


def test_warmth_formula() -> None:
    """Twenty of chroma along hue 60 is half warm; at a right angle it is neutral."""
    assert warmth(10.0, 17.3205) == pytest.approx(0.5, abs=1e-4)
    assert warmth(-17.3205, 10.0) == pytest.approx(0.0, abs=1e-4)


def test_sharpness_falls_with_blur() -> None:
    """Hard edges are crisp; the more blur, the less sharp; strong blur is near 0."""
    found = [sharpness(blocks())] + [sharpness(blurred(blocks(), s)) for s in (1, 2, 3, 5)]
    assert found[0] == 1.0
    assert found == sorted(found, reverse=True)
    assert found[3] < 0.25
    assert found[4] < 0.1


def test_sharpness_does_not_depend_on_contrast() -> None:
    """A pale picture is as sharp as a strong one."""
    rgb = blurred(blocks(), 1.5)
    pale = np.round(128 + (rgb.astype(float) - 128) * 0.5).astype(np.uint8)
    assert sharpness(pale) == pytest.approx(sharpness(rgb), abs=0.06)


def test_flat_picture_is_not_called_blurred() -> None:
    """Where there are no edges nothing can be said against the focus."""
    assert sharpness(np.full((60, 60, 3), 90, np.uint8)) == 1.0


def test_clutter() -> None:
    """Plain surroundings have none, a pattern has much, and the product's own does not count."""
    truth = disc(300, 384, 90)
    plain = painted(truth, RED)
    busy = blocks(8, 50)[:300, :384].copy()
    busy[truth] = RED
    patterned_product = painted(truth, RED)
    patterned_product[truth] = blocks(8, 50)[:300, :384][truth]
    assert clutter(to_lab(plain), truth) == 0
    assert clutter(to_lab(patterned_product), truth) == 0
    assert clutter(to_lab(busy), truth) > 0.7
    assert 0 < clutter(to_lab(patterned(300, 384)), truth) <= 1


def test_nothing_around_is_no_clutter() -> None:
    """A product that fills the frame has no surroundings."""
    assert clutter(to_lab(blocks()), np.ones((384, 384), bool)) == 0.0


def test_fill_and_aspect() -> None:
    """Fill is the mask's share; aspect is height over width in pixels, whatever the frame."""
    product = np.zeros((200, 400), bool)
    product[50:150, 100:150] = True
    found = measured(painted(product, RED), product)
    assert found.frame_fill == pytest.approx(5000 / 80000)
    assert found.aspect == pytest.approx(2.0)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**32 - 1), st.integers(0, 255))
def test_ranges(height: int, width: int, seed: int, level: int) -> None:
    """Whatever the pixels, every measure stays in its range; the contract would refuse others."""
    rng = np.random.default_rng(seed)
    rgb = np.clip(rng.normal(level, 60, (height, width, 3)), 0, 255).astype(np.uint8)
    product = rng.random((height, width)) > 0.5
    product[0, 0] = True
    assert isinstance(measured(rgb, product), Measures)
