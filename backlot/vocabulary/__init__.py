"""The controlled words the whole system shares, as data, in English and Korean."""

from backlot.vocabulary.loading import load_vocabulary
from backlot.vocabulary.vocabulary import Vocabulary
from backlot.vocabulary.words import Facet, RulePrior, Term

__all__ = ["Facet", "RulePrior", "Term", "Vocabulary", "load_vocabulary"]
