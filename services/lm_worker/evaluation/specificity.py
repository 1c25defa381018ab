"""How different the briefs of different products are."""

import re
from collections import Counter
from collections.abc import Sequence

from backlot.contracts.brief import StudioBrief
from services.lm_worker.evaluation.metrics import prose, slots_of
from services.lm_worker.evaluation.writing import Written

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"\w+")
_RUN = 3
Combination = tuple[tuple[str, ...], ...]


def trigrams(text: str) -> frozenset[tuple[str, ...]]:
    """Return every run of three words, lower case, punctuation left out."""
    said = _WORD.findall(text.lower())
    return frozenset(zip(*(said[at:] for at in range(_RUN)), strict=False))


def jaccard(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    """Likeness of two sets: |both| / |either|, from 0 (nothing shared) to 1 (the same)."""
    either = len(one | other)
    return len(one & other) / either if either else 0.0


def self_similarity(made: Sequence[Written], language: str) -> list[float]:
    """For each product, the mean likeness of its first text to every other product's, 0 to 1.

    Likeness is the Jaccard index of word trigrams; the mean of the list is the mean over pairs.
    """
    texts = [trigrams(prose(one.briefs[0], language)) for one in made if one.briefs]
    if len(texts) < 2:  # noqa: PLR2004 - a pair
        return []
    sums = [0.0] * len(texts)
    for at, text in enumerate(texts):
        for before in range(at):
            likeness = jaccard(text, texts[before])
            sums[at] += likeness
            sums[before] += likeness
    return [total / (len(texts) - 1) for total in sums]


def combination(brief: StudioBrief) -> Combination:
    """Return what makes a picture recognisable: set, main light, angle, first mood, and props."""
    slots = slots_of(brief)
    leading = (slots[slot][:1] for slot in ("settings", "lighting", "technique", "moods"))
    return (*leading, slots["props"])


def distinct_combinations(made: Sequence[Written]) -> int:
    """Count different combinations among the products' first briefs, from 1 to their number."""
    return len({combination(one.briefs[0]) for one in made if one.briefs})


def commonest_sentence(made: Sequence[Written], language: str) -> tuple[float, str]:
    """Highest share of products whose texts have one same sentence, from 0 to 1, and that sentence.

    All candidates count, each sentence once a product.
    """
    shared: Counter[str] = Counter()
    for one in made:
        texts = (prose(brief, language) for brief in one.briefs)
        shared.update({sentence for text in texts for sentence in _SENTENCE.split(text.strip())})
    if not shared:
        return 0.0, ""
    # Of equally common ones the last in the alphabet, so that a result can be repeated.
    count, sentence = max((count, sentence) for sentence, count in shared.items())
    return count / len(made), sentence
