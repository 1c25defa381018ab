"""More like this, less like this, keep this."""

import pytest
from matcher_builders import brief, matcher_of, work

from backlot.contracts.background import Taste
from backlot.contracts.match import Match
from services.matcher.match import Matcher

WHITE = "setting_studio/seamless-white-studio-backdrop"
ASKED = brief(WHITE, lighting=("lighting/bright-high-key-lighting",))


def ids(matcher: Matcher, **taste: tuple[str, ...]) -> list[str]:
    """What is shown, best first."""
    return [one.background_id for one in match_of(matcher, **taste).ranked]


def match_of(matcher: Matcher, **taste: tuple[str, ...]) -> Match:
    """The whole answer."""
    output = matcher(work(ASKED, taste=Taste(**taste), top_k=6)).output
    assert isinstance(output, Match)
    return output


class TestTaste:
    """What a seller says of sets they have seen."""

    def test_more_like_this_moves_its_like_up(self, matcher: Matcher) -> None:
        """A set that shares words and colour with a liked one comes earlier, and says so."""
        before, after = ids(matcher), match_of(matcher, more=("dark-strips", "neon-set"))
        named = [one.background_id for one in after.ranked]
        assert "dark-strips" in named[:3]
        assert "dark-strips" not in before[:3]
        liked = next(one for one in after.ranked if one.background_id == "dark-strips")
        assert any(reason.slot == "taste" for reason in liked.reasons)

    def test_less_like_this_leaves_it_out(self, matcher: Matcher) -> None:
        """The set itself is not shown again."""
        assert ids(matcher)[0] == "white-softbox"
        assert "white-softbox" not in ids(matcher, less=("white-softbox",))

    def test_pins_keep_the_first_places_in_their_order(self, matcher: Matcher) -> None:
        """And as many sets are shown as before."""
        shown = ids(matcher, pin=("reading-room", "neon-set"))
        assert shown[:2] == ["reading-room", "neon-set"]
        assert len(shown) == len(set(shown)) == 6

    def test_a_pin_that_cannot_be_shown_is_said(self, matcher: Matcher) -> None:
        """A set nobody knows is no error, and no silence."""
        outcome = matcher(work(ASKED, taste=Taste(pin=("no-such-set",))))
        assert "pinned-background-left-out" in {warning.code for warning in outcome.warnings}

    @pytest.mark.parametrize("field", ["more", "less"])
    def test_unknown_sets_change_nothing(self, matcher: Matcher, field: str) -> None:
        """A set that was removed since says nothing."""
        assert ids(matcher, **{field: ("gone-since",)}) == ids(matcher)


def test_a_pin_never_breaks_a_constraint() -> None:
    """What the brief avoids stays out, pinned or not."""
    matcher = matcher_of()
    avoiding = brief(WHITE, avoid=("props/green-leaves",))
    output = matcher(work(avoiding, taste=Taste(pin=("white-greenery",)))).output
    assert isinstance(output, Match)
    assert "white-greenery" not in [one.background_id for one in output.ranked]
