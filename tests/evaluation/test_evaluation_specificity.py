"""Sameness is seen where it is, and chance is not taken for knowledge."""

import pytest
from evaluation_builders import changed, first, saying, texts, written

from backlot.vocabulary import load_vocabulary
from services.lm_worker.evaluation.bootstrap import figure_of
from services.lm_worker.evaluation.metrics import prose
from services.lm_worker.evaluation.retrieval import Picker, retrievability, tokens
from services.lm_worker.evaluation.specificity import (
    commonest_sentence,
    distinct_combinations,
    self_similarity,
    trigrams,
)
from services.lm_worker.evaluation.writing import Written

ONE, OTHER = "Put the mug on an oak table.", "Let a narrow spotlight carve her silhouette."


def test_trigrams_ignore_case_and_punctuation() -> None:
    """Three words in a row count, however they are written."""
    assert trigrams("Put THE mug, down.") == {("put", "the", "mug"), ("the", "mug", "down")}
    assert trigrams("Two words") == frozenset()


def test_the_same_text_for_all_is_one() -> None:
    """Likeness is 1 for equal texts, 0 for texts that share no three words, and their mean else."""
    assert self_similarity(texts(4, [ONE]), "en") == [1, 1, 1, 1]
    assert self_similarity(texts(2, [ONE, OTHER]), "en") == [0, 0]
    assert self_similarity(texts(4, [ONE, OTHER]), "en") == pytest.approx([1 / 3] * 4)
    assert self_similarity(texts(1, [ONE]), "en") == []


def test_combinations_ignore_the_text() -> None:
    """Another text makes no other recommendation; other props do."""
    one = written()[0]
    props = first(one).props
    assert distinct_combinations([one, saying(OTHER, one)]) == 1
    assert distinct_combinations([one, changed(one, props=props[1:])]) == 2


def test_a_sentence_counts_once_a_product() -> None:
    """Half of the products share it, although every text says it twice."""
    made = texts(4, [f"{ONE} {ONE}", OTHER, f"{ONE} {ONE}", "Something else."])
    assert commonest_sentence(made, "en") == (0.5, ONE)


def test_failed_products_share_nothing() -> None:
    """A product without briefs counts among the products, with no sentence of its own."""
    made = written()[0]
    failed = Written(made.case, made.facts, (), failure="llm-slow")
    assert commonest_sentence([failed], "en") == (0, "")
    assert distinct_combinations([failed]) == 0


def test_the_rare_word_decides() -> None:
    """BM25 picks the product that alone has the word the text uses."""
    picker = Picker([["oak", "mug"], ["oak", "lamp"], ["oak", "sofa"]])
    assert picker.picked(frozenset({"oak", "lamp"}), 1, [0, 2]) == 1
    assert picker.picked(frozenset({"oak", "lamp"}), 0, [1, 2]) == 0


def test_a_tie_is_a_guess() -> None:
    """A text that says nothing of any product picks the right one of three by chance alone."""
    picker = Picker([["mug"], ["lamp"], ["sofa"]])
    assert picker.picked(frozenset({"light"}), 0, [1, 2]) == pytest.approx(1 / 3)


def test_korean_particles_do_not_hide_a_noun() -> None:
    """A noun is found whatever is glued to it, and English plurals too."""
    assert set(tokens("텀블러를", "ko")) > set(tokens("텀블러", "ko"))
    assert tokens("Mugs", "en") == tokens("mug", "en")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_exchanged_texts_are_not_retrieved(language: str) -> None:
    """With every text given to the next product, fewer are found than with the right texts."""
    made = list(written(40))
    wrong = [
        changed(one, prose=first(made[at - 1]).prose) if at else saying(OTHER, one)
        for at, one in enumerate(made)
    ]
    words = load_vocabulary()
    right_mean = _mean(retrievability(made, words, language, 1, alike=False))
    wrong_mean = _mean(retrievability(wrong, words, language, 1, alike=False))
    assert prose(first(wrong[5]), language) == prose(first(made[4]), language)
    assert right_mean > 0.7
    assert wrong_mean < 0.4


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def test_the_interval_holds_the_mean() -> None:
    """It is as wide as the values differ, closes where they do not, and repeats itself."""
    figure = figure_of([0.0, 1.0] * 50, seed=1)
    assert figure is not None
    assert figure.low < figure.value == 0.5 < figure.high
    assert 0.1 < figure.high - figure.low < 0.3
    assert figure == figure_of([0.0, 1.0] * 50, seed=1)
    constant = figure_of([0.25] * 10, seed=1)
    assert constant is not None
    assert constant.low == constant.high == 0.25
    assert figure_of([], seed=1) is None
