"""Lexical retrievability: is the right product found from its text, among ten, by words alone?"""

import math
import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from backlot.contracts.frozen import Localized
from backlot.vocabulary import Vocabulary
from services.lm_worker.evaluation.metrics import prose
from services.lm_worker.evaluation.writing import Written
from services.lm_worker.facts import ProductFacts

AMONG = 10
# The usual constants of BM25 (Robertson and Zaragoza, 2009).
_K1, _B = 1.2, 0.75
_LATIN = re.compile(r"[a-z0-9]+")
_HANGUL = re.compile(r"[가-힣]+")
Bag = Mapping[str, int]


def tokens(text: str, language: str) -> list[str]:
    """Split a text into what is counted.

    English gives words without a plural's s. Korean glues particles to its nouns, so that pairs of
    neighbouring syllables are counted instead of words.
    """
    if language == "ko":
        runs = _HANGUL.findall(text)
        return [run[at : at + 2] for run in runs for at in range(max(1, len(run) - 1))]
    return [word.removesuffix("s") for word in _LATIN.findall(text.lower())]


def card(facts: ProductFacts, vocabulary: Vocabulary, language: str) -> str:
    """Return what is known of a product as labels: what its text should let one recognise."""
    palette = [vocabulary.label(swatch.name) for swatch in facts.palette]
    labels: list[Localized] = [*(fact.label for fact in facts.seen), *palette]
    return " ".join(label.ko if language == "ko" else label.en for label in labels)


class Picker:
    """Scores products for a text by BM25.

    Args:
        cards: What is known of each product; how rare a word is comes from all of them.
    """

    def __init__(self, cards: Sequence[Sequence[str]]) -> None:
        self._bags: list[Bag] = [Counter(card) for card in cards]
        self._lengths = [len(card) for card in cards]
        self._usual = max(1.0, sum(self._lengths) / max(1, len(cards)))
        holding = Counter(word for bag in self._bags for word in bag)
        self._rarity = {
            word: math.log(1 + (len(cards) - count + 0.5) / (count + 0.5))
            for word, count in holding.items()
        }

    def score(self, query: frozenset[str], product: int) -> float:
        """Return how well a text speaks of a product, 0 and up."""
        bag, length = self._bags[product], self._lengths[product]
        norm = _K1 * (1 - _B + _B * length / self._usual)
        return sum(
            self._rarity[word] * bag[word] * (_K1 + 1) / (bag[word] + norm)
            for word in query
            if word in bag
        )

    def picked(self, query: frozenset[str], right: int, others: Sequence[int]) -> float:
        """Return the chance that the right product is picked: 1, 1 / k in a tie of k, or 0."""
        own = self.score(query, right)
        rivals = [self.score(query, other) for other in others]
        if any(score > own for score in rivals):
            return 0.0
        return 1 / (1 + sum(score == own for score in rivals))


def retrievability(
    made: Sequence[Written], vocabulary: Vocabulary, language: str, seed: int, *, alike: bool
) -> list[float]:
    """For each product, the chance that its first text picks it among ten, from 0 to 1.

    Guessing gives 0.1. With fewer than ten products all of them are asked.

    Args:
        made: Products with their briefs; those without are left out.
        vocabulary: Names the measured colours.
        language: en or ko.
        seed: Chooses the other nine.
        alike: Whether the other nine are taken from the same group of products first.
    """
    asked = [one for one in made if one.briefs]
    cards = [tokens(card(one.facts, vocabulary, language), language) for one in asked]
    picker, chance = Picker(cards), random.Random(seed)  # noqa: S311 - a sample, not a secret
    picks = []
    for at, one in enumerate(asked):
        others = _rivals(at, asked, chance, alike=alike)
        query = frozenset(tokens(prose(one.briefs[0], language), language))
        picks.append(picker.picked(query, at, others))
    return picks


def _rivals(at: int, asked: Sequence[Written], chance: random.Random, *, alike: bool) -> list[int]:
    """Return nine other products."""
    others = [other for other in range(len(asked)) if other != at]
    chance.shuffle(others)
    if alike:
        own = asked[at].facts.group
        others.sort(key=lambda other: asked[other].facts.group != own)
    return others[: AMONG - 1]
