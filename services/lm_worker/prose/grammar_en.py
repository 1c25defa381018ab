"""English as the templates need it: articles by sound, agreement, capitals."""

import re

_SPOKEN_CONSONANT = re.compile(r"^(?:uni|use|usu|eu|one\b|once)")
_SPOKEN_VOWEL = re.compile(r"^(?:hour|honest|honou?r|heir|8|11\b|18\b)")
_CHOICE = re.compile(r"\[([^\[\]|]*)\|([^\[\]|]*)\]")
_SENTENCE_START = re.compile(r"(^|[.!?]\s+)([a-z])")
_ARTICLE = re.compile(r"\b([Aa]) ([\w'-]+)")


def with_article(noun: str) -> str:
    """Put "a" or "an" in front, by sound; numbers count too ("an 85 mm lens")."""
    return _article_before("a", noun)


def articles(text: str) -> str:
    """Turn "a" into "an" wherever the next word asks for it."""
    return _ARTICLE.sub(lambda mark: _article_before(mark.group(1), mark.group(2)), text)


def agreeing(text: str, *, plural: bool) -> str:
    """Resolve every ``[singular|plural]``."""
    return _CHOICE.sub(r"\2" if plural else r"\1", text) if "[" in text else text


def capitalised(text: str) -> str:
    """Begin every sentence with a capital."""
    return _SENTENCE_START.sub(lambda start: start.group(1) + start.group(2).upper(), text)


def _article_before(article: str, noun: str) -> str:
    lowered = noun.lower()
    vowel = lowered[:1] in "aeiou" and not _SPOKEN_CONSONANT.match(lowered)
    return f"{article}{'n' if vowel or _SPOKEN_VOWEL.match(lowered) else ''} {noun}"
