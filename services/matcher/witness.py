"""The Socratic check: does the photo itself support what a brief claims to have seen?

A. Zeng et al., "Socratic Models", 2022: what one model says, another one checks. The picture is not
looked at again: its stored vector is held against the words of a whole facet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from backlot.contracts.brief import Claim, StudioBrief
from backlot.contracts.caption import Caption, EmbeddingRef
from backlot.contracts.terms import TermId
from backlot.encoder.port import Vectors
from backlot.encoder.tables import LabelTable

VISUAL_FACETS = ("product_category", "material", "finish_texture", "shape_size")
"""What the product encoder sees of the product itself. Colours are measured; style and mood are
taste."""

ROLE: Literal["product"] = "product"


class Vault(Protocol):
    """Where the vectors of photos wait."""

    def vector(self, ref: EmbeddingRef) -> Vectors | None:
        """Return one vector, shape (dim,), length 1; None when it is not there any more."""
        ...


@dataclass(frozen=True)
class Testimony:
    """What one photo says of words: those it does not show."""

    absent: frozenset[TermId]

    def denies(self, claim: Claim) -> bool:
        """Tell whether a claim rests on having seen what the photo does not show.

        A seller's hint, a measure, a rule and advice are no such claims.
        """
        if claim.evidence.kind != "facet":
            return False
        return claim.evidence.ref in self.absent

    def denied(self, brief: StudioBrief) -> tuple[Claim, ...]:
        """Return the claims of a brief that the photo denies."""
        return tuple(claim for claim in brief.claims if self.denies(claim))


SILENT = Testimony(frozenset())
"""Of a photo nobody can ask: it denies nothing."""


class Witness:
    """Asks photos.

    Args:
        vault: Where their vectors are.
        tables: The words of each facet that is asked about, in the space of the product encoder.
        least: By facet, the place below which a word counts as not shown: 1 is the nearest of the
            facet's words, 0 the farthest.
    """

    def __init__(
        self, vault: Vault, tables: Mapping[str, LabelTable], least: Mapping[str, float]
    ) -> None:
        self._vault = vault
        self._tables = tables
        self._least = least

    @property
    def space(self) -> str:
        """Stamp of the vector space it reads."""
        return next(iter(self._tables.values())).space

    def asked(self, caption: Caption) -> Testimony | None:
        """Return what the photo of a caption says; None when it cannot be asked.

        It cannot without a stored vector, or when that is of another space.
        """
        ref = caption.embeddings.get(ROLE)
        if ref is None or ref.space != self.space:
            return None
        vector = self._vault.vector(ref)
        if vector is None:
            return None
        absent: set[TermId] = set()
        for name, table in self._tables.items():
            places = places_of(table, vector[None, :])[0]
            below = places < self._least[name]
            absent.update(
                term for term, is_below in zip(table.terms, below, strict=True) if is_below
            )
        return Testimony(frozenset(absent))


def places_of(table: LabelTable, vectors: Vectors) -> NDArray[np.float64]:
    """Return each word's place for each photo, shape (photos, words): 1 the nearest, 0 the last."""
    cosines = table.cosines(vectors)
    beaten = np.argsort(np.argsort(cosines, axis=1, kind="stable"), axis=1, kind="stable")
    places: NDArray[np.float64] = beaten / max(1, len(table.terms) - 1)
    return places
