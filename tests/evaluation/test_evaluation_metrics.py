"""Each metric falls where a brief gets worse, and stays where it does not."""

import pytest
from evaluation_builders import changed, claiming, first, written

from backlot.contracts.brief import Claim
from backlot.contracts.frozen import Localized
from services.lm_worker.evaluation.metrics import (
    completeness,
    faults,
    grounding,
    schema_validity,
    slots_of,
    stability,
    vocabulary_validity,
    words,
)
from services.lm_worker.evaluation.writing import Written
from services.lm_worker.stylist.rulebook import shipped_rulebook

ONE = next(one for one in written(40) if not one.case.request.title and first(one).avoid)
SCORE = ONE.case.caption.facets["product_category"][0].score
CATEGORY = ONE.case.caption.facets["product_category"][0].term


def test_completeness_counts_thirteen_slots() -> None:
    """An emptied slot costs one thirteenth."""
    brief = first(ONE)
    assert len(slots_of(brief)) == 13
    less = brief.model_copy(update={"avoid": ()})
    assert completeness(brief) - completeness(less) == pytest.approx(1 / 13)


def test_an_empty_text_is_no_slot() -> None:
    """Blank prose does not count as filled."""
    brief = first(ONE).model_copy(update={"prose": Localized(en=" ", ko="")})
    assert slots_of(brief)["prose"] == ()


@pytest.mark.parametrize(
    ("claim", "share"),
    [
        (claiming("facet", CATEGORY, SCORE), 1.0),
        (claiming("measured", "palette"), 1.0),
        (claiming("measured", "lightness"), 1.0),
        (claiming("facet", "material/unobtainium", 0.9), 0.0),
        (claiming("facet", CATEGORY, SCORE / 2), 0.0),
        (claiming("measured", "smell"), 0.0),
        (claiming("hint", "title"), 0.0),
        (claiming("hint", "metadata"), 0.0),
        (claiming("advice", "unproven"), 0.0),
        (claiming("rule", "contrast"), None),
        (claiming("advice", "unknown-product"), None),
    ],
    ids=lambda value: (
        f"{value.evidence.kind}:{value.evidence.ref}" if isinstance(value, Claim) else ""
    ),
)
def test_grounding_reads_the_caption(claim: Claim, share: float | None) -> None:
    """A claim holds only where the caption or the request says so; rules are not checkable."""
    brief = first(ONE).model_copy(update={"claims": (claim,)})
    assert grounding([brief], ONE.case) == share


def test_grounding_is_a_share() -> None:
    """One invented claim beside one that holds makes a half."""
    claims = (claiming("measured", "palette"), claiming("facet", "material/unobtainium"))
    brief = first(ONE).model_copy(update={"claims": claims})
    assert grounding([brief], ONE.case) == 0.5


def test_good_briefs_have_no_faults() -> None:
    """Nothing is counted where the guards find nothing."""
    assert faults(ONE, shipped_rulebook()) == {"contradictions": 0, "forbidden": 0, "other": 0}


def test_faults_are_sorted() -> None:
    """A light at odds, a forbidden claim and an unknown word are counted apart."""
    brief = first(ONE)
    types = (brief.lighting.types[0], "lighting/neverheard")
    cold = brief.lighting.model_copy(update={"types": types, "kelvin": 12_000})
    text = brief.prose.model_copy(update={"en": brief.prose.en + " It cures acne."})
    found = faults(changed(ONE, lighting=cold, prose=text), shipped_rulebook())
    assert found["contradictions"] >= 1
    assert found["forbidden"] == 1
    assert found["other"] >= 1


def test_a_term_in_the_wrong_slot_is_not_valid() -> None:
    """The word exists, but a mood is no light."""
    brief = first(ONE)
    assert vocabulary_validity(brief, shipped_rulebook()) == 1
    mixed = brief.model_copy(update={"moods": ("lighting/large-softbox", "mood/neverheard")})
    count = sum(len(t) for s, t in slots_of(mixed).items() if s not in ("palette", "prose"))
    assert vocabulary_validity(mixed, shipped_rulebook()) == pytest.approx(1 - 2 / count)


def test_schema_validity_counts_what_is_missing() -> None:
    """No answer is 0; a candidate that could not be read, or breaks a limit, is not valid."""
    assert schema_validity(ONE) == 1
    assert schema_validity(Written(ONE.case, ONE.facts, (), failure="llm-refused")) == 0
    assert schema_validity(Written(ONE.case, ONE.facts, ONE.briefs[:1], lost=1)) == 0.5
    assert schema_validity(changed(ONE, settings=())) == 0


def test_stability_compares_slots() -> None:
    """The same brief twice is 1 whatever its text; one changed slot of twelve costs a twelfth."""
    brief = first(ONE)
    retold = brief.model_copy(update={"prose": Localized(en="Else.", ko="다른 글.")})
    assert stability([brief, retold]) == 1
    moved = brief.model_copy(update={"avoid": ()})
    assert stability([brief, moved]) == pytest.approx(11 / 12)
    assert stability([brief]) is None


def test_words_are_counted_by_language() -> None:
    """One number a candidate."""
    said = changed(ONE, prose=Localized(en="Put it there - now.", ko="거기 두세요."))
    assert words(said, "en") == (4,)
    assert words(said, "ko") == (2,)
