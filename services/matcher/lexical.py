"""Finds sets by the words themselves: BM25 over captions and tags, English and Korean together.

S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import numpy as np

from backlot.contracts.background import BackgroundAsset
from backlot.contracts.brief import StudioBrief
from backlot.vocabulary import Vocabulary
from services.matcher.port import Hit, Where
from services.matcher.shelf import Shelf, StockedSet

K1, B = 1.2, 0.75
"""The usual constants of BM25."""

_LATIN = re.compile(r"[a-z0-9]+")
_HANGUL = re.compile(r"[가-힣]+")
# Words that stand in every sentence about a picture and tell no set from another.
_EMPTY = frozenset(
    {
        "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "in", "into", "is", "it",
        "its", "of", "on", "or", "product", "so", "that", "the", "this", "to", "up", "with",
    }
)  # fmt: skip


class Lexicon:
    """The words of all sets of a library.

    Args:
        shelf: The sets.
        vocabulary: Where the tags' labels are.
    """

    def __init__(self, shelf: Shelf, vocabulary: Vocabulary) -> None:
        # In the order of their ids, so that a stable sort keeps equal scores in it.
        self._sets = sorted(shelf.sets, key=lambda stocked: stocked.point_id)
        bags = [Counter(tokens(_text_of(stocked.asset, vocabulary))) for stocked in self._sets]
        lengths = [bag.total() for bag in bags]
        usual = sum(lengths) / len(lengths) if lengths else 1.0
        found: dict[str, list[tuple[int, float]]] = {}
        for at, (bag, length) in enumerate(zip(bags, lengths, strict=True)):
            norm = K1 * (1 - B + B * length / usual)
            for word, count in bag.items():
                found.setdefault(word, []).append((at, count * (K1 + 1) / (count + norm)))
        self._postings = {
            word: (
                np.array([at for at, _ in postings]),
                _rarity(len(bags), len(postings)) * np.array([worth for _, worth in postings]),
            )
            for word, postings in found.items()
        }

    def search(self, text: str, where: Where, limit: int) -> tuple[Hit, ...]:
        """Return the sets whose words a text uses, best first; similarity is the BM25 score."""
        scores = np.zeros(len(self._sets))
        for word in dict.fromkeys(tokens(text)):
            if word in self._postings:
                places, worths = self._postings[word]
                scores[places] += worths
        ordered = (int(at) for at in np.argsort(-scores, kind="stable") if scores[at] > 0)
        admitted = (at for at in ordered if _admits(where, self._sets[at]))
        return tuple(
            Hit(self._sets[at].point_id, float(scores[at])) for at in islice(admitted, limit)
        )


def _rarity(sets: int, having: int) -> float:
    """Return how much a word says that so many of the sets have."""
    return math.log(1 + (sets - having + 0.5) / (having + 0.5))


def tokens(text: str) -> list[str]:
    """Return what is counted: English words without a plural's s, Korean in pairs of syllables.

    Korean glues particles to its nouns; pairs of neighbouring syllables survive that.
    """
    words = (word for word in _LATIN.findall(text.lower()) if word not in _EMPTY)
    runs = _HANGUL.findall(text)
    pairs = (run[at : at + 2] for run in runs for at in range(max(1, len(run) - 1)))
    return [*(word.removesuffix("s") for word in words), *pairs]


def text_of(brief: StudioBrief, vocabulary: Vocabulary) -> str:
    """Return a brief as the words to look for: its prose, and its slots' labels."""
    labels = [vocabulary.label(term) for term in _terms_of(brief) if vocabulary.has(term)]
    named = " ".join(f"{label.en} {label.ko}" for label in labels)
    return f"{brief.prose.en} {brief.prose.ko} {named}"


def _terms_of(brief: StudioBrief) -> Iterator[str]:
    """Yield the words of a brief that a set can show."""
    yield from brief.settings
    yield from brief.lighting.types
    yield from (*brief.moods, *brief.styles, *brief.textures, *brief.backdrop)
    yield from (prop.term for prop in brief.props)
    yield from (term for term in (brief.surface, brief.season) if term)


def _text_of(asset: BackgroundAsset, vocabulary: Vocabulary) -> str:
    """Return everything that is written about a set."""
    terms = [term.term for said in asset.facets.values() for term in said]
    labels = [vocabulary.label(term) for term in terms if vocabulary.has(term)]
    texts = [asset.name, asset.caption, *labels]
    return " ".join(f"{text.en} {text.ko}" for text in texts)


def _admits(where: Where, stocked: StockedSet) -> bool:
    """Tell whether a filter lets a set through."""
    return where.admits(stocked.asset.kind, stocked.asset.licence.id, stocked.shown)
