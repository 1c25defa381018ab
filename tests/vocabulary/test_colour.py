"""Promises of colour names and colour differences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlot.vocabulary import load_vocabulary
from backlot.vocabulary.colour import delta_e, hex_of, lab_of, name_of

COLOURS = load_vocabulary().facets["colour_name"].terms
HEXES = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
LAB = tuple[float, float, float]

# The test data that G. Sharma, W. Wu and E. N. Dalal published with the formula (2005, table 1).
SHARMA: list[tuple[LAB, LAB, float]] = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 3.1571, -77.2803), (50.0, 0.0, -82.7485), 2.8615),
    ((50.0, 2.8361, -74.0200), (50.0, 0.0, -82.7485), 3.4412),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, -1.1848, -84.8006), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, -0.9009, -85.5211), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, -1.0, 2.0), (50.0, 0.0, 0.0), 2.3669),
    ((50.0, 2.4900, -0.0010), (50.0, -2.4900, 0.0009), 7.1792),
    ((50.0, 2.4900, -0.0010), (50.0, -2.4900, 0.0010), 7.1792),
    ((50.0, 2.4900, -0.0010), (50.0, -2.4900, 0.0011), 7.2195),
    ((50.0, 2.4900, -0.0010), (50.0, -2.4900, 0.0012), 7.2195),
    ((50.0, -0.0010, 2.4900), (50.0, 0.0009, -2.4900), 4.8045),
    ((50.0, -0.0010, 2.4900), (50.0, 0.0010, -2.4900), 4.8045),
    ((50.0, -0.0010, 2.4900), (50.0, 0.0011, -2.4900), 4.7461),
    ((50.0, 2.5, 0.0), (50.0, 0.0, -2.5), 4.3065),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
    ((50.0, 2.5, 0.0), (56.0, -27.0, -3.0), 31.9030),
    ((50.0, 2.5, 0.0), (58.0, 24.0, 15.0), 19.4535),
    ((50.0, 2.5, 0.0), (50.0, 3.1736, 0.5854), 1.0000),
    ((50.0, 2.5, 0.0), (50.0, 3.2972, 0.0), 1.0000),
    ((50.0, 2.5, 0.0), (50.0, 1.8634, 0.5757), 1.0000),
    ((50.0, 2.5, 0.0), (50.0, 3.2592, 0.3350), 1.0000),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((61.2901, 3.7196, -5.3901), (61.4292, 2.2480, -4.9620), 1.8731),
    ((35.0831, -44.1164, 3.7933), (35.0232, -40.0716, 1.5901), 1.8645),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((36.4612, 47.8580, 18.3852), (36.2715, 50.5065, 21.2231), 1.4146),
    ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
    ((90.9257, -0.5406, -0.9208), (88.6381, -0.8985, -0.7239), 1.5381),
    ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("one", "other", "difference"), SHARMA)
def test_differences_are_the_published_ones(one: LAB, other: LAB, difference: float) -> None:
    """CIEDE2000 agrees with the published test data to its four decimals, both ways round."""
    assert delta_e(one, other) == pytest.approx(difference, abs=5.1e-5)
    assert delta_e(other, one) == pytest.approx(difference, abs=5.1e-5)


@given(HEXES, HEXES)
def test_a_difference_is_a_distance(one: str, other: str) -> None:
    """No difference is negative, it is the same both ways, and a colour equals itself."""
    forth = delta_e(lab_of(one), lab_of(other))
    assert forth >= 0
    assert forth == pytest.approx(delta_e(lab_of(other), lab_of(one)), abs=1e-9)
    assert delta_e(lab_of(one), lab_of(one)) == 0


@pytest.mark.parametrize(
    ("hex_colour", "lab"),
    [
        ("#000000", (0.0, 0.0, 0.0)),
        ("#ffffff", (100.0, 0.0, 0.0)),
        ("#ff0000", (53.24, 80.09, 67.20)),
        ("#00ff00", (87.73, -86.18, 83.18)),
        ("#0000FF", (32.30, 79.19, -107.86)),
        ("#808080", (53.59, 0.0, 0.0)),
    ],
)
def test_srgb_becomes_lab(hex_colour: str, lab: LAB) -> None:
    """The corners of sRGB have their well-known CIELAB values under D65."""
    assert lab_of(hex_colour) == pytest.approx(lab, abs=0.02)


@pytest.mark.parametrize("text", ["", "red", "#fff", "ffffff", "#ggffff", "#ffffff ", "#ffffff00"])
def test_only_hex_colours_are_taken(text: str) -> None:
    """Anything but #rrggbb is refused."""
    with pytest.raises(ValueError, match="#rrggbb"):
        name_of(text)


def test_every_colour_has_a_value_that_is_called_like_it() -> None:
    """Each name's own value is nearest to that name; only `multicolored` has none."""
    for term in COLOURS:
        if term.id == "colour_name/multicolored":
            with pytest.raises(KeyError):
                hex_of(term.id)
        else:
            assert name_of(hex_of(term.id)) == term.id


def test_names_are_well_apart() -> None:
    """No two colour names share a look."""
    labs = [lab_of(hex_of(term.id)) for term in COLOURS[:-1]]
    pairs = [(one, other) for i, one in enumerate(labs) for other in labs[:i]]
    assert min(delta_e(one, other) for one, other in pairs) > 5


@given(HEXES)
def test_every_colour_gets_a_single_name(hex_colour: str) -> None:
    """Every sRGB colour is called by a term of the vocabulary, never `multicolored`."""
    name = name_of(hex_colour)
    assert load_vocabulary().has(name)
    assert name != "colour_name/multicolored"


@pytest.mark.parametrize(
    ("hex_colour", "name"),
    [
        ("#ffffff", "white"),
        ("#000000", "black"),
        ("#ff0000", "red"),
        ("#0000ff", "cobalt-blue"),
        ("#ffff00", "bright-yellow"),
        ("#000080", "navy-blue"),
        ("#800000", "burgundy"),
        ("#2e8b57", "emerald-green"),
        ("#8b4513", "brown"),
        ("#d2b48c", "tan"),
        ("#808080", "light-gray"),
        ("#ffc0cb", "blush-pink"),
    ],
)
def test_everyday_colours_are_called_as_people_call_them(hex_colour: str, name: str) -> None:
    """Common web colours get the expected names."""
    assert name_of(hex_colour) == f"colour_name/{name}"
