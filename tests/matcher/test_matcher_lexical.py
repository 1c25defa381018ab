"""Finding sets by their words."""

from matcher_builders import ROOM, STUDIO, VOCABULARY, brief, library

from services.matcher.lexical import Lexicon, text_of, tokens
from services.matcher.port import Where
from services.matcher.shelf import stock

SHELF = stock(library())
NAMES = {stocked.point_id: stocked.asset.id for stocked in SHELF.sets}
LEXICON = Lexicon(SHELF, VOCABULARY)


def found(text: str, where: Where | None = None, limit: int = 3) -> list[str]:
    """Ids of what a text finds."""
    hits = LEXICON.search(text, where or Where(), limit)
    return [NAMES[hit.point_id] for hit in hits]


def test_a_rare_word_finds_its_set() -> None:
    """What only one set says counts more than what all say."""
    assert found("a reading room with books")[0] == "reading-room"


def test_korean_finds_too() -> None:
    """Particles glued to a noun do not hide it."""
    assert found("회의실에서 찍은 사진")[0] == "meeting-room"


def test_no_common_word_finds_nothing() -> None:
    """Silence is better than any order."""
    assert found("zzz qqq") == []
    assert found("") == []


def test_a_filter_is_never_softened() -> None:
    """Kinds and exclusions hold for words as for vectors."""
    rooms = Where(kinds=frozenset({ROOM}))
    assert found("neon or window daylight", rooms, 20)
    assert {"white-softbox", "neon-set"}.isdisjoint(found("neon or window daylight", rooms, 20))
    no_leaves = Where(kinds=frozenset({STUDIO}), avoid=frozenset({"props/green-leaves"}))
    assert "white-greenery" not in found("green leaves", no_leaves, 20)


def test_equal_words_come_in_the_order_of_ids() -> None:
    """The same text gives the same order, and no more than was asked for."""
    assert found("soft window daylight") == found("daylight, soft, window")
    assert len(found("soft window daylight", limit=2)) == 2


def test_a_brief_is_asked_in_both_languages() -> None:
    """Prose and the labels of its slots."""
    text = text_of(brief("setting_space/meeting-room", prose="Trust at a glance."), VOCABULARY)
    assert "Trust at a glance." in text
    assert VOCABULARY.label("setting_space/meeting-room").ko in text


def test_plurals_and_empty_words_do_not_matter() -> None:
    """Books are found by book."""
    assert tokens("The books of a library") == ["book", "library"]
