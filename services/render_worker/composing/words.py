"""Names, captions and tags of a new set, English and Korean, in the vocabulary's own words."""

from collections.abc import Sequence
from typing import NamedTuple

from backlot.contracts.brief import StudioBrief
from backlot.contracts.frozen import Localized
from backlot.contracts.terms import FacetName
from backlot.vocabulary import Vocabulary
from backlot.vocabulary.colour import name_of

_FALLING = (1.0, 0.7, 0.5)


class Shown(NamedTuple):
    """What a new set shows.

    Attributes:
        setting: Term of its setting.
        ground: Hex of its backdrop.
        props: Terms of the props that found a place.
        material: Term of what the product stands on; None where the setting says it.
    """

    setting: str
    ground: str
    lights: Sequence[str]
    props: Sequence[str]
    material: str | None


def name_for(shown: Shown, vocabulary: Vocabulary) -> Localized:
    """A short name: colour, setting, light."""
    colour, setting, light = _labels(
        (name_of(shown.ground), shown.setting, shown.lights[0]), vocabulary
    )
    return Localized(
        en=_sentence(f"{setting.en} in {colour.en}, {light.en}").rstrip("."),
        ko=f"{colour.ko} {setting.ko} · {light.ko}",
    )


def caption_for(shown: Shown, brief: StudioBrief, vocabulary: Vocabulary) -> Localized:
    """What the set looks like and feels like, in one or two sentences."""
    colour, setting = _labels((name_of(shown.ground), shown.setting), vocabulary)
    lights, props = _labels(shown.lights, vocabulary), _labels(shown.props, vocabulary)
    moods = _labels((*brief.moods, *brief.styles[:1]), vocabulary)
    english = f"{setting.en} in {colour.en}"
    if props:
        english += f" with {_listed([prop.en for prop in props])}"
    english += f", lit by {_listed([light.en for light in lights])}."
    korean = f"배경: {colour.ko} {setting.ko}. 조명: {', '.join(light.ko for light in lights)}."
    if props:
        korean += f" 소품: {', '.join(prop.ko for prop in props)}."
    if moods:
        english += f" {_sentence(_listed([mood.en for mood in moods]))}"
        korean += f" 분위기: {', '.join(mood.ko for mood in moods)}."
    return Localized(en=_sentence(english), ko=korean)


def facets_for(shown: Shown, brief: StudioBrief) -> dict[FacetName, dict[str, float]]:
    """Tags with how strongly each shows, the first of a facet most."""
    tagged: dict[FacetName, Sequence[str]] = {
        _facet(shown.setting): (shown.setting,),
        "lighting": shown.lights,
        "mood": brief.moods,
        "style": brief.styles,
        "props": shown.props,
        "material": (shown.material,) if shown.material else (),
        "season_occasion": (brief.season,) if brief.season else (),
    }
    return {
        facet: {
            term.partition("/")[2]: _FALLING[min(at, len(_FALLING) - 1)]
            for at, term in enumerate(terms)
        }
        for facet, terms in tagged.items()
        if terms
    }


def _facet(term: str) -> FacetName:
    return "setting_space" if term.startswith("setting_space/") else "setting_studio"


def _labels(terms: Sequence[str], vocabulary: Vocabulary) -> list[Localized]:
    return [vocabulary.term(term).label for term in terms]


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _sentence(text: str) -> str:
    text = text if text.endswith(".") else f"{text}."
    return text[:1].upper() + text[1:]
