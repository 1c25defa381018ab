"""A photo that costs quality comes with a warning and advice; a good one with none."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from vision_photos import RED, disc, noisy, painted, patterned, photo

from backlot.contracts.terms import FacetTerm, FactSource
from backlot.vocabulary import load_vocabulary
from services.vision_worker.conditions import CONDITIONS, judge_seen
from services.vision_worker.looking import Look, look
from services.vision_worker.pixels import Rgb, smooth


def looked(rgb: Rgb) -> Look:
    """The look at a picture."""
    return look(photo(rgb), load_vocabulary(), 512, lambda: None)


def codes(rgb: Rgb) -> set[str]:
    """Codes of the warnings for a picture."""
    return {warning.code for warning in looked(rgb).warnings}


def good() -> Rgb:
    """A sharp, well lit, striped product in the middle of grey paper."""
    rgb = painted(disc(800, 1000, 260), RED, (225, 225, 225))
    rgb[disc(800, 1000, 260) & (np.arange(1000) // 20 % 2 == 0)] = (240, 200, 80)
    return noisy(rgb, 2)


def test_good_photo() -> None:
    """Nothing is said against a good photo."""
    assert codes(good()) == set()


def blurred() -> Rgb:
    """Out of focus."""
    return smooth(good().astype(np.float32), 9).astype(np.uint8)


def dark() -> Rgb:
    """Underexposed."""
    return (good() * 0.15).astype(np.uint8)


def washed_out() -> Rgb:
    """Overexposed."""
    return painted(disc(800, 1000, 260), (240, 240, 238), (255, 255, 255))


def cropped() -> Rgb:
    """Cut off by the lower edge."""
    return painted(disc(800, 1000, 260, (760, 500)), RED, (225, 225, 225))


def tiny() -> Rgb:
    """Far away."""
    return painted(disc(800, 1000, 60), RED, (225, 225, 225))


def small_file() -> Rgb:
    """Few pixels."""
    return painted(disc(160, 200, 60), RED, (225, 225, 225))


def cluttered() -> Rgb:
    """Before a busy pattern."""
    rgb = np.random.default_rng(6).integers(0, 256, (80, 100), dtype=np.uint8)
    rgb = np.kron(rgb, np.ones((10, 10), np.uint8))[..., None].repeat(3, axis=2)
    rgb[disc(800, 1000, 260)] = RED
    return rgb


def nothing() -> Rgb:
    """No product at all."""
    return np.full((600, 600, 3), 120, np.uint8)


def several() -> Rgb:
    """Two unlike things side by side."""
    rgb = painted(disc(800, 1000, 180, (400, 280)), RED, (225, 225, 225))
    rgb[disc(800, 1000, 170, (400, 740))] = (30, 60, 150)
    return noisy(rgb, 2)


def watermarked() -> Rgb:
    """A line of writing under the product."""
    picture = Image.fromarray(good())
    font = ImageFont.load_default(36)
    ImageDraw.Draw(picture).text((560, 730), "www.example-shop.com", fill=(60, 60, 60), font=font)
    return np.asarray(picture)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (several, "several-products"),
        (watermarked, "writing"),
        (blurred, "blurred"),
        (dark, "dark"),
        (washed_out, "washed-out"),
        (cropped, "cropped"),
        (tiny, "tiny-product"),
        (small_file, "low-resolution"),
        (cluttered, "cluttered"),
        (nothing, "poor-cutout"),
    ],
)
def test_each_condition(make: Callable[[], Rgb], code: str) -> None:
    """Each defect brings its own warning."""
    assert code in codes(make())


def pair() -> Rgb:
    """Two things that look alike, as shoes do."""
    rgb = painted(disc(800, 1000, 180, (400, 280)), RED, (225, 225, 225))
    rgb[disc(800, 1000, 170, (400, 740))] = RED
    return noisy(rgb, 2)


def test_a_pair_is_one_product() -> None:
    """Two things that look alike are sold together."""
    assert "several-products" not in codes(pair())


def test_writing_on_the_product_is_its_own() -> None:
    """A label on the product is no watermark."""
    picture = Image.fromarray(good())
    font = ImageFont.load_default(36)
    ImageDraw.Draw(picture).text((330, 380), "FINE TOMATO SOUP", fill=(255, 255, 255), font=font)
    assert "writing" not in codes(np.asarray(picture))


def test_what_only_an_encoder_sees() -> None:
    """A hand is told when an encoder surely saw one, once, and not when it was unsure."""
    term = "photo_condition/product-held-in-a-hand"
    label = load_vocabulary().label(term)
    sure = FacetTerm(term=term, label=label, score=0.8, source=FactSource.SEEN)
    told = judge_seen([sure], ())
    assert [warning.code for warning in told] == ["in-hand"]
    assert judge_seen([sure], told) == ()
    assert judge_seen([sure.model_copy(update={"score": 0.3})], ()) == ()


def test_every_condition_is_tried() -> None:
    """The list above is complete, and every condition speaks two languages."""
    assert len(CONDITIONS) == 11
    for condition in CONDITIONS:
        assert condition.text.en.endswith(".")
        assert any("가" <= letter <= "힣" for letter in condition.text.ko)
        assert condition.term is None or load_vocabulary().has(condition.term)


def test_conditions_are_facets_too() -> None:
    """What is measured of a photo's condition stands among the facets, as measured."""
    terms = {term.term: term for term in looked(cropped()).facets["photo_condition"]}
    cut_off = terms["photo_condition/product-cropped-by-the-edge-of-the-frame"]
    assert cut_off.source == "measured"


def test_clean_cutout_on_white() -> None:
    """A product before pure white is known as one."""
    terms = [t.term for t in looked(painted(disc(600, 600, 200), RED)).facets["photo_condition"]]
    assert terms == ["photo_condition/clean-cut-out-on-a-plain-white-background"]


@pytest.mark.parametrize(
    ("height", "width", "shape"),
    [(500, 100, "tall-and-slender"), (80, 500, "long-and-narrow"), (300, 300, None)],
)
def test_shape(height: int, width: int, shape: str | None) -> None:
    """Only a clear case of tall or long is named as a shape."""
    product = np.zeros((700, 700), bool)
    product[100 : 100 + height, 100 : 100 + width] = True
    found = looked(painted(product, RED)).facets.get("shape_size", ())
    assert [term.term for term in found] == ([f"shape_size/{shape}"] if shape else [])


def test_pattern_does_not_stop_a_look() -> None:
    """A look at a photo full of pattern gives all its parts."""
    whole = looked(patterned(300, 400))
    assert whole.palette
    assert whole.facets["colour_name"]
