"""Finds sets by the words themselves: BM25 over captions and tags, English and Korean together.

S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator

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
        self._sets = {stocked.point_id: stocked for stocked in shelf.sets}
        bags = {
            stocked.point_id: Counter(tokens(_text_of(stocked.asset, vocabulary)))
            for stocked in shelf.sets
        }
        lengths = {point_id: bag.total() for point_id, bag in bags.items()}
        usual = sum(lengths.values()) / len(lengths) if lengths else 1.0
        self._postings: dict[str, list[tuple[str, float]]] = {}
        for point_id, bag in bags.items():
            norm = K1 * (1 - B + B * lengths[point_id] / usual)
            for word, count in bag.items():
                worth = count * (K1 + 1) / (count + norm)
                self._postings.setdefault(word, []).append((point_id, worth))
        self._rarity = {
            word: math.log(1 + (len(bags) - len(found) + 0.5) / (len(found) + 0.5))
            for word, found in self._postings.items()
        }

    def search(self, text: str, where: Where, limit: int) -> tuple[Hit, ...]:
        """Return the sets whose words a text uses, best first; similarity is the BM25 score."""
        scores: dict[str, float] = {}
        for word in set(tokens(text)):
            rarity = self._rarity.get(word, 0.0)
            for point_id, worth in self._postings.get(word, ()):
                scores[point_id] = scores.get(point_id, 0.0) + rarity * worth
        admitted = (
            Hit(point_id, score)
            for point_id, score in scores.items()
            if _admits(where, self._sets[point_id])
        )
        return tuple(sorted(admitted, key=lambda hit: (-hit.similarity, hit.point_id))[:limit])


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
