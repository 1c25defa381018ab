"""Finds what a seller's title names: the word that is sold, not every word that stands in it."""

import re

from backlot.vocabulary import Term, Vocabulary
from backlot.vocabulary.phrases import has_hangul

CATEGORY = "product_category"
# Facets whose words may follow the thing ("running shoes black leather") without changing it.
FOLLOWING_FACETS = ("colour_name", "material", "finish_texture", "style")
FOLLOWING_WORDS = frozenset(
    {"men", "men's", "women", "women's", "kids", "unisex", "pack", "pcs", "pieces", "new"}
)
# In "office chair ergonomic adjustable mesh" the thing leads; in "guitar strap" it qualifies the
# word after it. From this many words on, the first reading is the likelier one.
ROW_TAIL = 3

_BREAKS = re.compile(r"[,;:|/()\[\]>•·!?\u2013\u2014\"]+|\s-\s|\.\s")
# What follows one of these qualifies the thing: "backpack with laptop compartment".
_QUALIFIES = re.compile(
    r"\s(?:for|with|in|on|by|from|to|about|like|shaped|featuring|incl\.?|including|w/)\s",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"^\d[\d.,x]*(?:\s?(?:ml|l|cl|oz|g|kg|lb|mm|cm|m|inch|in|qt|w|v|mah|gb|p|pc|ct))?$",
    re.IGNORECASE,
)
_UNIT = re.compile(r"^(?:ml|l|cl|oz|g|kg|lb|mm|cm|m|inch|in|qt|w|v|mah|gb|x|%)$", re.IGNORECASE)


def named_category(vocabulary: Vocabulary, text: str) -> Term | None:
    """Return the category that a text names as the thing itself; None when none is.

    The thing ends its phrase, measures, colours and materials aside: "phone case for travel" is a
    phone case, "watch strap" and "lid for tumbler" name nothing the vocabulary knows. In Korean
    other words may follow as long as only one category is mentioned.
    """
    for phrase in _phrases(text):
        mentioned = vocabulary.mentions(phrase, CATEGORY)
        anything_may_follow = has_hangul(phrase) and len(mentioned) == 1
        words = phrase.split() if mentioned else []
        while words:
            last = _ending(vocabulary, words)
            if last is not None:
                return last
            if not anything_may_follow and not _may_follow(vocabulary, words[-1]):
                break
            words.pop()
    return None


def leading_categories(vocabulary: Vocabulary, text: str) -> frozenset[str]:
    """Return ids of categories mentioned well before the end of a phrase, as in rows of words."""
    rows = ([word for word in phrase.split() if not _is_measure(word)] for phrase in _phrases(text))
    return frozenset(
        term.id for row in rows for term in vocabulary.mentions(" ".join(row[:-ROW_TAIL]), CATEGORY)
    )


def without_words_of(term: Term, text: str) -> str:
    """Return the text without the term's own words, so that "orange juice" says no colour."""
    for words in sorted((term.label.en, *term.synonyms), key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(words)}(?:e?s)?\b", " ", text, flags=re.IGNORECASE)
    return text


def _phrases(text: str) -> tuple[str, ...]:
    """Split a title at punctuation, and cut each part before what only qualifies it."""
    parts = (part.strip() for part in _BREAKS.split(text))
    return tuple(_QUALIFIES.split(part, maxsplit=1)[0].strip() for part in parts if part)


def _ending(vocabulary: Vocabulary, words: list[str]) -> Term | None:
    """Return the category whose mention takes in the last word."""
    before = set(vocabulary.mentions(" ".join(words[:-1]), CATEGORY))
    alone = vocabulary.mentions(words[-1], CATEGORY)
    now = vocabulary.mentions(" ".join(words), CATEGORY)
    return next((term for term in now if term not in before or term in alone), None)


def _may_follow(vocabulary: Vocabulary, word: str) -> bool:
    """Whether a word after the thing leaves it what it is."""
    return (
        _is_measure(word)
        or word.casefold() in FOLLOWING_WORDS
        or any(vocabulary.mentions(word, facet) for facet in FOLLOWING_FACETS)
    )


def _is_measure(word: str) -> bool:
    """Whether the word is a number, a unit or both."""
    return bool(_MEASURE.match(word) or _UNIT.match(word))
