"""Listens to a text: forbidden claims, brands, unseen materials, seller's words, length."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from pydantic import BaseModel

from backlot.contracts.brief import StudioBrief
from backlot.contracts.frozen import Frozen
from backlot.vocabulary import Vocabulary
from backlot.vocabulary.colour import name_of
from services.lm_worker.facts import ProductFacts
from services.lm_worker.findings import Code, Finding
from services.lm_worker.prose.compose import FEWEST_WORDS, MOST_WORDS, count_words
from services.lm_worker.prose.lexicon import Lexicon
from services.lm_worker.stylist.reading import DataFile

# Korean says the same in fewer, longer words.
FEWEST_WORDS_KO = 28
_HANGUL = re.compile(r"[가-힣]+")
_LATIN = re.compile(r"[A-Za-z]+")
_MOSTLY = 0.6
_TOKEN = re.compile(r"[A-Za-z][\w'-]{2,}")
_ODD = re.compile(r"\d|[A-Z]{4,}")


class ForbiddenFile(Frozen):
    """The file of forbidden words."""

    health: dict[str, str]
    certificate: dict[str, str]
    superlative: dict[str, str]
    injection: dict[str, str]
    brands: tuple[str, ...]
    materials: dict[str, tuple[str, ...]]
    materials_ko: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Censor:
    """Compiled word lists.

    `claims` has, by kind, patterns under a text that all they find has in it; `names` are brands
    as `brands` finds them. `materials` maps, by language, a spoken word to the terms it may stand
    for; `spoken` finds them.
    """

    claims: dict[str, dict[str, re.Pattern[str]]]
    names: tuple[str, ...]
    brands: re.Pattern[str]
    materials: dict[str, dict[str, frozenset[str]]]
    spoken: dict[str, re.Pattern[str]]

    def forbidden(self, text: str) -> Iterator[tuple[Code, str]]:
        """Yield what a text says that no text may say."""
        # Patterns are in lower case: matching without regard to case is slower.
        lowered = text.lower()
        for kind, patterns in self.claims.items():
            if any(
                hint in lowered and pattern.search(lowered) for hint, pattern in patterns.items()
            ):
                yield Code.FORBIDDEN, f"a {kind} claim"
        # Looking for a plain text is many times faster than trying a pattern at every place.
        if any(name in text for name in self.names) and self.brands.search(text):
            yield Code.BRAND, "a brand"

    def unseen(
        self, text: str, language: str, allowed: frozenset[str], around: Callable[[], str]
    ) -> list[str]:
        """Return the materials a text names although they were not seen and are not of the set.

        Args:
            text: What is checked.
            language: en or ko.
            allowed: Material terms of the product and the set.
            around: Gives the text that speaks of the set and its props; its words may be used.
        """
        known, said = self.materials[language], self.spoken[language]
        named = dict.fromkeys(said.findall(text.lower()))
        doubtful = [word for word in named if not known[word] & allowed]
        if not doubtful:
            return []
        staged = set(said.findall(around().lower()))
        return [word for word in doubtful if word not in staged]


@cache
def shipped_censor() -> Censor:
    """Return the word lists that ship with this service."""
    words = DataFile("forbidden").parse(ForbiddenFile)
    kinds = ("health", "certificate", "superlative", "injection")
    names = "|".join(re.escape(name) for name in sorted(words.brands, key=len, reverse=True))
    latin = "|".join(map(re.escape, words.materials))
    return Censor(
        claims={kind: _compiled(getattr(words, kind)) for kind in kinds},
        names=words.brands,
        # A Korean name may have a particle behind it, a Latin one may not go on.
        brands=re.compile(rf"(?<![\w가-힣])(?:{names})(?![A-Za-z])"),
        materials={"en": _terms(words.materials), "ko": _terms(words.materials_ko)},
        spoken={
            "en": re.compile(rf"\b(?:{latin})\b"),
            "ko": re.compile("|".join(words.materials_ko)),
        },
    )


def _compiled(patterns: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {hint: re.compile(pattern) for hint, pattern in patterns.items()}


def prose_findings(
    brief: StudioBrief, facts: ProductFacts, vocabulary: Vocabulary, lexicon: Lexicon
) -> list[Finding]:
    """Return the faults of a brief's prose, in both languages."""
    found: list[Finding] = []
    for language, text, fewest in (
        ("en", brief.prose.en, FEWEST_WORDS),
        ("ko", brief.prose.ko, FEWEST_WORDS_KO),
    ):
        slot = f"prose.{language}"
        found.extend(_shape(text, language, fewest, slot))
        found.extend(text_findings(text, slot))
        allowed = frozenset(fact.term for fact in facts.materials)
        allowed |= {brief.surface} if brief.surface else set()
        around = partial(staging_text, brief, facts, vocabulary, lexicon, language)
        unseen = shipped_censor().unseen(text, language, allowed, around)
        if unseen:
            detail = f"names {', '.join(unseen)}, which nobody saw"
            found.append(Finding(code=Code.MATERIAL, slot=slot, detail=detail))
        if leaks(text, facts, vocabulary):
            detail = "repeats a word only the seller used"
            found.append(Finding(code=Code.SELLER_WORDS, slot=slot, detail=detail))
    return found


def text_findings(text: str, slot: str) -> list[Finding]:
    """Return forbidden claims and brands in any text."""
    said = shipped_censor().forbidden(text)
    return [Finding(code=code, slot=slot, detail=f"makes {detail}") for code, detail in said]


def leaks(text: str, facts: ProductFacts, vocabulary: Vocabulary) -> bool:
    """Tell whether a text repeats a name or an odd token that only the seller's words have."""
    for words in (facts.title, facts.category_words):
        for token in _TOKEN.findall(words or ""):
            if token not in text or token.lower() in _plain_words(vocabulary):
                continue
            if vocabulary.find(token) is not None:
                continue
            named = token[0].isupper() and re.search(rf"[^.!?]\s{re.escape(token)}\b", text)
            if named or _ODD.search(token):
                return True
    return False


def staging_text(
    brief: StudioBrief,
    facts: ProductFacts,
    vocabulary: Vocabulary,
    lexicon: Lexicon,
    language: str,
) -> str:
    """Return the labels of the facts, and every label and phrase of the brief's own terms."""
    props = tuple(prop.term for prop in brief.props)
    terms = (*brief.settings, *brief.lighting.types, *props, *brief.backdrop, *brief.textures)
    tables: tuple[dict[str, Any], ...] = (lexicon.sets, lexicon.lights, lexicon.props)
    said = [fact.label.en if language == "en" else fact.label.ko for fact in facts.seen]
    for term in terms:
        if vocabulary.has(term):
            label = vocabulary.label(term)
            said.append(label.en if language == "en" else label.ko)
        for table in tables:
            if term in table:
                said.extend(_strings(getattr(table[term], language)))
    colours = (lexicon.colours[s] for s in _palette_names(brief) if s in lexicon.colours)
    said.extend(colour.en if language == "en" else colour.ko for colour in colours)
    return " | ".join(said)


def _palette_names(brief: StudioBrief) -> list[str]:
    return [name_of(shade) for shade in brief.palette.hexes]


def _shape(text: str, language: str, fewest: int, slot: str) -> Iterator[Finding]:
    """Yield faults of length and language."""
    words = count_words(text)
    if not fewest <= words <= MOST_WORDS:
        yield Finding(code=Code.LENGTH, slot=slot, detail=f"{words} words")
    hangul, latin = (sum(map(len, script.findall(text))) for script in (_HANGUL, _LATIN))
    own = hangul if language == "ko" else latin
    if own < _MOSTLY * (hangul + latin) or own == 0:
        yield Finding(code=Code.LANGUAGE, slot=slot, detail=f"is not {language}")


def _terms(words: dict[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    return {word: frozenset(f"material/{slug}" for slug in slugs) for word, slugs in words.items()}


def _strings(value: Any) -> Iterator[str]:
    """Yield every text inside a phrase entry."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _strings(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _strings(item)


@cache
def _plain_words(vocabulary: Vocabulary) -> frozenset[str]:
    """Return every single word of every label: words that say nothing about who wrote them."""
    labels = (term.label.en for facet in vocabulary.facets.values() for term in facet.terms)
    return frozenset(word for label in labels for word in label.lower().split())
