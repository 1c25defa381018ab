"""Korean particles that follow the sound of the word before them, and verb endings that join.

Rules: National Institute of Korean Language, standard grammar (조사, 어미).
"""

import re
from functools import lru_cache

_FIRST, _LAST = ord("가"), ord("힣")
_FINALS = 28
_RIEUL = 8
_BIEUP = 17
_MARK = re.compile(r"(\S)(\)?)\[([^\[\]/]*)/([^\[\]/]*)\]")
# Digits and letters as Koreans say them: 3 is "sam" and ends in a consonant, 2 is "i" and does not.
_SAID_WITH_FINAL = frozenset("0136780LMNRlmnr")
_SAID_WITH_RIEUL = frozenset("178LRlr")
# Verbs whose stem loses its rieul before the formal ending and gets it back before others.
_LOST_RIEUL = {"만듭니다": "만들", "엽니다": "열", "듭니다": "들", "놉니다": "놀"}


def has_final(word: str) -> bool:
    """Tell whether a word ends in a consonant when spoken."""
    last = word[-1:]
    if _FIRST <= ord(last or " ") <= _LAST:
        return (ord(last) - _FIRST) % _FINALS != 0
    return last in _SAID_WITH_FINAL


def with_particles(text: str) -> str:
    """Replace every mark ``[을/를]`` by the form that fits the character before it.

    The form for a final consonant stands first. After a final rieul 으로 becomes 로.
    """
    return _MARK.sub(_fitting, text) if "[" in text else text


@lru_cache(maxsize=8192)
def joined(closing: str) -> str:
    """Turn a closing predicate ("…를 더합니다") into one that goes on ("…를 더하고")."""
    for formal, stem in _LOST_RIEUL.items():
        if closing.endswith(formal):
            return closing[: -len(formal)] + stem + "고"
    if closing.endswith("습니다"):
        return closing[: -len("습니다")] + "고"
    if closing.endswith("니다"):
        body = closing[: -len("니다")]
        if body and (ord(body[-1]) - _FIRST) % _FINALS == _BIEUP:
            return body[:-1] + chr(ord(body[-1]) - _BIEUP) + "고"
    raise ValueError(f"not a closing form: {closing!r}")


def _fitting(mark: re.Match[str]) -> str:
    before, bracket, with_consonant, with_vowel = mark.groups()
    if with_consonant == "으로" and _ends_in_rieul(before):
        form = "로"
    else:
        form = with_consonant if has_final(before) else with_vowel
    return f"{before}{bracket}{form}"


def _ends_in_rieul(character: str) -> bool:
    if _FIRST <= ord(character) <= _LAST:
        return (ord(character) - _FIRST) % _FINALS == _RIEUL
    return character in _SAID_WITH_RIEUL
