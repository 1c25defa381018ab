"""Writes the prose of a brief: which sentences, in which order, within which length."""

from collections.abc import Callable

from backlot.contracts.brief import StudioBrief
from backlot.contracts.frozen import Localized
from services.lm_worker.prose.grammar_en import agreeing, articles, capitalised
from services.lm_worker.prose.lexicon import Lexicon, Patterns, Template, shipped_lexicon
from services.lm_worker.prose.naming import english, korean
from services.lm_worker.prose.particles import with_particles
from services.lm_worker.prose.words import Speaker, Words
from services.lm_worker.stylist.ballot import Dice
from services.lm_worker.stylist.product import Product

FEWEST_WORDS = 40
MOST_WORDS = 90
# A little air below the limit; Korean says the same in fewer words.
_ROOM = {"en": 88, "ko": 68}
_SHORTEST_SENTENCE = 6
# Never left out, in this order; what follows is said while there is room.
_ALWAYS = ("open", "light", "props")
_MORE = ("season", "camera", "edge", "colour", "size", "avoid")
_PLANS: tuple[tuple[str, ...], ...] = (
    ("open", "light", "edge", "props", "season", "size", "camera", "colour", "avoid"),
    ("open", "colour", "light", "edge", "camera", "props", "season", "size", "avoid"),
    ("open", "camera", "light", "edge", "colour", "props", "season", "size", "avoid"),
    ("open", "props", "season", "size", "colour", "light", "edge", "camera", "avoid"),
    ("open", "light", "edge", "camera", "colour", "props", "season", "size", "avoid"),
)
Offer = tuple[int, Template]
_SECOND = frozenset({"tech2_do", "tech2_how"})


def compose(
    brief: StudioBrief, product: Product, dice: Dice, lexicon: Lexicon | None = None
) -> Localized:
    """Write the prose of a brief in every language; the same input gives the same text."""
    words = lexicon or shipped_lexicon()
    named = english(product, words, dice)
    en = Text(
        "en",
        words.en,
        Speaker(brief, product, words, dice, named).english(),
        lambda text: capitalised(articles(agreeing(text, plural=named.plural))),
        dice,
    )
    ko = Text(
        "ko",
        words.ko,
        Speaker(brief, product, words, dice, korean(product, words, dice)).korean(),
        with_particles,
        dice,
    )
    return Localized(en=en.written(brief, product), ko=ko.written(brief, product))


def count_words(text: str) -> int:
    """Count what is written between spaces and has a letter or digit in it."""
    return sum(any(map(str.isalnum, word)) for word in text.split())


class Text:
    """One text in one language.

    Args:
        language: en or ko.
        patterns: Its sentence patterns.
        words: What fills them.
        finish: Grammar to apply to a filled sentence.
        dice: Decides between equally good patterns.
    """

    def __init__(
        self,
        language: str,
        patterns: Patterns,
        words: Words,
        finish: Callable[[str], str],
        dice: Dice,
    ) -> None:
        self._language = language
        self._patterns = patterns
        self._words = words
        self._sizes = {name: len(word.split()) for name, word in words.items()}
        self._known = frozenset(words)
        self._finish = finish
        self._dice = dice

    def written(self, brief: StudioBrief, product: Product) -> str:
        """Return the text: what must be said, then what there is room for, as planned."""
        must = {part: self._offers(part, brief, product) for part in _ALWAYS}
        shortest = {part: _shortest(offers) for part, offers in must.items()}
        owed = sum(shortest.values())
        room = _ROOM[self._language]
        said: dict[str, str] = {}
        openings: set[str] = set()
        for part in (*_ALWAYS, *_MORE):
            if part in must:
                owed -= shortest[part]
            elif room < _SHORTEST_SENTENCE or (part == "colour" and "edge" in said):
                # The reason for an edge light has named both colours already.
                continue
            offers = must.get(part) or self._offers(part, brief, product)
            fitting = [offer for offer in offers if offer[0] <= room - owed]
            if not fitting and part in must:
                fitting = [offer for offer in offers if offer[0] == shortest[part]][:1]
            if fitting:
                size, pattern = self._picked(fitting, f"{part}|{brief.variant}", openings)
                said[part] = self._finish(pattern.text.format_map(self._words))
                openings.add(said[part].partition(" ")[0].lower())
                room -= size
        plan = self._dice.pick(_PLANS, f"plan|{brief.variant}")
        return " ".join(said[part] for part in plan if part in said)

    def _picked(self, fitting: list[Offer], key: str, openings: set[str]) -> Offer:
        """Pick a pattern, rather one that does not begin like a sentence already there."""
        fresh = [offer for offer in fitting if offer[1].first_word not in openings]
        return self._dice.pick(fresh or fitting, f"{self._language}|{key}")

    def _offers(self, part: str, brief: StudioBrief, product: Product) -> list[Offer]:
        """Return every pattern a part can use, with its length in words."""
        choice = self._patterns.choice(_name_of(part, brief, product))
        usable = choice.usable(self._known, brief.palette.scheme)
        if part == "camera" and "tech2_so" in self._words:
            # The lens may follow from the second technique, so both are named.
            usable = tuple(template for template in usable if template.names & _SECOND)
        size_of = self._sizes.__getitem__
        return [
            (template.own_words + sum(map(size_of, template.names)), template)
            for template in usable
        ]


def _name_of(part: str, brief: StudioBrief, product: Product) -> str:
    """Name the patterns a part is made of."""
    if part != "open":
        return part
    return f"open {brief.variant}" if product.is_known else "unknown"


def _shortest(offers: list[Offer]) -> int:
    return min([size for size, _ in offers], default=0)
