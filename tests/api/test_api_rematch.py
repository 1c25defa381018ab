"""Promises of a rematch: the seller's words become the only brief, and nothing else moves."""

import pytest

from backlot.contracts.brief import (
    Claim,
    Evidence,
    LightingPlan,
    PalettePlan,
    StudioBrief,
    TechniquePlan,
)
from backlot.contracts.errors import RefusedInputError
from backlot.contracts.frozen import Localized
from backlot.contracts.rematch import RematchRequest
from backlot.vocabulary import load_vocabulary
from services.api.rematch import rewritten

VOCABULARY = load_vocabulary()
WORDS = Localized(en="A bright white studio.", ko="밝은 흰색 스튜디오.")


def brief() -> StudioBrief:
    """A brief as the stylist writes it."""
    return StudioBrief(
        kind="studio",
        settings=("setting_studio/seamless-white-studio-backdrop",),
        palette=PalettePlan(scheme="monochrome", hexes=("#ffffff",)),
        lighting=LightingPlan(
            types=("lighting/large-softbox",), direction="front", kelvin=5600, contrast="low"
        ),
        technique=TechniquePlan(types=("photo_technique/three-quarter-view",), lens_mm=85),
        moods=("mood/fresh-and-clean",),
        prose=WORDS,
        claims=tuple(
            Claim(slot=slot, text=WORDS, evidence=Evidence(kind="rule", ref="drinkware"))
            for slot in ("settings", "lighting")
        ),
        variant="safe",
        source="rules",
    )


def test_an_edited_slot_is_taken_over_and_the_rest_stays() -> None:
    """Only the edited slot changes; its claim now rests on the seller."""
    wish = RematchRequest.model_validate({"edit": {"settings": ["setting_space/reading-room"]}})
    after, warnings = rewritten(brief(), wish, VOCABULARY)
    assert after.settings == ("setting_space/reading-room",)
    assert after.kind == "space"
    assert (after.lighting, after.moods, after.prose) == (brief().lighting, brief().moods, WORDS)
    assert (after.source, after.variant, warnings) == ("seller", "seller", ())
    evidence = {claim.slot: claim.evidence for claim in after.claims}
    assert evidence["settings"] == Evidence(kind="hint", ref="edit.settings")
    assert evidence["lighting"].kind == "rule"


@pytest.mark.parametrize(
    "text",
    [
        "a dark low-key studio with neon glow, no green leaves",
        "어두운 스튜디오, 초록 잎 없이",
    ],
)
def test_a_sentence_fills_slots_in_both_languages(text: str) -> None:
    """Words of the vocabulary become terms; what is denied is avoided; the text is not trimmed."""
    after, warnings = rewritten(brief(), RematchRequest(text=text), VOCABULARY)
    assert after.settings == ("setting_studio/dark-low-key-studio",)
    assert "props/green-leaves" in after.avoid
    assert text in {after.prose.en, after.prose.ko}
    assert warnings == ()


def test_a_locked_slot_is_safe_from_the_text() -> None:
    """The text may not change what the seller locked."""
    wish = RematchRequest(text="a dark low-key studio", locked=("settings",))
    after, _ = rewritten(brief(), wish, VOCABULARY)
    assert after.settings == brief().settings


@pytest.mark.parametrize("text", ["zzz qqq", "가나다라"])
def test_words_nobody_knows_are_warned_about_and_kept(text: str) -> None:
    """An unknown sentence stays whole, and the seller is told what it can do."""
    after, warnings = rewritten(brief(), RematchRequest(text=text), VOCABULARY)
    assert text in {after.prose.en, after.prose.ko}
    assert [warning.code for warning in warnings] == ["text-not-understood"]


@pytest.mark.parametrize(
    "edit",
    [
        {"settings": ["lighting/large-softbox"]},
        {"moods": ["mood/none-such"]},
        {"season": "style/x"},
    ],
)
def test_a_term_in_the_wrong_slot_is_refused(edit: dict[str, object]) -> None:
    """A slot holds terms of its own facets, and only terms that exist."""
    with pytest.raises(RefusedInputError) as refused:
        rewritten(brief(), RematchRequest.model_validate({"edit": edit}), VOCABULARY)
    assert refused.value.problem_code == "invalid-request"
