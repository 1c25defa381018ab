"""What a brief asks of the index."""

import pytest
from matcher_builders import brief

from backlot.contracts.background import BackgroundKind
from backlot.vocabulary import load_vocabulary
from services.matcher.port import Where
from services.matcher.questions import opening_of, spoken_by
from services.matcher.weights import load_weights

ANYWHERE = Where(kinds=frozenset(BackgroundKind))


@pytest.mark.parametrize(("source", "asked"), [("rules", False), ("llm", True), ("seller", True)])
def test_only_words_that_somebody_chose_are_asked(source: str, asked: bool) -> None:
    """A text that the rules made of the slots says nothing more than they do."""
    written = brief("setting_studio/round-podium-set").model_copy(update={"source": source})
    questions = spoken_by(written, ANYWHERE, load_vocabulary(), load_weights())
    assert ("prose" in {one.question for one in questions}) is asked
    assert "setting" in {one.question for one in questions}


def test_a_long_text_is_heard_by_its_first_sentences() -> None:
    """Whole sentences while they fit, and at least one."""
    text = "Put it on marble. " + "Light it softly from the left " * 9 + "now. Add a cup."
    assert opening_of(text) == "Put it on marble."
    assert opening_of("One. Two! Three?") == "One. Two! Three?"
