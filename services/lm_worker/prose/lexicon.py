"""The phrases prose is made of: how each language speaks of every word of the vocabulary."""

import re
import string
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, TypeVar

from pydantic import BaseModel, Field

from backlot.contracts.frozen import Frozen, Localized
from backlot.contracts.terms import TermId
from backlot.vocabulary import Vocabulary, load_vocabulary
from services.lm_worker.stylist.reading import DATA, DataFile
from services.lm_worker.stylist.rules import VARIANTS

_NAME = re.compile(r"\{\w+\}")
M = TypeVar("M", bound=BaseModel)
Phrases = tuple[str, ...]
_PARTS = ("unknown", "light", "edge", "camera", "props", "colour", "season", "avoid", "size")


class SetEnglish(Frozen):
    """A set: where the product stands, and what the set does for it."""

    table: Phrases
    floor: Phrases = ()
    do: Phrases


class SetKorean(Frozen):
    """A set as a noun, and what it does."""

    place: Phrases
    floor: Phrases = ()
    do: Phrases


class SetPhrases(Frozen):
    """How prose speaks of a set."""

    en: SetEnglish
    ko: SetKorean


class Doer(Frozen):
    """A thing and what it does."""

    name: Phrases
    do: Phrases


class LightPhrases(Frozen):
    """How prose speaks of a light; `placed` ones need no direction."""

    en: Doer
    ko: Doer
    placed: bool = False


class TechniqueEnglish(Frozen):
    """What to do with the camera and what follows."""

    do: Phrases
    so: Phrases


class TechniqueKorean(Frozen):
    """Where the camera goes and what follows."""

    how: Phrases
    so: Phrases


class TechniquePhrases(Frozen):
    """How prose speaks of a technique."""

    en: TechniqueEnglish
    ko: TechniqueKorean


class Helper(Frozen):
    """A prop and what it is there for."""

    name: Phrases
    why: Phrases


class PropPhrases(Frozen):
    """How prose speaks of a prop."""

    en: Helper
    ko: Helper


class Stuff(Frozen):
    """A material or finish before a noun, and what is true of it."""

    adj: str | None = None
    truth: Phrases


class MatterPhrases(Frozen):
    """How prose speaks of a material or a finish."""

    en: Stuff
    ko: Stuff
    surface: Localized | None = None


class MoodKorean(Frozen):
    """A mood before a noun and before a verb."""

    adj: Phrases
    adv: Phrases


class MoodPhrases(Frozen):
    """How prose speaks of a mood."""

    en: Phrases
    ko: MoodKorean


class Template(Frozen):
    """One sentence pattern; `schemes` names the colour schemes it is true of, empty is all."""

    text: str
    schemes: tuple[str, ...] = ()

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that must be filled in."""
        return frozenset(name for _, name, _, _ in string.Formatter().parse(self.text) if name)

    @cached_property
    def own_words(self) -> int:
        """How many words it has besides those that are filled in."""
        return sum(1 for word in self.text.split() if not _NAME.search(word))

    @cached_property
    def first_word(self) -> str:
        """What it begins with."""
        return self.text.partition(" ")[0].lower()


class Patterns(Frozen):
    """All sentence patterns of one language, by part of the text, and then by candidate."""

    open: dict[str, tuple[Template, ...]]
    unknown: tuple[Template, ...]
    light: tuple[Template, ...]
    edge: tuple[Template, ...]
    camera: tuple[Template, ...]
    props: tuple[Template, ...]
    colour: tuple[Template, ...]
    season: tuple[Template, ...]
    avoid: tuple[Template, ...]
    size: tuple[Template, ...]
    words: dict[str, dict[str, str]] = Field(description="Directions, places and reasons.")

    def choice(self, name: str) -> "Choice":
        """Return the patterns of a part; the opening has those of each candidate: ``open safe``."""
        return self._choices[name]

    @cached_property
    def _choices(self) -> dict[str, "Choice"]:
        opening = {
            f"open {variant}": self.open.get(variant, self.open["safe"]) for variant in VARIANTS
        }
        others = {name: getattr(self, name) for name in _PARTS}
        return {name: Choice(templates) for name, templates in {**opening, **others}.items()}


class Choice:
    """The patterns of one part of a text, and which of them can be used when.

    Args:
        templates: The patterns.
    """

    def __init__(self, templates: tuple[Template, ...]) -> None:
        self._templates = templates
        self._names = frozenset(name for template in templates for name in template.names)
        self._found: dict[tuple[frozenset[str], str], tuple[Template, ...]] = {}

    def usable(self, known: frozenset[str], scheme: str) -> tuple[Template, ...]:
        """Return the patterns whose names are known and which are true of the colour scheme.

        A pattern made for the scheme at hand says more than one that fits all: it counts twice.
        """
        key = (self._names & known, scheme)
        if key not in self._found:
            fitting = [
                template
                for template in self._templates
                if template.names <= known and (not template.schemes or scheme in template.schemes)
            ]
            made_for_it = (template for template in fitting if template.schemes)
            self._found[key] = (*fitting, *made_for_it)
        return self._found[key]


@dataclass(frozen=True)
class Lexicon:
    """All phrases by term id, and the sentence patterns by language."""

    sets: dict[str, SetPhrases]
    lights: dict[str, LightPhrases]
    techniques: dict[str, TechniquePhrases]
    props: dict[str, PropPhrases]
    matters: dict[str, MatterPhrases]
    moods: dict[str, MoodPhrases]
    styles: dict[str, Localized]
    colours: dict[str, Localized]
    seasons: dict[str, Localized]
    avoid: dict[str, Localized]
    en: Patterns
    ko: Patterns

    def patterns(self, language: str) -> Patterns:
        """Return the sentence patterns of a language."""
        return self.en if language == "en" else self.ko


def load_lexicon(vocabulary: Vocabulary) -> Lexicon:
    """Load every phrase; one for an unknown word, or of a wrong shape, is refused."""

    def table(name: str, facets: tuple[str, ...], model: type[M]) -> dict[TermId, M]:
        file = DataFile(f"phrases/{name}", DATA)
        content: dict[str, Any] = file.entries(facets, vocabulary)
        return {term: file.parse(model, entry) for term, entry in content.items()}

    studios = table("settings_studio", ("setting_studio",), SetPhrases)
    spaces = table("settings_space", ("setting_space",), SetPhrases)
    materials = table("materials", ("material",), MatterPhrases)
    finishes = table("finishes", ("finish_texture",), MatterPhrases)
    return Lexicon(
        sets={**studios, **spaces},
        lights=table("lighting", ("lighting",), LightPhrases),
        techniques=table("technique", ("photo_technique",), TechniquePhrases),
        props=table("props", ("props",), PropPhrases),
        matters={**materials, **finishes},
        moods=table("moods", ("mood",), MoodPhrases),
        styles=table("styles", ("style",), Localized),
        colours=table("colours", ("colour_name",), Localized),
        seasons=table("seasons", ("season_occasion",), Localized),
        avoid=table("avoid", ("lighting", "setting_studio"), Localized),
        en=_patterns("en"),
        ko=_patterns("ko"),
    )


@cache
def shipped_lexicon() -> Lexicon:
    """Return the phrases that ship with this service, loaded once."""
    return load_lexicon(load_vocabulary())


def _patterns(language: str) -> Patterns:
    """Read a language's sentence patterns; a bare text is a pattern without conditions."""
    file = DataFile(f"phrases/patterns_{language}", DATA)
    content = {name: _templates(part) for name, part in file.content.items() if name != "words"}
    return file.parse(Patterns, {**content, "words": file.content["words"]})


def _templates(part: Any) -> Any:
    if isinstance(part, dict) and "text" not in part:
        return {name: _templates(below) for name, below in part.items()}
    if isinstance(part, list):
        return [_templates(item) for item in part]
    return {"text": part} if isinstance(part, str) else part
