"""Facets of a product: the seller's hints first, then what is measured, then what is seen."""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from backlot.contracts.terms import FacetTerm, FactSource
from backlot.encoder.port import ImageTextEncoder, Vectors
from backlot.encoder.profiles import Role
from backlot.encoder.tables import LabelTable, prompt_table
from backlot.vocabulary import Vocabulary

Facets = dict[str, tuple[FacetTerm, ...]]

ROLE_OF: Mapping[str, Role] = {"style": "scene", "mood": "scene", "photo_condition": "scene"}
"""Which encoder sees a facet; those not named here are of the product itself."""


class Looker:
    """Scores a photo's vectors against the words of every facet that can be seen.

    Args:
        vocabulary: The words.
        encoders: Image-text encoders by role.
        cache: Folder for label tables, which are made here when they are not there yet.
    """

    def __init__(
        self, vocabulary: Vocabulary, encoders: Mapping[Role, ImageTextEncoder], cache: Path
    ) -> None:
        self._vocabulary = vocabulary
        self._encoders = encoders
        self._tables: dict[str, tuple[Role, LabelTable]] = {
            name: (role, prompt_table(encoders[role], facet, cache))
            for name, facet in vocabulary.facets.items()
            for role in [ROLE_OF.get(name, "product")]
            if facet.role == "seen" and role in encoders
        }

    @property
    def encoders(self) -> Mapping[Role, ImageTextEncoder]:
        """The encoders by role; empty when there are no image weights."""
        return self._encoders

    def look(self, vectors: Mapping[Role, Vectors]) -> Facets:
        """Terms seen in a photo, with raw scores, the best first.

        Args:
            vectors: For each role one vector of the photo, shape (1, dim).
        """
        return {
            name: self._seen(name, table, vectors[role], self._encoders[role])
            for name, (role, table) in self._tables.items()
        }

    def _seen(
        self, name: str, table: LabelTable, vector: Vectors, encoder: ImageTextEncoder
    ) -> tuple[FacetTerm, ...]:
        facet = self._vocabulary.facets[name]
        scores = probabilities(
            table.cosines(vector)[0], encoder.logit_scale, encoder.logit_bias, facet.select
        )
        best = np.argsort(-scores, kind="stable")[: facet.top_k]
        return tuple(
            FacetTerm(
                term=table.terms[at],
                label=self._vocabulary.label(table.terms[at]),
                score=round(float(scores[at]), 4),
                source=FactSource.SEEN,
                raw=True,
            )
            for at in best
        )


def probabilities(
    cosines: NDArray[np.float32], scale: float, bias: float | None, select: str
) -> NDArray[np.float64]:
    """Raw scores of the terms of one facet.

    Args:
        cosines: Of the photo with each term.
        scale: The model's own factor between cosine and logit.
        bias: Of models trained with a sigmoid; None for those trained with a softmax.
        select: ``single`` always shares 1 among the terms; others only without a bias.
    """
    logits = cosines.astype(np.float64) * scale
    if bias is not None and select != "single":
        independent: NDArray[np.float64] = 1 / (1 + np.exp(-(logits + bias)))
        return independent
    shares = np.exp(logits - logits.max())
    softmax: NDArray[np.float64] = shares / shares.sum()
    return softmax


def measured_terms(
    vocabulary: Vocabulary, terms: Sequence[tuple[str, float]]
) -> tuple[FacetTerm, ...]:
    """Terms that follow from measures, with their scores."""
    return tuple(
        FacetTerm(
            term=term,
            label=vocabulary.label(term),
            score=round(score, 4),
            source=FactSource.MEASURED,
        )
        for term, score in terms
    )


def combine(
    vocabulary: Vocabulary, hinted: Sequence[FacetTerm], measured: Facets, seen: Facets
) -> Facets:
    """One list of terms for each facet about which anything is known.

    What the seller says comes first, then what is measured, then what is seen, each term once and
    no more than the facet takes. Where only one term can hold, the seller's word is the last.
    """
    said: Facets = {}
    for hint in hinted:
        name = vocabulary.term(hint.term).facet
        said[name] = (*said.get(name, ()), hint)
    combined: Facets = {}
    for name, facet in vocabulary.facets.items():
        parts = (said.get(name, ()), measured.get(name, ()), seen.get(name, ()))
        if facet.select == "single" and parts[0]:
            parts = (parts[0][:1], (), ())
        terms: dict[str, FacetTerm] = {}
        for term in chain(*parts):
            terms.setdefault(term.term, term)
        if terms:
            combined[name] = tuple(terms.values())[: facet.top_k]
    return combined
