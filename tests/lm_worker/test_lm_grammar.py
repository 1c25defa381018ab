"""English articles, agreement and capitals."""

import pytest

from services.lm_worker.prose.grammar_en import agreeing, articles, capitalised, with_article


class TestArticles:
    """A and an."""

    @pytest.mark.parametrize(
        ("noun", "right"),
        [
            ("tumbler", "a tumbler"),
            ("office chair", "an office chair"),
            ("85 mm lens", "an 85 mm lens"),
            ("100 mm lens", "a 100 mm lens"),
            ("18 mm lens", "an 18 mm lens"),
            ("useful cup", "a useful cup"),
            ("hourglass", "an hourglass"),
            ("one-piece", "a one-piece"),
        ],
    )
    def test_the_article_follows_the_sound(self, noun: str, right: str) -> None:
        """Sound decides, not spelling, and numbers are spoken."""
        assert with_article(noun) == right

    def test_a_text_is_put_right_after_filling(self) -> None:
        """A pattern says "a"; the word that was filled in decides."""
        assert articles("in front of a ivory gradient, with a 85 mm lens and a mug") == (
            "in front of an ivory gradient, with an 85 mm lens and a mug"
        )


def test_number_agrees_with_the_product() -> None:
    """Every mark takes the form for one or for several."""
    assert agreeing("it [looks|look] at [it|them]", plural=False) == "it looks at it"
    assert agreeing("they [looks|look] at [it|them]", plural=True) == "they look at them"


def test_every_sentence_begins_with_a_capital() -> None:
    """Also the second one, and not what follows a colon."""
    assert capitalised("on stone: nice. let it be.") == "On stone: nice. Let it be."
