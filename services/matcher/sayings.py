"""Sentences out of the data file, in English and Korean, filled with words and numbers."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from pydantic import RootModel

from backlot.contracts.errors import ConfigurationError
from backlot.contracts.frozen import Localized
from backlot.vocabulary.reading import read_yaml

FILE = Path(__file__).parent / "data" / "reasons.yaml"

HANGUL_FIRST, HANGUL_LAST, FINALS = "가", "힣", 28
# Last letters and digits whose Korean reading ends in a consonant: 엘 엠 엔, 일 삼 육 칠 팔 영.
CLOSED_ENDINGS = frozenset("lmnLMN013678")

Value = str | Localized


class SayingFile(RootModel[dict[str, Localized]]):
    """The file of sentences."""


class Korean(str):
    """A Korean word that knows its particle: ``f"{word:은/는}"``."""

    __slots__ = ()

    def __format__(self, particles: str) -> str:
        """Return the word, with the particle for a closed or an open last sound when asked."""
        if not particles:
            return str(self)
        closed, open_ = particles.split("/")
        return f"{self!s}{closed if ends_closed(self) else open_}"


def ends_closed(word: str) -> bool:
    """Tell whether the last sound of a word is a consonant."""
    spoken = re.sub(r"[^\w가-힣]+$", "", word)
    if not spoken:
        return False
    last = spoken[-1]
    if HANGUL_FIRST <= last <= HANGUL_LAST:
        return (ord(last) - ord(HANGUL_FIRST)) % FINALS != 0
    return last in CLOSED_ENDINGS


def say(key: str, values: Mapping[str, Value]) -> Localized:
    """Return the sentence of a key, filled; a value may differ by language.

    In English ``{Word}`` is the value of ``word`` with a capital.
    """
    saying = _sayings()[key]
    english = {
        name: value if isinstance(value, str) else value.en for name, value in values.items()
    }
    korean = {name: value if isinstance(value, str) else value.ko for name, value in values.items()}
    capitals = {name.capitalize(): text[:1].upper() + text[1:] for name, text in english.items()}
    return Localized(
        en=saying.en.format_map({**capitals, **english}),
        ko=saying.ko.format_map({name: Korean(text) for name, text in korean.items()}),
    )


@cache
def _sayings() -> dict[str, Localized]:
    """Read the sentences; raise ConfigurationError where the languages want other values."""
    sayings = read_yaml(FILE).parse(SayingFile).root
    for key, saying in sayings.items():
        if _names(saying.en) != _names(saying.ko):
            raise ConfigurationError(f"{FILE}: {key}: en and ko take different values")
    return sayings


def _names(text: str) -> set[str]:
    """Return the values a sentence takes."""
    return {name.lower() for _, name, _, _ in Formatter().parse(text) if name}
