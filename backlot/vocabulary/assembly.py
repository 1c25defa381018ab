"""Puts facets together from files: shapes of the files, and what one file must not do to others."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field, StringConstraints

from backlot.contracts.frozen import Frozen, Localized
from backlot.contracts.terms import FacetName, TermId
from backlot.vocabulary.phrases import lookup_key
from backlot.vocabulary.reading import Loc, SourceFile
from backlot.vocabulary.words import Facet, Role, Select, Term

Words = Annotated[str, StringConstraints(min_length=1, pattern=r"^\S(.*\S)?$")]


class SynonymEntry(Frozen):
    """What people write instead of a label, per language."""

    en: tuple[Words, ...] = ()
    ko: tuple[Words, ...] = ()


class TermEntry(Frozen):
    """One term as a file states it; without `ko` the English label stands in."""

    id: TermId
    en: Words
    ko: Words | None = None
    synonyms: SynonymEntry = SynonymEntry()
    article: bool = True


class FacetFile(Frozen):
    """One facet file.

    `role`, `select`, `top_k` and `templates` open a new facet; a file that leaves all of them out
    adds terms to a facet that exists.
    """

    facet: FacetName
    role: Role | None = None
    select: Select | None = None
    top_k: int | None = Field(default=None, ge=1)
    article: bool | None = None
    templates: tuple[Words, ...] | None = Field(default=None, min_length=1)
    groups: dict[Words, tuple[TermEntry, ...]] = Field(default_factory=dict)
    terms: tuple[TermEntry, ...] = ()

    def entries(self) -> Iterator[tuple[Loc, str | None, TermEntry]]:
        """Yield every term with its place in the file and its group."""
        for group, members in self.groups.items():
            for index, entry in enumerate(members):
                yield ("groups", group, index), group, entry
        for index, entry in enumerate(self.terms):
            yield ("terms", index), None, entry


@dataclass
class FacetDraft:
    """A facet while files still add to it."""

    name: str
    role: Role
    select: Select
    top_k: int
    article: bool
    templates: tuple[str, ...]
    grouped: bool
    terms: list[Term] = field(default_factory=list)
    spoken_for: dict[str, str] = field(default_factory=dict)

    def finished(self) -> Facet:
        """Return the facet as it is now."""
        return Facet(
            name=self.name,
            role=self.role,
            select=self.select,
            top_k=self.top_k,
            templates=self.templates,
            terms=tuple(self.terms),
        )


class Assembly:
    """Collects facets file by file; raises ConfigurationError naming file, line and term."""

    def __init__(self) -> None:
        self._drafts: dict[str, FacetDraft] = {}

    def add_shipped(self, source: SourceFile) -> None:
        """Add a file of this package: a new facet, every term in every language."""
        stated = source.parse(FacetFile)
        for loc, _, entry in stated.entries():
            if entry.ko is None:
                raise source.refuse(f"{entry.id} has no Korean label", loc)
        self._add(source, stated, self._opened(source, stated))

    def add_extra(self, source: SourceFile) -> None:
        """Add a user's file: a new facet, or new terms of a facet that exists."""
        stated = source.parse(FacetFile)
        draft = self._drafts.get(stated.facet)
        if draft is None:
            draft = self._opened(source, stated)
        else:
            for name in ("role", "select", "top_k", "article", "templates"):
                if getattr(stated, name) is not None:
                    raise source.refuse(
                        f"facet {stated.facet} exists and keeps its {name}", (name,)
                    )
        if draft.role == "measured":
            raise source.refuse(
                f"facet {stated.facet} is measured and takes no new terms", ("facet",)
            )
        self._add(source, stated, draft)

    def facets(self) -> dict[str, Facet]:
        """Return the finished facets by name, in the order they were opened."""
        return {name: draft.finished() for name, draft in self._drafts.items()}

    def _opened(self, source: SourceFile, stated: FacetFile) -> FacetDraft:
        """Open a facet; everything that describes it must be stated."""
        if stated.facet in self._drafts:
            raise source.refuse(f"facet {stated.facet} exists already", ("facet",))
        if not (stated.role and stated.select and stated.top_k and stated.templates):
            raise source.refuse(
                f"new facet {stated.facet} needs role, select, top_k and templates", ("facet",)
            )
        for index, template in enumerate(stated.templates):
            if template.count("{}") != 1 or template.count("{") != 1 or template.count("}") != 1:
                raise source.refuse(f"{template!r} needs exactly one {{}}", ("templates", index))
        draft = FacetDraft(
            name=stated.facet,
            role=stated.role,
            select=stated.select,
            top_k=stated.top_k,
            article=bool(stated.article),
            templates=stated.templates,
            grouped=bool(stated.groups),
        )
        self._drafts[stated.facet] = draft
        return draft

    def _add(self, source: SourceFile, stated: FacetFile, draft: FacetDraft) -> None:
        """Add the file's terms to a facet."""
        known = {term.id for term in draft.terms}
        count = 0
        for loc, group, entry in stated.entries():
            count += 1
            if (group is not None) != draft.grouped:
                wanted = "groups" if draft.grouped else "terms"
                raise source.refuse(f"{entry.id} must stand under `{wanted}`", loc)
            if entry.id.partition("/")[0] != draft.name:
                raise source.refuse(f"{entry.id} does not begin with {draft.name}/", loc)
            if entry.id in known:
                raise source.refuse(f"{entry.id} exists already", loc)
            known.add(entry.id)
            _claim_words(source, loc, entry, draft.spoken_for)
            draft.terms.append(_term(entry, draft, group))
        if count == 0:
            raise source.refuse(f"facet {draft.name} gets no terms from this file", ("facet",))


def _claim_words(source: SourceFile, loc: Loc, entry: TermEntry, owners: dict[str, str]) -> None:
    """Note the entry's words as its own; a word of another term, or a word twice, is refused."""
    for labels, synonyms in ((entry.en, entry.synonyms.en), (entry.ko, entry.synonyms.ko)):
        keys = [lookup_key(words) for words in (labels, *synonyms) if words is not None]
        for key in keys:
            owner = owners.setdefault(key, entry.id)
            if owner != entry.id:
                raise source.refuse(f"{entry.id}: {key!r} already means {owner}", loc)
            if keys.count(key) > 1:
                raise source.refuse(f"{entry.id}: {key!r} stands twice", loc)


def _term(entry: TermEntry, draft: FacetDraft, group: str | None) -> Term:
    """Return the term an entry states."""
    return Term(
        id=entry.id,
        facet=draft.name,
        label=Localized(en=entry.en, ko=entry.ko or entry.en),
        group=group,
        synonyms=(*entry.synonyms.en, *entry.synonyms.ko),
        takes_article=draft.article and entry.article,
    )
