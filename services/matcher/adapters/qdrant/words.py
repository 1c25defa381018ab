"""What is said to Qdrant and what it answers, in our words: points, filters, vectors and errors."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from qdrant_client import models
from qdrant_client.http.exceptions import ApiException, UnexpectedResponse

from backlot.contracts.errors import ConfigurationError
from services.matcher.port import TEXT_VECTORS, IndexUnavailableError, Point, VectorSpace, Where

REFUSED_STATUSES = (401, 403)
CONFLICT_STATUS = 409


@contextmanager
def answered(besides: int | None = None) -> Iterator[None]:
    """Turn the engine's errors into ours; one HTTP status may be no error at all."""
    try:
        yield
    except UnexpectedResponse as error:
        if error.status_code in REFUSED_STATUSES:
            raise ConfigurationError(
                "Qdrant refuses the API key: set BACKLOT_QDRANT_API_KEY."
            ) from error
        if error.status_code != besides:
            status = f"{error.status_code} {error.reason_phrase}"
            raise IndexUnavailableError(f"Qdrant answered {status}.") from error
    except ApiException as error:
        raise IndexUnavailableError(f"Qdrant does not answer: {error}") from error


def structs_of(points: Sequence[Point]) -> list[models.PointStruct]:
    """Return points as the client takes them."""
    return [
        models.PointStruct(
            id=point.point_id,
            vector={name: vector.tolist() for name, vector in point.vectors.items()},
            payload=point.facts.model_dump(mode="json"),
        )
        for point in points
    ]


def vector_params(space: VectorSpace) -> dict[str, models.VectorParams]:
    """Return the named vectors of a collection."""
    cosine = models.Distance.COSINE
    params = {
        str(name): models.VectorParams(size=space.sentence_dim, distance=cosine)
        for name in TEXT_VECTORS
    }
    if space.scene:
        nearest_view = models.MultiVectorConfig(comparator=models.MultiVectorComparator.MAX_SIM)
        params["preview"] = models.VectorParams(
            size=space.scene_dim, distance=cosine, multivector_config=nearest_view
        )
    return params


def one_of(field: str, values: Sequence[str]) -> models.FieldCondition:
    """Return the condition that a field holds one of the values."""
    return models.FieldCondition(key=field, match=models.MatchAny(any=list(values)))


def filter_of(where: Where) -> models.Filter | None:
    """Return the server's words for a filter; None when everything may be found."""
    must = [
        one_of(field, sorted(values))
        for field, values in (("kind", where.kinds), ("licence", where.licences))
        if values
    ]
    must_not = [one_of("terms", sorted(where.avoid))] if where.avoid else []
    return models.Filter(must=must, must_not=must_not) if must or must_not else None
