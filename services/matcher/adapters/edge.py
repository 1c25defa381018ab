"""The index in Qdrant's own engine inside this process (qdrant-edge-py), in a folder."""

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any

import structlog

from backlot.contracts.errors import ConfigurationError, MissingExtraError
from services.matcher.adapters.folder_turn import FolderLock
from services.matcher.held import HeldFacts, nearest
from services.matcher.port import (
    TEXT_VECTORS,
    Ask,
    Hit,
    IndexUnavailableError,
    Point,
    PointFacts,
    SpaceMismatchError,
    VectorSpace,
    Where,
)

try:
    import qdrant_edge as edge
except ImportError as error:
    raise MissingExtraError("qdrant-edge-py", "matcher") from error

log = structlog.get_logger(__name__)

CURRENT = "current.json"
"""Names the shard in use and the vector space it was made with: replacing it is the swap."""

PAGE, BATCH = 256, 1000
FILTERED_FIELDS = ("kind", "terms", "licence", "source")
GRAPH_FROM = 10_000
"""Points above which a nearest-neighbour graph is worth its making; below it search is exact."""


class EdgeIndex:
    """One shard of background vectors in a folder that this process alone holds.

    A rebuild fills a second shard and then replaces the file that says which one is in use, so
    that searches are answered all the while and a kill in between changes nothing.

    Args:
        folder: Made when it is not there.
        space: What the vectors are made with.
        wait_s: For another process to let go of the folder, as in a restart.
        rebuild: Start an empty shard beside the one in use.

    Raises:
        SpaceMismatchError: The shard in use is of another space and `rebuild` is False.
        ConfigurationError: Another process holds the folder, or it cannot be read.
    """

    def __init__(
        self, folder: Path, *, space: VectorSpace, wait_s: float = 0.0, rebuild: bool = False
    ) -> None:
        self._folder = folder
        self._space = space
        # Reads run in threads of the engine; a write must not meet another one.
        self._turn = RLock()
        self._lock = FolderLock(folder, wait_s)
        try:
            self._name, self._waiting = self._chosen(rebuild=rebuild)
            self._shard = self._opened(self._name)
            self._facts = HeldFacts(dict(_scrolled(self._shard, None)))
        except BaseException:
            self._lock.release()
            raise

    @property
    def space(self) -> VectorSpace:
        """What its vectors are made with."""
        return self._space

    def put(self, points: Sequence[Point]) -> None:
        """Store or replace points by id; they can be found when this returns."""
        if not points:
            return
        with self._turn, _answered():
            _store(self._shard, points)
            self._facts.store(points)

    def delete(self, point_ids: Sequence[str]) -> None:
        """Remove points; no error for ids that are not there."""
        if not point_ids:
            return
        with self._turn, _answered():
            self._shard.update(edge.UpdateOperation.delete_points(list(point_ids)))
            self._shard.flush()
            self._facts.forget(point_ids)

    def fingerprints(self, source: str) -> dict[str, str]:
        """Return point id to fingerprint of everything that came from a source."""
        with self._turn:
            return self._facts.fingerprints(source)

    def search(self, asks: Sequence[Ask], limit: int) -> list[tuple[Hit, ...]]:
        """Answer all questions in one round trip, each nearest first and at most `limit` long."""
        if not asks:
            return []
        requests = [
            edge.QueryRequest(
                limit=limit,
                query=edge.Query.Nearest(_asked(ask), using=ask.using),
                filter=_filter(ask.where),
                with_payload=False,
            )
            for ask in asks
        ]
        with self._turn, _answered():
            answers = self._shard.query_batch(edge.QueryBatchRequest(requests))
        return [
            nearest((Hit(str(point.id), float(point.score)) for point in answer), (), limit)
            for answer in answers
        ]

    def replace(self, batches: Iterable[Sequence[Point]]) -> None:
        """Fill another shard while the one in use answers, then take it instead."""
        name, facts = self._other_than(self._name), HeldFacts({})
        fresh = self._opened(name)
        try:
            for batch in batches:
                with _answered():
                    _store(fresh, batch)
                facts.store(batch)
            if len(facts) >= GRAPH_FROM:
                with _answered():
                    fresh.optimize()
        except BaseException:
            fresh.close()
            raise
        with self._turn, _answered():
            self._say(name)
            self._shard.close()
            self._shard, self._facts = fresh, facts
            gone, self._name, self._waiting = self._name, name, False
        shutil.rmtree(self._folder / gone)

    def publish(self) -> None:
        """Say that a rebuilt shard is the one in use, and remove the one before it."""
        with self._turn, _answered():
            if len(self._facts) >= GRAPH_FROM:
                self._shard.optimize()
            if not self._waiting:
                return
            before = self._said()
            self._say(self._name)
            self._waiting = False
        if before is not None:
            shutil.rmtree(self._folder / before["shard"], ignore_errors=True)
        log.info("index_published", index=self._folder.name, collection=self._name)

    def close(self) -> None:
        """Let go of the folder."""
        with self._turn:
            if self._lock.held:
                self._shard.close()
                self._lock.release()

    def _chosen(self, *, rebuild: bool) -> tuple[str, bool]:
        """Return the name of the shard to fill, and whether it waits to be published."""
        said = self._said()
        if said is None:
            name = self._other_than(None)
            self._say(name)
            return name, False
        if rebuild:
            return self._other_than(said["shard"]), True
        if said["space"] != self._space.stamp:
            raise SpaceMismatchError(str(self._folder), said["space"], self._space.stamp)
        return said["shard"], False

    def _said(self) -> dict[str, str] | None:
        """Return what the folder says is in use; None in a new one."""
        path = self._folder / CURRENT
        if not path.is_file():
            return None
        try:
            said: dict[str, str] = json.loads(path.read_text())
            return {"shard": said["shard"], "space": said["space"]}
        except (ValueError, KeyError, TypeError) as error:
            raise _unreadable(self._folder, error) from error

    def _say(self, name: str) -> None:
        """Replace the file that names the shard in use, in one step."""
        fresh = self._folder / f"{CURRENT}.part"
        fresh.write_text(json.dumps({"shard": name, "space": self._space.stamp}))
        fresh.replace(self._folder / CURRENT)

    def _other_than(self, in_use: str | None) -> str:
        """Return another name, without what a rebuild left that did not get to its end."""
        base = f"shard-{sha256(self._space.stamp.encode()).hexdigest()[:8]}"
        name = base if in_use != base else f"{base}-b"
        shutil.rmtree(self._folder / name, ignore_errors=True)
        return name

    def _opened(self, name: str) -> Any:
        """Open a shard, or make it."""
        path = self._folder / name
        try:
            if path.is_dir() and any(path.iterdir()):
                return edge.EdgeShard.load(str(path))
            path.mkdir(parents=True, exist_ok=True)
            made = edge.EdgeShard.create(str(path), edge.EdgeConfig(vectors=_params(self._space)))
            for field in FILTERED_FIELDS:
                keyword = edge.PayloadSchemaType.Keyword
                made.update(edge.UpdateOperation.create_field_index(field, keyword))
        except Exception as error:
            raise _unreadable(self._folder, error) from error
        return made


def _store(shard: Any, points: Sequence[Point]) -> None:
    """Write points and wait until they are on disk."""
    for first in range(0, len(points), BATCH):
        made = [
            edge.Point(
                point.point_id,
                {name: vector.tolist() for name, vector in point.vectors.items()},
                point.facts.model_dump(mode="json"),
            )
            for point in points[first : first + BATCH]
        ]
        shard.update(edge.UpdateOperation.upsert_points(made))
    shard.flush()


def _scrolled(shard: Any, chosen: Any) -> Iterator[tuple[str, PointFacts]]:
    """Read id and facts of every chosen point, page by page."""
    offset: Any = None
    while True:
        with _answered():
            records, offset = shard.scroll(
                edge.ScrollRequest(offset=offset, limit=PAGE, filter=chosen, with_payload=True)
            )
        for record in records:
            yield str(record.id), PointFacts.model_validate(record.payload)
        if offset is None:
            return


def _asked(ask: Ask) -> Any:
    """Return a question's vector; a multi-vector of one where points have several views."""
    vector = ask.vector.tolist()
    return [vector] if ask.using == "preview" else vector


def _params(space: VectorSpace) -> dict[str, Any]:
    """Return the named vectors of a shard."""
    cosine = edge.Distance.Cosine
    params = {
        str(name): edge.EdgeVectorParams(size=space.sentence_dim, distance=cosine)
        for name in TEXT_VECTORS
    }
    if space.scene:
        nearest_view = edge.MultiVectorConfig(edge.MultiVectorComparator.MaxSim)
        params["preview"] = edge.EdgeVectorParams(
            size=space.scene_dim, distance=cosine, multivector_config=nearest_view
        )
    return params


def _one_of(field: str, values: Iterable[str]) -> Any:
    """Return the condition that a field holds one of the values."""
    return edge.FieldCondition(field, match=edge.MatchAny(sorted(values)))


def _filter(where: Where) -> Any:
    """Return the engine's words for a filter; None when everything may be found."""
    must = [
        _one_of(field, values)
        for field, values in (("kind", where.kinds), ("licence", where.licences))
        if values
    ]
    must_not = [_one_of("terms", where.avoid)] if where.avoid else []
    return edge.Filter(must=must, must_not=must_not) if must or must_not else None


@contextmanager
def _answered() -> Iterator[None]:
    """Turn the engine's errors into ours."""
    try:
        yield
    except Exception as error:  # the engine raises nothing more special
        raise IndexUnavailableError(f"The embedded index does not answer: {error}") from error


def _unreadable(folder: Path, why: Exception) -> ConfigurationError:
    return ConfigurationError(
        f"The embedded index in {folder} cannot be read ({why}). It holds nothing that the "
        "background records do not: remove the folder and start again."
    )
