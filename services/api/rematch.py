"""From a finished job and the seller's wishes to the only candidate brief of a rematch."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from backlot.contracts.brief import Claim, Evidence, Prop, StudioBrief
from backlot.contracts.errors import RefusedInputError
from backlot.contracts.frozen import Localized
from backlot.contracts.jobs import JobWarning
from backlot.contracts.rematch import BriefEdit, RematchRequest
from backlot.vocabulary import Term, Vocabulary

SETTINGS = ("setting_studio", "setting_space")
SLOT_FACETS: dict[str, tuple[str, ...]] = {
    "settings": SETTINGS,
    "surface": ("material", *SETTINGS),
    "backdrop": ("colour_name",),
    "lighting": ("lighting",),
    "moods": ("mood",),
    "styles": ("style",),
    "textures": ("finish_texture",),
    "technique": ("photo_technique",),
    "props": ("props",),
    "season": ("season_occasion",),
}
"""Which facets' terms a slot may hold. `avoid` may hold any."""

TEXT_LIMITS = {"settings": 4, "backdrop": 3, "lighting": 3, "moods": 3, "styles": 3, "textures": 2,
               "technique": 3, "props": 5}  # fmt: skip
_CLAUSE = re.compile(r"[,.;!?\n]|\band\b|\bbut\b|그리고|하지만")
_NOT = re.compile(r"\b(no|not|without|avoid|never)\b|없이|없는|말고|빼고|제외", re.IGNORECASE)
_HANGUL = re.compile(r"[가-힣]")

NOT_UNDERSTOOD = JobWarning(
    code="text-not-understood",
    text=Localized(
        en="No word of the text is in the vocabulary; it counts by its likeness to the sets only.",
        ko="글에서 아는 낱말을 찾지 못해, 세트 설명과 얼마나 비슷한지만 반영했습니다.",
    ),
)
KOREAN_UNREAD = JobWarning(
    code="text-not-understood",
    text=Localized(
        en="No word of the Korean text is in the vocabulary, so it could not change the ranking.",
        ko="한국어 글에서 아는 낱말을 찾지 못해 순위에 반영하지 못했습니다.",
    ),
)


class Rewritten(NamedTuple):
    """The seller's brief, and what they should know about it."""

    brief: StudioBrief
    warnings: tuple[JobWarning, ...]


def rewritten(before: StudioBrief, request: RematchRequest, vocabulary: Vocabulary) -> Rewritten:
    """Apply the seller's edits, then their text to the slots that are neither edited nor locked.

    Raises:
        RefusedInputError: ``invalid-request``, when a slot names a term it cannot hold.
    """
    _check(request.edit, vocabulary)
    edits = {
        name: value for name in BriefEdit.model_fields if (value := getattr(request.edit, name))
    }
    closed = {*edits, *request.locked}
    wanted, unwanted = _named(request.text or "", vocabulary)
    said = {
        slot: value
        for slot, value in _slots(before, wanted).items()
        if slot not in closed and value
    }
    if unwanted and "avoid" not in closed:
        said["avoid"] = tuple(dict.fromkeys((*before.avoid, *(t.id for t in unwanted))))[:8]
    changed = edits | said
    brief = before.model_copy(
        update={
            **changed,
            "kind": changed.get("kind", _kind_of(changed, before)),
            "prose": _prose(before, request.text, (*wanted, *unwanted)),
            "claims": _claims(before, changed, said),
            "variant": "seller",
            "source": "seller",
            "usage": None,
        }
    )
    return Rewritten(brief, _warnings(request.text, wanted or unwanted))


def _check(edit: BriefEdit, vocabulary: Vocabulary) -> None:
    for slot, term in _terms_of(edit):
        if not vocabulary.has(term):
            raise RefusedInputError("invalid-request", f"edit.{slot}: {term} is no known term.")
        allowed = SLOT_FACETS.get(slot)
        if allowed is not None and vocabulary.term(term).facet not in allowed:
            raise RefusedInputError("invalid-request", f"edit.{slot} cannot hold {term}.")


def _terms_of(edit: BriefEdit) -> Iterator[tuple[str, str]]:
    for slot in ("settings", "backdrop", "moods", "styles", "textures", "avoid"):
        for term in getattr(edit, slot) or ():
            yield slot, term
    for slot, term in (("surface", edit.surface), ("season", edit.season)):
        if term:
            yield slot, term
    for slot, plan in (("lighting", edit.lighting), ("technique", edit.technique)):
        for term in plan.types if plan else ():
            yield slot, term
    for prop in edit.props or ():
        yield "props", prop.term


def _named(text: str, vocabulary: Vocabulary) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """Terms the text asks for, and terms it asks to leave out, clause by clause."""
    wanted: dict[str, Term] = {}
    unwanted: dict[str, Term] = {}
    facets = dict.fromkeys(name for names in SLOT_FACETS.values() for name in names)
    for clause in _CLAUSE.split(text):
        into = unwanted if _NOT.search(clause) else wanted
        for facet in facets:
            for term in vocabulary.mentions(clause, facet):
                into.setdefault(term.id, term)
    return tuple(wanted.values()), tuple(unwanted.values())


def _slots(before: StudioBrief, wanted: Iterable[Term]) -> dict[str, object]:
    """What the named terms make of the slots."""
    by_slot: dict[str, list[str]] = {}
    for term in wanted:
        slot = next(s for s, facets in SLOT_FACETS.items() if term.facet in facets)
        if len(by_slot.setdefault(slot, [])) < TEXT_LIMITS.get(slot, 1):
            by_slot[slot].append(term.id)
    plans: dict[str, object] = {slot: tuple(ids) for slot, ids in by_slot.items()}
    for slot in ("surface", "season"):
        if slot in by_slot:
            plans[slot] = by_slot[slot][0]
    for slot in ("lighting", "technique"):
        if slot in by_slot:
            types = {"types": tuple(by_slot[slot])}
            plans[slot] = getattr(before, slot).model_copy(update=types)
    if "props" in by_slot:
        plans["props"] = tuple(
            Prop(term=term, placement="behind-left" if at % 2 else "right", scale="smaller")
            for at, term in enumerate(by_slot["props"])
        )
    return plans


def _kind_of(changed: dict[str, object], before: StudioBrief) -> str:
    settings = changed.get("settings")
    if not isinstance(settings, tuple):
        return before.kind
    kinds = {term.partition("/")[0] for term in settings}
    if len(kinds) > 1:
        return "both"
    return "studio" if kinds == {"setting_studio"} else "space"


def _prose(before: StudioBrief, text: str | None, named: Iterable[Term]) -> Localized:
    """The seller's words as they are, and in the other language what was understood of them."""
    if text is None:
        return before.prose
    if not _HANGUL.search(text):
        return Localized(en=text, ko=", ".join(t.label.ko for t in named) or before.prose.ko)
    return Localized(en=", ".join(t.label.en for t in named) or before.prose.en, ko=text)


def _claims(
    before: StudioBrief, changed: dict[str, object], said: dict[str, object]
) -> tuple[Claim, ...]:
    """Claims about slots that stay, and one for each slot the seller filled."""
    kept = tuple(claim for claim in before.claims if claim.slot not in changed)
    own = tuple(
        Claim(
            slot=slot,
            text=Localized(en="As the seller asks.", ko="판매자가 원하는 대로입니다."),
            evidence=Evidence(kind="hint", ref="text" if slot in said else f"edit.{slot}"),
        )
        for slot in changed
    )
    return (*kept, *own)


def _warnings(text: str | None, understood: tuple[Term, ...]) -> tuple[JobWarning, ...]:
    if text is None or understood:
        return ()
    return (KOREAN_UNREAD if _HANGUL.search(text) else NOT_UNDERSTOOD,)
