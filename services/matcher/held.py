"""The facts of the points an index holds, at hand in memory, and how its answers are trimmed."""

from collections.abc import Collection, Iterable, Mapping

from services.matcher.port import Hit, Point, PointFacts, Where


class HeldFacts:
    """Facts by point id, in step with the index that owns them.

    Args:
        facts: What the index holds when it is opened.
    """

    def __init__(self, facts: Mapping[str, PointFacts]) -> None:
        self._facts = dict(facts)

    def __len__(self) -> int:
        return len(self._facts)

    def store(self, points: Iterable[Point]) -> None:
        """Note points that were stored."""
        self._facts.update({point.point_id: point.facts for point in points})

    def forget(self, point_ids: Iterable[str]) -> None:
        """Note points that were removed."""
        for point_id in point_ids:
            self._facts.pop(point_id, None)

    def fingerprints(self, source: str) -> dict[str, str]:
        """Return point id to fingerprint of everything that came from a source."""
        return {
            point_id: facts.fingerprint
            for point_id, facts in self._facts.items()
            if facts.source == source
        }

    def excluded(self, where: Where) -> frozenset[str]:
        """Return the points that may not be found."""
        return frozenset(
            point_id
            for point_id, facts in self._facts.items()
            if not where.admits(facts.kind, facts.licence, facts.terms)
        )


def nearest(hits: Iterable[Hit], excluded: Collection[str], limit: int) -> tuple[Hit, ...]:
    """Return the admitted hits, nearest first; equal ones in the order of their ids."""
    admitted = (hit for hit in hits if hit.point_id not in excluded)
    return tuple(sorted(admitted, key=lambda hit: (-hit.similarity, hit.point_id))[:limit])
