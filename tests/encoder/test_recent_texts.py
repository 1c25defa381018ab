"""Texts encoded lately are not encoded again."""

from collections.abc import Sequence

import numpy as np

from backlot.encoder.port import Vectors
from backlot.encoder.recent import RecentTexts
from backlot.encoder.synthetic import SyntheticSentenceEncoder


class Counting:
    """Encodes and writes down what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._encoder = SyntheticSentenceEncoder()

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """Encode and write down."""
        self.asked += texts
        return self._encoder.encode(texts)


def test_each_text_once() -> None:
    """A text is encoded once, within one call and over several."""
    counting = Counting()
    recent = RecentTexts(counting, 256)
    first = recent.encode(["mug", "lamp", "mug"])
    second = recent.encode(["lamp", "sofa"])
    assert counting.asked == ["mug", "lamp", "sofa"]
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(first[1], second[0])


def test_oldest_forgotten() -> None:
    """The least recently asked text makes room."""
    counting = Counting()
    recent = RecentTexts(counting, 256, kept=2)
    recent.encode(["mug"])
    recent.encode(["lamp"])
    recent.encode(["mug"])
    recent.encode(["sofa"])
    recent.encode(["mug"])
    recent.encode(["lamp"])
    assert counting.asked == ["mug", "lamp", "sofa", "lamp"]


def test_more_texts_than_kept() -> None:
    """A call with more texts than are remembered still gets all its rows."""
    texts = [f"thing {number}" for number in range(10)]
    recent = RecentTexts(SyntheticSentenceEncoder().encode, 256, kept=3)
    assert np.array_equal(recent.encode(texts), SyntheticSentenceEncoder().encode(texts))
