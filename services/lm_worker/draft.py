"""What a language model is asked to fill in: candidates whose slots are vocabulary terms."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backlot.contracts.brief import ColourScheme, Direction, Placement, ScaleRelation
from backlot.vocabulary import Vocabulary

MAX_PROSE_CHARACTERS = 1200
MAX_REASON_CHARACTERS = 240
_SETTINGS = ("setting_studio", "setting_space")
_AVOIDABLE = (*_SETTINGS, "lighting", "props")


def _of(*facets: str) -> Any:
    """Mark a field, or the items of a list, as a term of one of these facets."""
    return Field(json_schema_extra={"x-facets": list(facets)})


def _list_of(*facets: str) -> Any:
    return Field(default=(), json_schema_extra={"x-facets": list(facets)})


class Closed(BaseModel):
    """A frozen part of the answer; what it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class DraftProp(Closed):
    """One thing beside the product."""

    term: str = _of("props")
    placement: Placement
    scale: ScaleRelation


class DraftReason(Closed):
    """Why one slot was filled as it was; `fact` is the id of a given fact."""

    slot: Literal[
        "settings", "backdrop", "lighting", "moods", "styles", "technique", "props", "season"
    ]
    fact: str = Field(max_length=120)
    en: str = Field(max_length=MAX_REASON_CHARACTERS)
    ko: str = Field(max_length=MAX_REASON_CHARACTERS)


class LlmBrief(Closed):
    """One candidate: language-independent slots, and prose in both languages."""

    variant: Literal["safe", "bold", "lifestyle"]
    settings: tuple[str, ...] = _list_of(*_SETTINGS)
    surface: str | None = _of("material")
    backdrop: tuple[str, ...] = _list_of("colour_name")
    scheme: ColourScheme
    palette: tuple[str, ...] = _list_of("colour_name")
    lighting: tuple[str, ...] = _list_of("lighting")
    direction: Direction
    kelvin: int = Field(ge=1800, le=12000)
    contrast: Literal["low", "medium", "high"]
    moods: tuple[str, ...] = _list_of("mood")
    styles: tuple[str, ...] = _list_of("style")
    textures: tuple[str, ...] = _list_of("finish_texture")
    technique: tuple[str, ...] = _list_of("photo_technique")
    lens_mm: int = Field(ge=14, le=200)
    props: tuple[DraftProp, ...]
    season: str | None = _of("season_occasion")
    avoid: tuple[str, ...] = _list_of(*_AVOIDABLE)
    reasons: tuple[DraftReason, ...]
    prose_en: str = Field(max_length=MAX_PROSE_CHARACTERS)
    prose_ko: str = Field(max_length=MAX_PROSE_CHARACTERS)


class LlmAnswer(Closed):
    """The whole answer."""

    briefs: tuple[LlmBrief, ...] = Field(min_length=1, max_length=6)


def answer_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the JSON schema of an answer, with every term spelled out.

    Kept inside what structured answers of all endpoints know: every field required, no unknown
    fields, enums by reference, and no limits on numbers or lengths; those are checked afterwards.
    """
    schema = LlmAnswer.model_json_schema()
    enums: dict[str, list[str]] = {}
    plain: dict[str, Any] = _plain(schema, vocabulary, enums)
    for name, terms in enums.items():
        plain["$defs"][name] = {"type": "string", "enum": terms}
    return plain


# What an endpoint may refuse; checked here instead, after the answer has come.
_DROPPED = frozenset(
    {
        "default", "title", "description", "maxLength", "minLength", "maxItems", "minItems",
        "minimum", "maximum", "x-facets",
    }
)  # fmt: skip


def _plain(node: Any, vocabulary: Vocabulary, enums: dict[str, list[str]]) -> Any:
    """Return a part of the schema without limits, with references where terms are asked for."""
    if isinstance(node, list):
        return [_plain(item, vocabulary, enums) for item in node]
    if not isinstance(node, dict):
        return node
    facets = node.get("x-facets")
    if facets:
        return _term_field(node, tuple(facets), vocabulary, enums)
    kept = {
        name: below
        if name == "enum"
        else {key: _plain(value, vocabulary, enums) for key, value in below.items()}
        if name in ("properties", "$defs")
        else _plain(below, vocabulary, enums)
        for name, below in node.items()
        if name not in _DROPPED
    }
    if kept.get("type") == "object":
        kept["required"] = list(kept.get("properties", {}))
        kept["additionalProperties"] = False
    return kept


def _term_field(
    node: dict[str, Any],
    facets: tuple[str, ...],
    vocabulary: Vocabulary,
    enums: dict[str, list[str]],
) -> dict[str, Any]:
    """Return the schema of a field that holds terms: one, one or none, or several."""
    name = "-".join(facets) if len(facets) < len(_AVOIDABLE) else "avoidable"
    enums.setdefault(name, [term.id for facet in facets for term in vocabulary.facets[facet].terms])
    term = {"$ref": f"#/$defs/{name}"}
    if node.get("type") == "array":
        return {"type": "array", "items": term}
    if "anyOf" in node:
        return {"anyOf": [term, {"type": "null"}]}
    return term
