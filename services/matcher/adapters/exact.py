"""The index without an engine: exact search in memory, for tests and for libraries that fit."""

from collections.abc import Iterable, Sequence
from threading import Lock

import numpy as np

from services.matcher.held import nearest
from services.matcher.port import Ask, Hit, Point, Vector, VectorSpace


class ExactIndex:
    """Holds all points in memory and compares each with every question.

    Args:
        space: What the vectors are made with.
    """

    def __init__(self, space: VectorSpace) -> None:
        self._space = space
        self._points: dict[str, Point] = {}
        self._lock = Lock()

    @property
    def space(self) -> VectorSpace:
        """What its vectors are made with."""
        return self._space

    def put(self, points: Sequence[Point]) -> None:
        """Store or replace points by id."""
        with self._lock:
            self._points = {**self._points, **{point.point_id: point for point in points}}

    def delete(self, point_ids: Sequence[str]) -> None:
        """Remove points; no error for ids that are not there."""
        gone = set(point_ids)
        with self._lock:
            self._points = {
                point_id: point for point_id, point in self._points.items() if point_id not in gone
            }

    def fingerprints(self, source: str) -> dict[str, str]:
        """Return point id to fingerprint of everything that came from a source."""
        return {
            point_id: point.facts.fingerprint
            for point_id, point in self._points.items()
            if point.facts.source == source
        }

    def search(self, asks: Sequence[Ask], limit: int) -> list[tuple[Hit, ...]]:
        """Answer every question by comparing with every point that may be found."""
        points = tuple(self._points.values())
        return [_nearest(points, ask, limit) for ask in asks]

    def replace(self, batches: Iterable[Sequence[Point]]) -> None:
        """Put all these points in the place of those that are there."""
        fresh = {point.point_id: point for batch in batches for point in batch}
        with self._lock:
            self._points = fresh

    def publish(self) -> None:
        """Nothing to swap: there is no other index."""

    def close(self) -> None:
        """Nothing to let go of."""


def _nearest(points: Sequence[Point], ask: Ask, limit: int) -> tuple[Hit, ...]:
    """Return the nearest admitted points that have the asked vector."""
    admitted = (
        point
        for point in points
        if ask.where.admits(point.facts.kind, point.facts.licence, point.facts.terms)
    )
    hits = (
        Hit(point.point_id, _cosine(point.vectors[ask.using], ask.vector))
        for point in admitted
        if ask.using in point.vectors
    )
    return nearest(hits, (), limit)


def _cosine(stored: Vector, asked: Vector) -> float:
    """Return the cosine of unit vectors; of the nearest view where there are several."""
    return float(np.max(stored @ asked))
