"""The index in Qdrant (1.16 or newer): embedded in a folder, or a server, through one client."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any

import structlog
from qdrant_client import QdrantClient, models

from backlot.contracts.errors import ConfigurationError
from services.matcher.adapters.folder_turn import opened_in_turn
from services.matcher.adapters.qdrant.words import (
    CONFLICT_STATUS,
    answered,
    filter_of,
    one_of,
    structs_of,
    vector_params,
)
from services.matcher.held import HeldFacts, nearest
from services.matcher.port import (
    Ask,
    Hit,
    Point,
    PointFacts,
    SpaceMismatchError,
    VectorSpace,
)

log = structlog.get_logger(__name__)

STAMP = "backlot_space"
PAGE = 256
FILTERED_FIELDS = ("kind", "terms", "licence", "source")


def open_folder(folder: Path, wait_s: float = 0.0) -> QdrantClient:
    """Open the embedded engine; exactly one process may hold the folder, made if it is not there.

    Waiting and errors are those of `opened_in_turn`.
    """
    return opened_in_turn(
        lambda: QdrantClient(path=str(folder), force_disable_check_same_thread=True), folder, wait_s
    )


def open_url(url: str, api_key: str | None = None, timeout_s: int = 10) -> QdrantClient:
    """Make the client of a server or cluster; connects with the first call."""
    # The client's own version check warns on stderr and costs a request at every start.
    return QdrantClient(url=url, api_key=api_key, timeout=timeout_s, check_compatibility=False)


class QdrantIndex:
    """One collection of background vectors behind an alias.

    The collection behind the alias carries the stamp of its vector space. A rebuild fills a second
    one and swaps the alias, so that searches are answered all the while.

    The embedded engine filters in Python, point by point (8 ms a question at 200 points against
    under 1 ms without), so it is asked for as many more points as the filter excludes, and those
    are dropped from its answer: the same points, sooner.

    Args:
        client: From `open_folder` or `open_url`; closed with this index, or when opening fails.
        name: The alias.
        space: What the vectors are made with.
        embedded: Whether the client is the one owner of a folder.
        rebuild: Start an empty collection beside the one in use.

    Raises:
        SpaceMismatchError: The collection in use is of another space and `rebuild` is False.
        ConfigurationError: The server refuses the key, or the name is a foreign collection.
        IndexUnavailableError: The server does not answer.
    """

    def __init__(
        self,
        client: QdrantClient,
        *,
        name: str,
        space: VectorSpace,
        embedded: bool,
        rebuild: bool = False,
    ) -> None:
        self._client = client
        self._name = name
        self._space = space
        self._embedded = embedded
        # The embedded client is not made for threads; a server takes them all at once.
        self._turn: AbstractContextManager[Any] = RLock() if embedded else nullcontext()
        self._target = name
        self._replaced: str | None = None
        try:
            self._open(rebuild=rebuild)
            # A server filters by itself and may be written to by others: nothing is held for it.
            self._held = HeldFacts(dict(self._scroll(None)) if embedded else {})
        except Exception:
            client.close()
            raise

    @property
    def space(self) -> VectorSpace:
        """What its vectors are made with."""
        return self._space

    def put(self, points: Sequence[Point]) -> None:
        """Store or replace points by id; they can be found when this returns."""
        if not points:
            return
        with self._turn, answered():
            self._client.upsert(self._target, points=structs_of(points), wait=True)
            if self._embedded:
                self._held.store(points)

    def delete(self, point_ids: Sequence[str]) -> None:
        """Remove points; no error for ids that are not there."""
        if not point_ids:
            return
        chosen = models.PointIdsList(points=list(point_ids))
        with self._turn, answered():
            self._client.delete(self._target, points_selector=chosen, wait=True)
            self._held.forget(point_ids)

    def fingerprints(self, source: str) -> dict[str, str]:
        """Return point id to fingerprint of everything that came from a source."""
        from_source = models.Filter(must=[one_of("source", (source,))])
        with self._turn:
            return {point_id: facts.fingerprint for point_id, facts in self._scroll(from_source)}

    def search(self, asks: Sequence[Ask], limit: int) -> list[tuple[Hit, ...]]:
        """Answer all questions in one round trip, each nearest first and at most `limit` long."""
        if not asks:
            return []
        with self._turn, answered():
            excluded = {where: self._held.excluded(where) for where in {ask.where for ask in asks}}
            requests = [
                models.QueryRequest(
                    query=[ask.vector.tolist()] if ask.using == "preview" else ask.vector.tolist(),
                    using=ask.using,
                    filter=None if self._embedded else filter_of(ask.where),
                    limit=limit + len(excluded[ask.where]),
                    with_payload=False,
                )
                for ask in asks
            ]
            responses = self._client.query_batch_points(self._target, requests=requests)
        return [
            nearest(
                (Hit(str(point.id), float(point.score)) for point in response.points),
                excluded[ask.where],
                limit,
            )
            for ask, response in zip(asks, responses, strict=True)
        ]

    def replace(self, batches: Iterable[Sequence[Point]]) -> None:
        """Fill another collection while the one in use answers, then swap the alias."""
        in_use, facts = self._behind_alias(), HeldFacts({})
        fresh = self._other_than(in_use)
        with self._turn:
            self._create(fresh)
        for batch in batches:
            with self._turn, answered():  # searches come between the batches
                self._client.upsert(fresh, points=structs_of(batch), wait=True)
            facts.store(batch)
        with self._turn, answered():
            self._point_alias_at(fresh)
            if in_use is not None:
                self._client.delete_collection(in_use)
            if self._embedded:
                self._held = facts

    def publish(self) -> None:
        """Let a rebuilt collection answer under the alias and remove the one before it."""
        if self._replaced is None:
            return
        with self._turn, answered():
            self._point_alias_at(self._target)
            self._client.delete_collection(self._replaced)
        log.info("index_published", index=self._name, collection=self._target)
        self._target, self._replaced = self._name, None

    def close(self) -> None:
        """Let go of the folder or the connections."""
        with self._turn:
            self._client.close()

    def _open(self, *, rebuild: bool) -> None:
        """Find the collection behind the alias, or make one."""
        in_use = self._behind_alias()
        if in_use is None:
            self._create(self._base)
            self._point_alias_at(self._base)
        elif rebuild:
            self._target, self._replaced = self._other_than(in_use), in_use
            self._create(self._target)
        else:
            with answered():
                metadata = self._client.get_collection(in_use).config.metadata or {}
            held = str(metadata.get(STAMP, "an unknown encoder"))
            if held != self._space.stamp:
                raise SpaceMismatchError(self._name, held, self._space.stamp)

    @property
    def _base(self) -> str:
        """Name of a collection of this vector space."""
        return f"{self._name}-{sha256(self._space.stamp.encode()).hexdigest()[:8]}"

    def _other_than(self, in_use: str | None) -> str:
        """Return another name, without what a rebuild left that did not get to its end."""
        fresh = self._base if in_use != self._base else f"{self._base}-b"
        with self._turn, answered():
            self._client.delete_collection(fresh)
        return fresh

    def _behind_alias(self) -> str | None:
        """Return the collection the alias stands for, None when there is none yet."""
        with answered():
            for alias in self._client.get_aliases().aliases:
                if alias.alias_name == self._name:
                    return str(alias.collection_name)
            if self._client.collection_exists(self._name):
                raise ConfigurationError(
                    f"Qdrant has a collection '{self._name}' that was not made here: "
                    "set BACKLOT_QDRANT_COLLECTION to another name."
                )
        return None

    def _point_alias_at(self, collection: str) -> None:
        """Make the alias stand for a collection, in one step."""
        made = models.CreateAlias(collection_name=collection, alias_name=self._name)
        operations: list[Any] = [models.CreateAliasOperation(create_alias=made)]
        if self._behind_alias() is not None:
            gone = models.DeleteAlias(alias_name=self._name)
            operations.insert(0, models.DeleteAliasOperation(delete_alias=gone))
        with answered():
            self._client.update_collection_aliases(operations)

    def _create(self, collection: str) -> None:
        """Make a stamped collection, or take the one that a start killed half-way has left."""
        with answered(besides=CONFLICT_STATUS):  # another process may be quicker
            if not self._client.collection_exists(collection):
                self._client.create_collection(
                    collection,
                    vectors_config=vector_params(self._space),
                    metadata={STAMP: self._space.stamp},
                )
                log.info("index_created", index=self._name, collection=collection)
        if self._embedded:
            return  # it has no payload indexes and warns when asked for one
        keyword = models.PayloadSchemaType.KEYWORD
        with answered():
            for field in FILTERED_FIELDS:
                self._client.create_payload_index(collection, field, keyword, wait=True)

    def _scroll(self, chosen: models.Filter | None) -> Iterator[tuple[str, PointFacts]]:
        """Read id and facts of every chosen point, page by page."""
        offset: Any = None
        while True:
            with answered():
                records, offset = self._client.scroll(
                    self._target, scroll_filter=chosen, limit=PAGE, offset=offset
                )
            for record in records:
                yield str(record.id), PointFacts.model_validate(record.payload)
            if offset is None:
                return
