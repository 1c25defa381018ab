"""Surfaces and light: names become materials, temperatures become colours."""

import pytest

from services.render_worker.scene import PatternKind
from services.render_worker.surfaces import SURFACES, gradient, material, shaded
from services.render_worker.warmth import warmth


@pytest.mark.parametrize("name", SURFACES)
def test_every_surface_can_be_made(name: str) -> None:
    """A surface works by its name alone, with a colour, and with a scale."""
    assert material(name).colour == SURFACES[name][0]
    assert material(f"{name} #123456").colour == "#123456"
    assert material(f"{name} #123456 2.5").colour == "#123456"


@pytest.mark.parametrize("wrong", ["velour", "oak #12345", "oak red", "Oak", "oak #ABCDEF", ""])
def test_misspelled_surfaces_are_refused(wrong: str) -> None:
    """A typo is an error, never a grey material."""
    with pytest.raises(ValueError, match="not a surface"):
        material(wrong)


def test_shades_follow_the_colour() -> None:
    """The dark of a pattern belongs to the colour that was asked for."""
    pattern = material("linen #7c2f2b").pattern
    assert pattern is not None
    assert pattern.colours == ("#7c2f2b", shaded("#7c2f2b", 0.82))
    assert shaded("#808080", 0.5) == "#404040"
    assert shaded("#f0f0f0", 2.0) == "#ffffff"


def test_every_pattern_is_used() -> None:
    """No procedural texture exists that no surface shows; pictures belong to photo backdrops."""
    shown = {made.pattern.kind for made in map(material, SURFACES) if made.pattern is not None}
    painted = gradient("#ffffff", "#000000", (0, 1)).pattern
    assert painted is not None
    assert shown | {painted.kind} == set(PatternKind) - {PatternKind.PICTURE}


def test_balanced_light_is_white() -> None:
    """Light of the camera's own temperature has no tint."""
    assert warmth(5500, 5500) == pytest.approx((1, 1, 1))
    assert warmth(3200, 3200) == pytest.approx((1, 1, 1))


def test_low_temperatures_are_warm() -> None:
    """A lamp looks orange to a daylight camera, the sky blue to a lamplight one."""
    red, green, blue = warmth(2700, 5500)
    assert red > green > blue
    red, green, blue = warmth(8000, 4300)
    assert red < green < blue


@pytest.mark.parametrize("kelvin", [1000, 1667, 2222, 4000, 15000])
def test_temperatures_never_leave_the_gamut(kelvin: int) -> None:
    """Every temperature the contract allows gives a colour between black and white."""
    assert all(0 < channel <= 1 for channel in warmth(kelvin, 5500))
