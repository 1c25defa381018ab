"""Promises of articles in prompts."""

import pytest

from backlot.vocabulary.phrases import fill, with_article


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        ("tumbler", "a tumbler"),
        ("insulated tumbler", "an insulated tumbler"),
        ("hourglass", "an hourglass"),
        ("unicorn lamp", "a unicorn lamp"),
        ("umbrella", "an umbrella"),
        ("L-shaped sofa", "an L-shaped sofa"),
        ("U-shaped pillow", "a U-shaped pillow"),
        ("LED lamp", "an LED lamp"),
        ("USB hub", "a USB hub"),
        ("Apron", "an Apron"),
    ],
)
def test_articles_follow_the_sound(noun: str, expected: str) -> None:
    """A word is given "an" when it is spoken with a vowel."""
    assert with_article(noun) == expected


def test_templates_take_the_article_where_it_belongs() -> None:
    """An article of the template is corrected; a label brings its own only when asked."""
    assert fill("a {} product", "olive green", article=False) == "an olive green product"
    assert fill("a {} product", "olive green", article=True) == "an olive green product"
    assert fill("a photo of {}", "orange sofa", article=True) == "a photo of an orange sofa"
    assert fill("a photo of {}", "orange socks", article=False) == "a photo of orange socks"
    assert fill("panorama {}", "sofa", article=False) == "panorama sofa"
