"""Which candidate brief is taken, and which of its claims fall."""

from matcher_builders import Ground, brief, caption, library

from backlot.contracts.brief import StudioBrief
from backlot.contracts.jobs import Dimensions, JobRequest
from services.matcher.choosing import agreement_of, choose, support_of
from services.matcher.port import Where
from services.matcher.shelf import stock
from services.matcher.weights import load_weights

SAID = caption("product_category/coffee-mug", "material/stainless-steel", hexes=("#3b4a5a",))
REQUEST = JobRequest(title="Steel mug")
SEEN: Ground = ("facet", "material/stainless-steel")
UNSEEN: Ground = ("facet", "material/velvet")


def indifferent(_: StudioBrief) -> float:
    """A library that prefers no brief."""
    return 0.5


def test_the_best_supported_candidate_wins() -> None:
    """Evidence goes before the order of the candidates."""
    bold = brief(claims=[UNSEEN, ("rule", "drinkware")])
    safe = brief(claims=[SEEN, ("measured", "lightness")])
    choice = choose([bold, safe], SAID, REQUEST, indifferent)
    assert (choice.index, choice.brief, choice.dropped) == (1, safe, 0)


def test_between_equals_the_library_decides() -> None:
    """Of equally supported candidates the one the library can show is taken."""
    neon, white = brief(claims=[SEEN]), brief(claims=[SEEN], moods=("mood/fresh-and-clean",))
    choice = choose([neon, white], SAID, REQUEST, lambda one: 0.9 if one is white else 0.2)
    assert choice.index == 1


def test_between_full_equals_the_first_guess_stands() -> None:
    """The order that `refine` gave is the last word."""
    assert choose([brief(), brief(), brief()], SAID, REQUEST, indifferent).index == 0


def test_the_library_is_asked_only_between_equals() -> None:
    """A clear winner costs no look at the library."""

    def unwanted(_: StudioBrief) -> float:
        raise AssertionError

    candidates = [brief(claims=[SEEN]), brief(claims=[UNSEEN])]
    assert choose(candidates, SAID, REQUEST, unwanted).index == 0


def test_claims_on_unseen_facets_fall() -> None:
    """What rests on a facet the photo does not show is dropped and counted; the rest stays."""
    claimed = brief(claims=[SEEN, UNSEEN, ("rule", "drinkware"), ("hint", "title")])
    choice = choose([claimed], SAID, REQUEST, indifferent)
    assert choice.dropped == 1
    assert [claim.evidence.ref for claim in choice.brief.claims] == [
        "material/stainless-steel",
        "drinkware",
        "title",
    ]
    assert choice.brief.model_copy(update={"claims": claimed.claims}) == claimed


def test_what_a_seller_wrote_is_never_trimmed() -> None:
    """An edited brief keeps every claim."""
    edited = brief(claims=[UNSEEN], source="seller", variant="seller")
    choice = choose([edited], SAID, REQUEST, indifferent)
    assert choice.brief == edited
    assert choice.dropped == 0


def test_what_counts_as_support() -> None:
    """Seen facets, measured facts and given hints carry; what is not there does not."""
    carried: list[Ground] = [SEEN, ("measured", "measures.lightness"), ("hint", "title")]
    carried.append(("measured", "palette"))
    missing: list[Ground] = [UNSEEN, ("measured", "aura"), ("hint", "category")]
    assert support_of(brief(claims=carried), SAID, REQUEST) == 1
    assert support_of(brief(claims=missing), SAID, REQUEST) == 0
    assert support_of(brief(claims=[*carried, *carried, *missing]), SAID, REQUEST) == 8 / 11
    sized = brief(claims=[("hint", "dimensions_cm")])
    assert support_of(sized, SAID, REQUEST) == 0
    assert support_of(sized, SAID, JobRequest(dimensions_cm=Dimensions(height=20))) == 1


def test_rules_and_advice_are_neither_for_nor_against() -> None:
    """A brief is not better or worse supported for giving more reasons of taste."""
    reasons: list[Ground] = [("rule", "drinkware"), ("advice", "taste")]
    assert support_of(brief(claims=[SEEN, *reasons]), SAID, REQUEST) == 1
    assert support_of(brief(claims=reasons), SAID, REQUEST) == 0
    assert support_of(brief(), SAID, REQUEST) == 0


def test_a_small_difference_is_none() -> None:
    """Support and agreement must differ by a tenth before the order of the candidates yields."""
    first, second = brief(claims=[SEEN]), brief(claims=[SEEN], moods=("mood/romantic",))
    near = choose([first, second], SAID, REQUEST, lambda one: 0.72 if one is second else 0.66)
    far = choose([first, second], SAID, REQUEST, lambda one: 0.82 if one is second else 0.66)
    assert (near.index, far.index) == (0, 1)


def test_measured_colours_are_seen() -> None:
    """A claim may rest on a colour of the measured palette."""
    assert support_of(brief(claims=[("facet", SAID.palette[0].name)]), SAID, REQUEST) == 1


def test_agreement_is_that_of_the_best_admitted_set() -> None:
    """The library agrees as far as its best set does, within the filter."""
    shelf, weights = stock(library()), load_weights()
    asked = brief("setting_studio/neon-lit-set", lighting=("lighting/neon-glow",))
    assert agreement_of(asked, shelf, Where(), weights) == 1
    tame = Where(avoid=frozenset({"lighting/neon-glow"}))
    assert agreement_of(asked, shelf, tame, weights) == 0
