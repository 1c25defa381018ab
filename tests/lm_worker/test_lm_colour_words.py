"""What the product's colour is called: as measured, or as its seller calls it."""

import pytest
from lm_builders import caption, fact, facts, stylist

from backlot.contracts.caption import Caption
from backlot.contracts.terms import FactSource
from services.lm_worker.stylist.product import Product
from services.lm_worker.stylist.rulebook import shipped_rulebook

WHITE_IN_SHADE, GREEN_IN_SHADE = "#cfd0d4", "#1f4f4a"


def called(colour: str, shade: str) -> Caption:
    """A sneaker of one measured shade whose seller names a colour."""
    seen = caption("running-sneakers", colours=[(shade, 1.0)])
    said = fact(f"colour_name/{colour}", 0.9, FactSource.HINT)
    return seen.model_copy(update={"facets": {**seen.facets, "colour_name": (said,)}})


@pytest.mark.parametrize(
    ("colour", "shade", "word"),
    [
        ("white", WHITE_IN_SHADE, "white"),
        ("emerald-green", GREEN_IN_SHADE, "emerald-green"),
        ("coral", WHITE_IN_SHADE, "light-gray"),
        ("white", GREEN_IN_SHADE, "charcoal-gray"),
        ("black", WHITE_IN_SHADE, "light-gray"),
        ("multicolored", WHITE_IN_SHADE, "light-gray"),
    ],
)
def test_the_sellers_word_counts_where_the_photo_shows_it(
    colour: str, shade: str, word: str
) -> None:
    """A white shoe measures gray in its own shade; a red one does not turn white by its title."""
    product = Product(facts(called(colour, shade)), shipped_rulebook())
    assert product.colour_term == f"colour_name/{word}"


def test_prose_speaks_as_the_seller_does_and_nothing_else_changes() -> None:
    """The word changes, in both languages; every choice stays as it was."""
    plain = stylist().briefs(facts(caption("running-sneakers", colours=[(WHITE_IN_SHADE, 1.0)])))
    named = stylist().briefs(facts(called("white", WHITE_IN_SHADE)))
    for before, after in zip(plain, named, strict=True):
        assert after.model_copy(update={"prose": before.prose}) == before
        assert "light gray running" not in after.prose.en.lower()
        assert "라이트 그레이 스니커즈" not in after.prose.ko
    assert any("white running sneakers" in brief.prose.en.lower() for brief in named)
