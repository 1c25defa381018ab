"""The product facts that every writer of briefs works from, with where each of them comes from."""

import hashlib

from pydantic import Field

from backlot.contracts.background import BackgroundKind
from backlot.contracts.brief import Evidence
from backlot.contracts.caption import Caption, Measures
from backlot.contracts.frozen import Frozen, Swatch
from backlot.contracts.jobs import Dimensions, JobRequest
from backlot.contracts.terms import FacetTerm, FactSource
from backlot.vocabulary import Vocabulary

# Below this score what was seen is not used as a fact. A starting value, to be tuned on labels.
TRUSTED_SCORE = 0.3
# How many of what was seen a brief can speak of before it becomes a list.
MOST_MATERIALS = 2
MOST_FINISHES = 2


class ProductFacts(Frozen):
    """What is known about the product, and what the seller asks for.

    The seller's own words (`title`, `category_words`) are data: no text for buyers repeats them.
    """

    category: FacetTerm | None
    group: str | None
    group_score: float = Field(default=0.0, ge=0, le=1)
    materials: tuple[FacetTerm, ...] = ()
    finishes: tuple[FacetTerm, ...] = ()
    shapes: tuple[FacetTerm, ...] = ()
    styles: tuple[FacetTerm, ...] = ()
    moods: tuple[FacetTerm, ...] = ()
    seasons: tuple[FacetTerm, ...] = ()
    colours: tuple[FacetTerm, ...] = Field(default=(), description="Only those the seller names.")
    palette: tuple[Swatch, ...] = ()
    measures: Measures | None = None
    dimensions_cm: Dimensions | None = None
    kinds: tuple[BackgroundKind, ...] = (BackgroundKind.STUDIO, BackgroundKind.SPACE)
    title: str | None = None
    category_words: str | None = None

    @property
    def seed(self) -> int:
        """A number that the same facts always give, and other facts do not."""
        # A colour the seller names changes a word and no choice.
        told = self.model_dump_json(exclude={"colours"})
        digest = hashlib.sha256(told.encode()).digest()
        return int.from_bytes(digest[:8], "big")

    def evidence(self, fact: FacetTerm) -> Evidence:
        """Say where a fact comes from."""
        if fact.source is FactSource.HINT:
            by_category = fact.term.startswith("product_category/") and self.category_words
            field = "category" if by_category or self.title is None else "title"
            return Evidence(kind="hint", ref=field, score=fact.score)
        kind = "measured" if fact.source is FactSource.MEASURED else "facet"
        return Evidence(kind=kind, ref=fact.term, score=fact.score)

    def supports(self, evidence: Evidence) -> bool:
        """Tell whether these facts hold what a claim points to; rules and advice are not facts."""
        match evidence.kind:
            case "facet":
                return any(fact.term == evidence.ref for fact in self.seen)
            case "measured":
                named = evidence.ref in Measures.model_fields and self.measures is not None
                return named or (evidence.ref == "palette" and bool(self.palette))
            case "hint":
                return evidence.ref in self.hints
            case _:
                return False

    @property
    def seen(self) -> tuple[FacetTerm, ...]:
        """Every fact that is a vocabulary term."""
        category = (self.category,) if self.category else ()
        several = (self.materials, self.finishes, self.shapes, self.styles, self.moods)
        return (*category, *(fact for facts in several for fact in facts), *self.seasons)

    @property
    def hints(self) -> frozenset[str]:
        """The fields of the request in which the seller said something."""
        given = {
            "title": self.title,
            "category": self.category_words,
            "dimensions_cm": self.dimensions_cm,
        }
        return frozenset(field for field, value in given.items() if value is not None)


def facts_of(caption: Caption, request: JobRequest, vocabulary: Vocabulary) -> ProductFacts:
    """Gather the facts; the seller's category leads, then hints, then what was seen."""
    category = _category(caption, request, vocabulary)
    group, group_score = _group(caption, category, vocabulary)
    return ProductFacts(
        category=category,
        group=group,
        group_score=group_score,
        materials=_facts(caption, request, vocabulary, "material")[:MOST_MATERIALS],
        finishes=_facts(caption, request, vocabulary, "finish_texture")[:MOST_FINISHES],
        shapes=_facts(caption, request, vocabulary, "shape_size"),
        styles=_facts(caption, request, vocabulary, "style"),
        moods=_facts(caption, request, vocabulary, "mood"),
        seasons=_mentioned(request, vocabulary, "season_occasion")[:1],
        colours=tuple(
            fact
            for fact in _facts(caption, request, vocabulary, "colour_name")
            if fact.source is FactSource.HINT
        ),
        palette=caption.palette,
        measures=caption.measures,
        dimensions_cm=request.dimensions_cm,
        kinds=request.kinds,
        title=request.title,
        category_words=request.category,
    )


def _category(caption: Caption, request: JobRequest, vocabulary: Vocabulary) -> FacetTerm | None:
    """Return the category, or None when nothing is sure enough."""
    if request.category:
        named = vocabulary.find(request.category, "product_category")
        if named is not None:
            return FacetTerm(term=named.id, label=named.label, score=1.0, source=FactSource.HINT)
    known = [fact for fact in caption.facets.get("product_category", ()) if _usable(fact)]
    known = [fact for fact in known if vocabulary.has(fact.term)]
    hinted = [fact for fact in known if fact.source is FactSource.HINT]
    mentioned = _mentioned(request, vocabulary, "product_category")
    return next(iter([*_best_first(hinted), *mentioned, *_best_first(known)]), None)


def _group(
    caption: Caption, category: FacetTerm | None, vocabulary: Vocabulary
) -> tuple[str | None, float]:
    """Return the group of products and its score, even where no single category is sure."""
    if category is not None:
        return vocabulary.group_of(category.term), category.score
    if caption.group is not None and caption.group.score >= TRUSTED_SCORE:
        return caption.group.name, caption.group.score
    shares: dict[str, float] = {}
    for fact in caption.facets.get("product_category", ()):
        if vocabulary.has(fact.term):
            group = vocabulary.group_of(fact.term)
            shares[group] = shares.get(group, 0.0) + fact.score
    best = max(shares, key=lambda group: shares[group], default=None)
    if best is None or shares[best] < 2 * TRUSTED_SCORE:
        return None, 0.0
    return best, min(1.0, shares[best])


def _facts(
    caption: Caption, request: JobRequest, vocabulary: Vocabulary, facet: str
) -> tuple[FacetTerm, ...]:
    """Return the usable facts of a facet: the seller's words first, then what was seen."""
    seen = [fact for fact in caption.facets.get(facet, ()) if _usable(fact)]
    seen = [fact for fact in seen if vocabulary.has(fact.term)]
    hinted = [fact for fact in seen if fact.source is FactSource.HINT]
    rest = [fact for fact in seen if fact.source is not FactSource.HINT]
    mentioned = _mentioned(request, vocabulary, facet) if facet in _SAID_IN_TITLES else ()
    unique: dict[str, FacetTerm] = {}
    for fact in (*_best_first(hinted), *mentioned, *_best_first(rest)):
        unique.setdefault(fact.term, fact)
    return tuple(unique.values())


# Facets whose words in a title are about the product itself, and not about where it is used.
_SAID_IN_TITLES = frozenset({"material", "finish_texture"})


def _mentioned(request: JobRequest, vocabulary: Vocabulary, facet: str) -> tuple[FacetTerm, ...]:
    """Return the terms the seller's title speaks of, in any language."""
    if not request.title:
        return ()
    return tuple(
        FacetTerm(term=term.id, label=term.label, score=1.0, source=FactSource.HINT)
        for term in vocabulary.mentions(request.title, facet)
    )


def _usable(fact: FacetTerm) -> bool:
    """Tell whether a fact is sure enough; what the seller said always is."""
    return fact.source is FactSource.HINT or fact.score >= TRUSTED_SCORE


def _best_first(facts: list[FacetTerm]) -> list[FacetTerm]:
    """Order facts by score, ties as they came."""
    return sorted(facts, key=lambda fact: -fact.score)
