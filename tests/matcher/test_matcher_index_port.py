"""What every index must do: in memory, embedded, and on a server."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from matcher_builders import ROOM, STUDIO, point, point_id, unit

from services.matcher.port import Ask, BackgroundIndex, Vector, Where

EAST, NORTH, BETWEEN = unit(1, 0, 0, 0), unit(0, 1, 0, 0), unit(1, 1, 0, 0)


def found(index: BackgroundIndex, vector: Vector, where: Where | None = None) -> list[str]:
    """Ids nearest to a caption."""
    (hits,) = index.search([Ask("caption", vector, where or Where())], 10)
    return [hit.point_id for hit in hits]


class TestIndexPort:
    """The behaviour suite of `BackgroundIndex`."""

    def test_nearest_first(self, index: BackgroundIndex) -> None:
        """Points come in the order of their cosine, and the cosine is given."""
        index.put([point(1, NORTH), point(2, EAST), point(3, BETWEEN)])
        (hits,) = index.search([Ask("caption", EAST)], 10)
        assert [hit.point_id for hit in hits] == [point_id(2), point_id(3), point_id(1)]
        assert np.allclose([hit.similarity for hit in hits], [1, np.sqrt(0.5), 0], atol=1e-5)

    def test_limit_counts_admitted_points(self, index: BackgroundIndex) -> None:
        """What a filter excludes does not use up the limit."""
        near = [point(n, EAST, kind=STUDIO) for n in range(5)]
        far = [point(n, unit(1, n, 0, 0), kind=ROOM) for n in range(5, 9)]
        index.put(near + far)
        (hits,) = index.search([Ask("caption", EAST, Where(kinds=frozenset({ROOM})))], 3)
        assert [hit.point_id for hit in hits] == [point_id(n) for n in (5, 6, 7)]

    def test_equal_points_come_in_the_order_of_their_ids(self, index: BackgroundIndex) -> None:
        """The same index gives the same answer, whatever was stored first."""
        index.put([point(3, EAST), point(1, EAST), point(2, EAST)])
        assert found(index, EAST) == [point_id(1), point_id(2), point_id(3)]

    def test_avoided_terms_are_never_found(self, index: BackgroundIndex) -> None:
        """A point that shows an avoided term is gone, however near it is."""
        index.put([point(1, EAST, terms=("lighting/neon-glow", "mood/dramatic")), point(2, NORTH)])
        where = Where(avoid=frozenset({"lighting/neon-glow", "props/lit-candle"}))
        assert found(index, EAST, where) == [point_id(2)]

    def test_only_allowed_licences(self, index: BackgroundIndex) -> None:
        """A licence filter lets nothing else through."""
        index.put([point(1, EAST, licence="CC-BY-NC-4.0"), point(2, NORTH, licence="CC0-1.0")])
        assert found(index, EAST, Where(licences=frozenset({"CC0-1.0"}))) == [point_id(2)]

    def test_filters_hold_together(self, index: BackgroundIndex) -> None:
        """Kind, avoided terms and licence must all hold."""
        index.put(
            [
                point(1, EAST, kind=ROOM),
                point(2, EAST, terms=("mood/dramatic",)),
                point(3, EAST, licence="other"),
                point(4, EAST),
            ]
        )
        where = Where(
            kinds=frozenset({STUDIO}),
            avoid=frozenset({"mood/dramatic"}),
            licences=frozenset({"Apache-2.0"}),
        )
        assert found(index, EAST, where) == [point_id(4)]

    def test_several_questions_have_their_own_answers(self, index: BackgroundIndex) -> None:
        """One search answers many questions, each with its own filter, in order."""
        index.put([point(1, EAST, kind=STUDIO), point(2, NORTH, kind=ROOM)])
        asks = [
            Ask("caption", EAST),
            Ask("caption", NORTH),
            Ask("caption", EAST, Where(kinds=frozenset({ROOM}))),
        ]
        ids = [[hit.point_id for hit in hits] for hits in index.search(asks, 10)]
        assert ids == [[point_id(1), point_id(2)], [point_id(2), point_id(1)], [point_id(2)]]

    def test_a_point_counts_by_its_nearest_view(self, index: BackgroundIndex) -> None:
        """Of several preview views the best one decides, and points without views are not found."""
        both_sides = np.stack([unit(1, 0, 0), unit(0, 1, 0)])
        askew = np.stack([unit(1, 1, 0)])
        index.put([point(1, EAST, views=both_sides), point(2, EAST, views=askew), point(3, EAST)])
        (hits,) = index.search([Ask("preview", unit(0, 1, 0))], 10)
        assert [hit.point_id for hit in hits] == [point_id(1), point_id(2)]
        assert np.allclose([hit.similarity for hit in hits], [1, np.sqrt(0.5)], atol=1e-5)

    def test_a_vector_nobody_has_finds_nothing(self, index: BackgroundIndex) -> None:
        """A named vector that no point carries gives an empty answer, not an error."""
        index.put([point(1, EAST)])
        assert index.search([Ask("look", EAST)], 10) == [()]

    def test_the_same_id_replaces(self, index: BackgroundIndex) -> None:
        """Storing a point again leaves one point, with the new vector and facts."""
        index.put([point(1, EAST, terms=("mood/dramatic",), fingerprint="old")])
        index.put([point(1, NORTH, fingerprint="new")])
        (hits,) = index.search(
            [Ask("caption", NORTH, Where(avoid=frozenset({"mood/dramatic"})))], 9
        )
        assert [(hit.point_id, round(hit.similarity, 4)) for hit in hits] == [(point_id(1), 1.0)]
        assert index.fingerprints("starter") == {point_id(1): "new"}

    def test_deleted_points_are_gone(self, index: BackgroundIndex) -> None:
        """A deleted point is neither found nor listed; deleting it again is no error."""
        index.put([point(1, EAST), point(2, NORTH)])
        index.delete([point_id(1)])
        index.delete([point_id(1), point_id(9)])
        assert found(index, EAST) == [point_id(2)]
        assert set(index.fingerprints("starter")) == {point_id(2)}

    def test_fingerprints_belong_to_a_source(self, index: BackgroundIndex) -> None:
        """Points of other sources are not listed, however many there are."""
        index.put([point(n, EAST, source="imported") for n in range(300)])
        index.put([point(1000, EAST, fingerprint="mine")])
        assert index.fingerprints("starter") == {point_id(1000): "mine"}
        assert len(index.fingerprints("imported")) == 300

    def test_nothing_asked_or_stored_is_no_error(self, index: BackgroundIndex) -> None:
        """Empty calls do nothing."""
        index.put([])
        index.delete([])
        assert index.search([], 5) == []
        assert index.search([Ask("caption", EAST)], 5) == [()]

    def test_many_threads_at_once(self, index: BackgroundIndex) -> None:
        """Readers and writers in threads get whole answers and lose no point."""
        index.put([point(0, EAST)])

        def one(number: int) -> str:
            index.put([point(number, NORTH)])
            return found(index, EAST)[0]

        with ThreadPoolExecutor(8) as pool:
            nearest = list(pool.map(one, range(1, 33)))
        assert set(nearest) == {point_id(0)}
        assert len(index.fingerprints("starter")) == 33
