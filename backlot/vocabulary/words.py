"""The words as values: terms, facets, rule priors and house rules, all frozen."""

from typing import Literal

from pydantic import Field

from backlot.contracts.frozen import Frozen, Localized
from backlot.contracts.terms import FacetName, TermId
from backlot.vocabulary.phrases import fill

Role = Literal["seen", "measured", "staging", "advisory"]
Select = Literal["single", "multi", "measured", "rank"]


class Term(Frozen):
    """One controlled word.

    `synonyms` holds what people write instead, in any language; `takes_article` is False for
    plurals and uncountable things ("jeans", "fresh fruit").
    """

    id: TermId
    facet: FacetName
    label: Localized
    group: str | None = None
    synonyms: tuple[str, ...] = ()
    takes_article: bool = False


class Facet(Frozen):
    """One aspect of a product or a set, with its terms in order.

    `role` says how the facet is decided; `select` how many terms may hold; `top_k` how many of
    them are kept. Every template holds exactly one ``{}``.
    """

    name: FacetName
    role: Role
    select: Select
    top_k: int = Field(ge=1)
    templates: tuple[str, ...]
    terms: tuple[Term, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """Return the group names in order; empty for a facet without groups."""
        return tuple(dict.fromkeys(term.group for term in self.terms if term.group))

    def prompts(self, term: Term) -> tuple[str, ...]:
        """Return every template filled with the term's English label, article included."""
        return tuple(
            fill(template, term.label.en, article=term.takes_article) for template in self.templates
        )


class RulePrior(Frozen):
    """What usually sells one kind of product; term ids, best first.

    Without `categories` and `groups` it holds for every product.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    categories: tuple[TermId, ...] = ()
    groups: tuple[str, ...] = ()
    setting_studio: tuple[TermId, ...] = Field(min_length=1)
    setting_space: tuple[TermId, ...] = Field(min_length=1)
    lighting: tuple[TermId, ...] = Field(min_length=1)
    photo_technique: tuple[TermId, ...] = Field(min_length=1)
    props: tuple[TermId, ...] = Field(min_length=1)

    @property
    def is_fallback(self) -> bool:
        """Tell whether this prior holds for every product."""
        return not self.categories and not self.groups

    def holds_for(self, category_id: str | None, group: str | None) -> bool:
        """Tell whether this prior speaks about the category or its group."""
        return self.is_fallback or category_id in self.categories or group in self.groups

    def slots(self) -> dict[str, tuple[TermId, ...]]:
        """Return facet name to recommended term ids."""
        return {
            "setting_studio": self.setting_studio,
            "setting_space": self.setting_space,
            "lighting": self.lighting,
            "photo_technique": self.photo_technique,
            "props": self.props,
        }


class ContrastRule(Frozen):
    """How far the background must stand off the product."""

    min_lightness_gap: float = Field(gt=0, le=100, description="CIELAB L* units.")
    text: Localized


class ScaleRule(Frozen):
    """How much of the set's free stage height a product may take, as shares."""

    min_height_share: float = Field(gt=0, lt=1)
    max_height_share: float = Field(gt=0, le=1)
    text: Localized


class HouseRules(Frozen):
    """Rules that every recommendation keeps."""

    contrast: ContrastRule
    scale: ScaleRule


Layout = dict[str, dict[str, Localized]]
"""Layout list (``prop_placement``, ``prop_scale``, ``colour_scheme``) to value to its labels."""
