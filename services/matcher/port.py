"""The vector index as the matcher sees it: points go in, the nearest point ids come out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from backlot.contracts.background import BackgroundKind
from backlot.contracts.errors import ConfigurationError, UnavailableError
from backlot.contracts.frozen import Frozen

Vector = NDArray[np.float32]
"""Length 1. Shape (dim,), or (views, dim) where a point shows one thing from several sides."""

VectorName = Literal["caption", "setting", "look", "preview"]
TEXT_VECTORS: tuple[VectorName, ...] = ("caption", "setting", "look")

REINDEX_ADVICE = (
    "Start the matcher once with BACKLOT_REINDEX=true: it rebuilds the index from the background "
    "records, which are the truth, while the old index keeps answering."
)


class IndexUnavailableError(UnavailableError):
    """The index does not answer, or answers with an error of its own; try again later."""


class SpaceMismatchError(ConfigurationError):
    """The index holds vectors of another space; comparing them would give noise."""

    def __init__(self, collection: str, held: str, wanted: str) -> None:
        super().__init__(
            f"The index '{collection}' holds vectors of '{held}', this matcher makes '{wanted}'. "
            f"{REINDEX_ADVICE}"
        )


@dataclass(frozen=True)
class VectorSpace:
    """What the vectors of one collection were made with.

    Attributes:
        sentence: Stamp of the sentence encoder.
        sentence_dim: Length of the text vectors.
        scene: Stamp of the scene encoder; empty when previews are not indexed.
        scene_dim: Length of a preview vector, 0 without.
    """

    sentence: str
    sentence_dim: int
    scene: str = ""
    scene_dim: int = 0

    @property
    def stamp(self) -> str:
        """One line that changes with every part of the space."""
        text = f"sentence={self.sentence}:{self.sentence_dim}"
        return f"{text} scene={self.scene}:{self.scene_dim}" if self.scene else text


class PointFacts(Frozen):
    """What is stored beside the vectors of a point: enough to filter, and to see what is stale.

    Attributes:
        terms: Every vocabulary term the background shows, palette names included.
        palette_lab: CIELAB and share of each swatch.
        stage_m: Free width, depth and height in metres.
        fingerprint: Hash of everything the point was made from.
    """

    background_id: str
    kind: BackgroundKind
    terms: tuple[str, ...]
    licence: str
    palette_lab: tuple[tuple[float, float, float, float], ...]
    stage_m: tuple[float, float, float]
    version: int
    source: str
    fingerprint: str


@dataclass(frozen=True)
class Point:
    """One background as the index holds it."""

    point_id: str
    vectors: Mapping[VectorName, Vector]
    facts: PointFacts


@dataclass(frozen=True)
class Where:
    """Which points may be found at all; a filter is never softened.

    Attributes:
        kinds: Only these kinds; every kind when empty.
        avoid: No point that shows one of these terms.
        licences: Only these licences; every licence when empty.
    """

    kinds: frozenset[BackgroundKind] = frozenset()
    avoid: frozenset[str] = frozenset()
    licences: frozenset[str] = frozenset()

    def admits(self, kind: BackgroundKind, licence: str, terms: Iterable[str]) -> bool:
        """Whether a background with these facts may be found."""
        return (
            (not self.kinds or kind in self.kinds)
            and (not self.licences or licence in self.licences)
            and self.avoid.isdisjoint(terms)
        )


@dataclass(frozen=True)
class Ask:
    """One question to the index: the nearest points of one named vector."""

    using: VectorName
    vector: Vector
    where: Where = field(default_factory=Where)


@dataclass(frozen=True)
class Hit:
    """One point found, with its cosine (for several views: of the nearest one)."""

    point_id: str
    similarity: float


class BackgroundIndex(Protocol):
    """Exact or approximate nearest neighbours over named vectors, safe for many threads.

    Made for one `VectorSpace`; opening one of another space raises `SpaceMismatchError`. Every
    method may raise `IndexUnavailableError`.
    """

    @property
    def space(self) -> VectorSpace:
        """What its vectors are made with."""
        ...

    def put(self, points: Sequence[Point]) -> None:
        """Store or replace points by id; they can be found when this returns."""
        ...

    def delete(self, point_ids: Sequence[str]) -> None:
        """Remove points; no error for ids that are not there."""
        ...

    def fingerprints(self, source: str) -> dict[str, str]:
        """Return point id to fingerprint of everything that came from a source."""
        ...

    def search(self, asks: Sequence[Ask], limit: int) -> list[tuple[Hit, ...]]:
        """Answer all questions in one round trip, each nearest first and at most `limit` long."""
        ...

    def replace(self, batches: Iterable[Sequence[Point]]) -> None:
        """Fill a new index while the one in use answers, then put it in its place in one step.

        When an error comes out of the batches, the one in use stays as it is.
        """
        ...

    def publish(self) -> None:
        """Put a rebuilt index in the place of the one before; nothing to do otherwise."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
