"""/v1/vocabulary: the controlled words, so that a client can name every term it is given."""

from functools import cache
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Header, Response

from backlot.contracts.frozen import Frozen, Localized
from backlot.contracts.terms import FacetName, TermId
from backlot.vocabulary import Vocabulary
from backlot.vocabulary.colour import hex_of
from services.api.parts import PartsOf
from services.api.problem_responses import declared

router = APIRouter(prefix="/v1/vocabulary", tags=["vocabulary"])

COLOURS = "colour_name"


class Word(Frozen):
    """One term."""

    term: TermId
    label: Localized
    group: str | None = None
    hex: str | None = None


class VocabularyBody(Frozen):
    """Every facet with its terms, and the words of a brief's layout."""

    version: str
    facets: dict[FacetName, tuple[Word, ...]]
    layout: dict[str, dict[str, Localized]]


@router.get(
    "",
    operation_id="getVocabulary",
    summary="Show the controlled words",
    response_class=Response,
    responses={
        200: {"model": VocabularyBody, "description": "Of this version, which ETag names."},
        304: {"description": "You have this version."},
        **declared("unavailable"),
    },
)
async def vocabulary(parts: PartsOf, if_none_match: Annotated[str, Header()] = "") -> Response:
    """Show every controlled word in English and Korean."""
    words: Vocabulary = await to_thread.run_sync(parts.vocabulary)
    headers = {"ETag": f'"{words.version}"', "Cache-Control": "public, max-age=3600"}
    if headers["ETag"] in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(_text(words), headers=headers, media_type="application/json")


@cache
def _text(words: Vocabulary) -> str:
    facets = {
        name: tuple(
            Word(
                term=term.id,
                label=term.label,
                group=term.group,
                hex=_hex(term.id) if name == COLOURS else None,
            )
            for term in facet.terms
        )
        for name, facet in words.facets.items()
    }
    layout = {name: dict(values) for name, values in words.layout.items()}
    body = VocabularyBody(version=words.version, facets=facets, layout=layout)
    return body.model_dump_json(exclude_none=True)


def _hex(term_id: str) -> str | None:
    """A colour's value; none for the names that are no one colour."""
    try:
        return hex_of(term_id)
    except KeyError:
        return None
