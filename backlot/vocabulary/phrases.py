"""Text handling for the words: normalising, articles, and finding words in longer texts."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

_GAPS = re.compile(r"[\s_\-\u2010-\u2015]+")
_ARTICLE = re.compile(r"^an? (?=.)")
_HANGUL = re.compile(r"[가-힣]")
_WORD = re.compile(r"(?:(?![가-힣])[\w'])+")
# Written with a vowel but spoken with a consonant, and the other way round.
_SPOKEN_CONSONANT = re.compile(r"^(?:uni|use|usu|eu|one|once)")
_SPOKEN_VOWEL = re.compile(r"^(?:hour|honest|honou?r|heir)")
_SPELLED_OUT = re.compile(r"^[A-Z](?=[A-Z0-9-])")
_VOWELS = frozenset("aeiou")
_VOWEL_NAMED = frozenset("AEFHILMNORSX")
_ARTICLE_BEFORE_SLOT = re.compile(r"\ba \{\}")
# One syllable of Hangul stands inside too many longer words to mean anything there.
MIN_SYLLABLES = 2

T = TypeVar("T")
Span = tuple[int, int]


def normalise(text: str) -> str:
    """Return the text NFC-composed, case-folded, with every run of spaces or hyphens as a space."""
    folded = unicodedata.normalize("NFC", text).casefold().replace("\u2019", "'")
    # Folding may take a letter apart again.
    return _GAPS.sub(" ", unicodedata.normalize("NFC", folded)).strip()


def has_hangul(text: str) -> bool:
    """Tell whether the text holds at least one Hangul syllable."""
    return _HANGUL.search(text) is not None


def lookup_key(text: str) -> str:
    """Return what two spellings of one word share.

    A leading English article does not count, nor do spaces in Korean, where writers differ.
    """
    plain = _ARTICLE.sub("", normalise(text))
    return plain.replace(" ", "") if has_hangul(plain) else plain


def spellings(text: str) -> tuple[str, ...]:
    """Return how the word may stand inside a normalised longer text."""
    plain = _ARTICLE.sub("", normalise(text))
    if not has_hangul(plain):
        return (plain,)
    compact = plain.replace(" ", "")
    if len(compact) < MIN_SYLLABLES:
        return ()
    return tuple(dict.fromkeys((plain, compact)))


def with_article(noun: str) -> str:
    """Return the noun with "a" or "an" in front, by its spelling."""
    lowered = noun.lower()
    if _SPELLED_OUT.match(noun):
        vowel = noun[0] in _VOWEL_NAMED
    else:
        vowel = lowered[:1] in _VOWELS and not _SPOKEN_CONSONANT.match(lowered)
    return f"{'an' if vowel or _SPOKEN_VOWEL.match(lowered) else 'a'} {noun}"


def fill(template: str, label: str, *, article: bool) -> str:
    """Put an English label into a template, with the article it needs.

    Args:
        template: Text with one ``{}``; an "a" right before it follows the label's sound.
        label: English label.
        article: Whether the label stands for one countable thing and brings its own article.
    """
    if _ARTICLE_BEFORE_SLOT.search(template):
        return _ARTICLE_BEFORE_SLOT.sub(lambda _: with_article(label), template)
    return template.replace("{}", with_article(label) if article else label)


@dataclass(frozen=True)
class Sayings(Generic[T]):
    """What can be found in a text: normalised spelling (see `spellings`) to value."""

    words: Mapping[str, T]

    @cached_property
    def longest(self) -> int:
        """How many words the longest spelling has."""
        return max((spelling.count(" ") + 1 for spelling in self.words), default=0)

    @cached_property
    def hangul(self) -> Mapping[str, T]:
        """The spellings with Hangul."""
        return {spelling: value for spelling, value in self.words.items() if has_hangul(spelling)}


def spoken_of(text: str, sayings: Sayings[T]) -> tuple[T, ...]:
    """Return the values of all words that occur in a text, longest occurrence first.

    Spellings with Hangul match inside longer words, others match whole words and forgive a plural
    -s or -es. Shorter words that overlap a longer one do not count; neither does a value twice.

    Args:
        text: Any text, for example a seller's title.
        sayings: What to find.
    """
    plain = normalise(text)
    hits = [*_whole_words(plain, sayings), *_inside_words(plain, sayings)]
    hits.sort(key=lambda hit: (hit[0] - hit[1], hit[0]))
    taken: list[Span] = []
    found: list[T] = []
    for start, end, value in hits:
        if any(start < other_end and other_start < end for other_start, other_end in taken):
            continue
        taken.append((start, end))
        if value not in found:
            found.append(value)
    return tuple(found)


def _whole_words(plain: str, sayings: Sayings[T]) -> Iterator[tuple[int, int, T]]:
    """Yield start, end and value for every run of whole words that is known."""
    words, longest = sayings.words, sayings.longest
    spans = [match.span() for match in _WORD.finditer(plain)]
    for first, (start, _) in enumerate(spans):
        for _, end in spans[first : first + longest]:
            value = next(
                (words[form] for form in _singulars(plain[start:end]) if form in words), None
            )
            if value is not None:
                yield start, end, value


def _inside_words(plain: str, sayings: Sayings[T]) -> Iterator[tuple[int, int, T]]:
    """Yield start, end and value for every known spelling with Hangul, wherever it stands."""
    if not has_hangul(plain):
        return
    for spelling, value in sayings.hangul.items():
        if spelling in plain:
            yield from (
                (m.start(), m.end(), value) for m in re.finditer(re.escape(spelling), plain)
            )


def _singulars(words: str) -> Iterator[str]:
    """Yield the words themselves, then what they may be the plural of."""
    yield words
    if words.endswith("s") and not words.endswith("ss"):
        yield words[:-1]
    if words.endswith("es"):
        yield words[:-2]
