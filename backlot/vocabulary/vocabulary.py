"""The vocabulary: all controlled words, found by id, by label, or inside a longer text."""

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

from backlot.contracts.frozen import Localized
from backlot.vocabulary.phrases import Sayings, lookup_key, spellings, spoken_of
from backlot.vocabulary.words import Facet, HouseRules, Layout, RulePrior, Term


class Vocabulary:
    """All facets with their terms, the rule priors, the layout words and the house rules.

    Made by `load_vocabulary`, which checks what is given here; never changes afterwards.

    Args:
        version: Number and short content hash, for example ``1+ab12cd34``.
        facets: Facets by name, in order.
        priors: Rule priors in order; the last one holds for every product.
        layout: Words for placement, scale and colour scheme.
        rules: Rules every recommendation keeps.
    """

    def __init__(
        self,
        *,
        version: str,
        facets: Mapping[str, Facet],
        priors: tuple[RulePrior, ...],
        layout: Layout,
        rules: HouseRules,
    ) -> None:
        self._version = version
        self._facets = MappingProxyType(dict(facets))
        self._priors = priors
        self._layout = MappingProxyType(
            {name: MappingProxyType(values) for name, values in layout.items()}
        )
        self._rules = rules
        self._terms = {term.id: term for facet in facets.values() for term in facet.terms}
        self._sayings: dict[str, Sayings[Term]] = {}

    @property
    def version(self) -> str:
        """Number and short content hash; changes with every word, template and prior."""
        return self._version

    @property
    def facets(self) -> Mapping[str, Facet]:
        """Facets by name, in order."""
        return self._facets

    @property
    def priors(self) -> tuple[RulePrior, ...]:
        """Rule priors, the most particular first."""
        return self._priors

    @property
    def layout(self) -> Mapping[str, Mapping[str, Localized]]:
        """Labels of placements, scale relations and colour schemes, by list and value."""
        return self._layout

    @property
    def rules(self) -> HouseRules:
        """Rules every recommendation keeps."""
        return self._rules

    def term(self, term_id: str) -> Term:
        """Return a term by id; raise KeyError for an unknown one."""
        return self._terms[term_id]

    def has(self, term_id: str) -> bool:
        """Tell whether a term id exists."""
        return term_id in self._terms

    def label(self, term_id: str) -> Localized:
        """Return a term's labels; raise KeyError for an unknown id."""
        return self._terms[term_id].label

    def group_of(self, category_id: str) -> str:
        """Return the group of a product category; raise KeyError for anything else."""
        group = self._terms[category_id].group
        if group is None:
            raise KeyError(category_id)
        return group

    def prior_for(self, category_id: str | None, group: str | None = None) -> RulePrior:
        """Return the first prior that holds for a category, its group, or every product.

        Args:
            category_id: Product category; its own group counts when `group` is not given.
            group: Product group.
        """
        if group is None and category_id in self._terms:
            group = self._terms[category_id].group
        return next(prior for prior in self._priors if prior.holds_for(category_id, group))

    def find(self, text: str, facet: str | None = None) -> Term | None:
        """Return the term that a text names exactly: by id, label or synonym, in any language.

        Args:
            text: Case, repeated spaces, hyphens, a leading "a" or "an", and spaces in Korean do
                not count.
            facet: Look in this facet only; otherwise facets are asked in order.

        Raises:
            KeyError: There is no such facet.
        """
        by_id = self._terms.get(text.strip())
        if by_id is not None and facet in (None, by_id.facet):
            return by_id
        key = lookup_key(text)
        asked = self._facets if facet is None else (facet,)
        return next((self._keys[name][key] for name in asked if key in self._keys[name]), None)

    def mentions(self, text: str, facet: str) -> tuple[Term, ...]:
        """Return the terms of a facet that a longer text speaks of, longest words first.

        English labels and synonyms count as whole words (a plural -s or -es is forgiven), Korean
        ones of at least two syllables anywhere; a word inside a longer found word does not count.

        Raises:
            KeyError: There is no such facet.
        """
        if facet not in self._sayings:
            known = {
                spelling: term
                for term in self._facets[facet].terms
                for words in _words_of(term)
                for spelling in spellings(words)
            }
            self._sayings[facet] = Sayings(known)
        return spoken_of(text, self._sayings[facet])

    @cached_property
    def _keys(self) -> dict[str, dict[str, Term]]:
        """Return facet name to lookup key to term."""
        return {
            name: {lookup_key(words): term for term in facet.terms for words in _words_of(term)}
            for name, facet in self._facets.items()
        }


def _words_of(term: Term) -> tuple[str, ...]:
    """Return every way a term is written."""
    return (term.label.en, term.label.ko, *term.synonyms)
