"""What a brief asks of the index: one question per slot, made of words that are encoded once."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backlot.contracts.background import BackgroundKind
from backlot.contracts.brief import StudioBrief
from backlot.vocabulary import Vocabulary
from services.matcher.index import blend, phrase
from services.matcher.overlap import surfaces_of
from services.matcher.port import Ask, Hit, Vector, VectorName, Where
from services.matcher.weights import Question, Weights

PROSE_WORDS = 48
"""A brief says first where to put the product and then how to light it and what to add. The slots
ask for light and props themselves, and the encoder's time grows with the words: half of them cost
half of a match's time for the same ranking."""

_SENTENCE = re.compile(r"\S.*?(?:[.!?]+(?=\s|$)|$)", re.DOTALL)

USING: dict[Question, VectorName] = {
    "setting": "setting",
    "lighting": "look",
    "mood": "look",
    "style": "look",
    "surface": "caption",
    "prose": "caption",
    "preview": "preview",
    "product": "caption",
}


@dataclass(frozen=True)
class Spoken:
    """The words of one question with what each is worth."""

    question: Question
    words: tuple[tuple[str, float], ...]
    where: Where


def spoken_by(
    brief: StudioBrief,
    where: Where,
    vocabulary: Vocabulary,
    weights: Weights,
    *,
    previews: bool = False,
    briefly: bool = False,
) -> tuple[Spoken, ...]:
    """Return the questions of a brief in words; slots it leaves open ask nothing.

    Settings ask once per kind, each among its own kind, and their answers are joined by
    similarity: a mean of a backdrop and a kitchen would be near neither. Previews are asked in
    single words too, because image encoders read little more than a line. A text that the rules
    made of the slots says nothing the slots do not, and is not asked: measured on the open half it
    changed nothing, and to encode it is a run of the network for every job.

    Args:
        brief: What to ask for.
        where: Which sets may be found.
        vocabulary: Where the terms' words are.
        weights: What the words count.
        previews: Whether the index has preview vectors.
        briefly: Ask for the settings alone: every further question costs the embedded engine
            about a millisecond, and the prose a run of the encoder.
    """
    of_kinds = [
        Spoken("setting", _words(terms, vocabulary, weights), _of_kind(kind, where))
        for kind, terms in _settings_by_kind(brief, where.kinds)
    ]
    if briefly:
        return tuple(spoken for spoken in of_kinds if spoken.words)
    looks: list[tuple[Question, Sequence[str]]] = [
        ("lighting", brief.lighting.types),
        ("mood", brief.moods),
        ("style", brief.styles),
    ]
    if previews:
        seen = (*brief.settings, *(terms[0] for _, terms in looks if terms))
        looks.append(("preview", seen))
    questions = [Spoken(name, _words(terms, vocabulary, weights), where) for name, terms in looks]
    questions += of_kinds
    questions.append(Spoken("surface", _words(surfaces_of(brief), vocabulary, weights), where))
    if brief.prose.en.strip() and brief.source != "rules":
        questions.append(Spoken("prose", ((opening_of(brief.prose.en), 1.0),), where))
    return tuple(spoken for spoken in questions if spoken.words)


def opening_of(prose: str) -> str:
    """Return the first sentences of a text, as many as `PROSE_WORDS` hold, but at least one."""
    sentences = _SENTENCE.findall(prose.strip())
    kept, words = sentences[:1], len(sentences[0].split()) if sentences else 0
    for sentence in sentences[1:]:
        words += len(sentence.split())
        if words > PROSE_WORDS:
            break
        kept.append(sentence)
    return " ".join(sentence.strip() for sentence in kept) or prose


def kin_of(noun: str, wheres: Sequence[Where]) -> tuple[Spoken, ...]:
    """Return the one question after what the product is called; none when it has no name.

    Args:
        noun: What it is called.
        wheres: Filters of all orders; together they must let through what any of them does.
    """
    if not noun:
        return ()
    kinds = frozenset(kind for where in wheres for kind in where.kinds)
    avoid = frozenset.intersection(*(where.avoid for where in wheres))
    return (Spoken("product", ((noun, 1.0),), Where(kinds, avoid)),)


def texts_of(questions: Iterable[Spoken], *, previews: bool = False) -> tuple[str, ...]:
    """Return every text to encode, each once: for the sentence encoder, or for the previews'."""
    asked = (spoken for spoken in questions if (spoken.question == "preview") is previews)
    return tuple(dict.fromkeys(text for spoken in asked for text, _ in spoken.words))


def asks_of(
    questions: Sequence[Spoken], read: Mapping[str, Vector], seen: Mapping[str, Vector]
) -> list[Ask]:
    """Return the questions as the index takes them, one for each.

    Args:
        questions: In words.
        read: Text to its vector by the sentence encoder.
        seen: Text to its vector by the previews' encoder.
    """
    return [
        Ask(USING[spoken.question], _meaning(spoken, read, seen), spoken.where)
        for spoken in questions
    ]


def _meaning(spoken: Spoken, read: Mapping[str, Vector], seen: Mapping[str, Vector]) -> Vector:
    """Return the direction of a question's words; of the first one where they cancel out."""
    vectors = seen if spoken.question == "preview" else read
    blended = blend((vectors[text], worth) for text, worth in spoken.words)
    return vectors[spoken.words[0][0]] if blended is None else blended


def lists_of(
    questions: Sequence[Spoken], answers: Sequence[Sequence[Hit]]
) -> dict[Question, list[Hit]]:
    """Return the answers by question; those to one question are joined by similarity."""
    lists: dict[Question, list[Hit]] = {}
    for spoken, hits in zip(questions, answers, strict=True):
        lists.setdefault(spoken.question, []).extend(hits)
    return {
        question: sorted(hits, key=lambda hit: (-hit.similarity, hit.point_id))
        for question, hits in lists.items()
    }


def _of_kind(kind: BackgroundKind, where: Where) -> Where:
    """Return the same filter for one kind."""
    return Where(frozenset({kind}), where.avoid, where.licences)


def _settings_by_kind(
    brief: StudioBrief, kinds: Iterable[BackgroundKind]
) -> list[tuple[BackgroundKind, tuple[str, ...]]]:
    """Return the settings to ask for among each kind; those of the other kind where none is."""
    return [
        (
            kind,
            tuple(term for term in brief.settings if term.startswith(f"setting_{kind}/"))
            or brief.settings,
        )
        for kind in sorted(kinds)
    ]


def _words(
    terms: Sequence[str], vocabulary: Vocabulary, weights: Weights
) -> tuple[tuple[str, float], ...]:
    """Return the known terms as phrases with what their place is worth."""
    known = [term for term in dict.fromkeys(terms) if vocabulary.has(term)]
    return tuple((phrase(term, vocabulary), weights.worth(i)) for i, term in enumerate(known))
