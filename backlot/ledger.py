"""Small records that must outlive Redis: written to the object store, worked with in Redis."""

import json
from collections.abc import Iterator, Mapping

from backlot.blobs.port import BlobMissingError, BlobStore
from backlot.line.scripting import Scripts


class Ledger:
    """Records of one kind, flat text fields under an id.

    The object store has what a person decided (an endpoint's address, a key's hash); what the
    line notes beside it (last use, failures) lives in Redis only and may be lost with it.

    Args:
        scripts: Redis.
        blobs: The object store.
        kind: First part of the records' keys, for example ``endpoint``.
        folder: Where they are in the object store.
        group: A field whose value every record is listed under, for example ``tenant``.
    """

    def __init__(
        self, scripts: Scripts, blobs: BlobStore, *, kind: str, folder: str, group: str
    ) -> None:
        self._scripts = scripts
        self._blobs = blobs
        self._kind = kind
        self._folder = folder
        self._group = group

    def write(self, name: str, fields: Mapping[str, str]) -> None:
        """Store or replace a record."""
        text = json.dumps(dict(fields), sort_keys=True)
        self._blobs.put(self._blob(name), text.encode(), "application/json")
        self._load(name, fields)

    def read(self, name: str) -> dict[str, str] | None:
        """A record with what the line has noted beside it."""
        key = self._scripts.key(self._kind, name)
        fields: dict[str, str] = self._scripts.ask(lambda client: client.hgetall(key))
        return fields if self._group in fields else None

    def names(self, group: str) -> list[str]:
        """The ids of a group, in order."""
        key = self._scripts.key(f"{self._kind}s", group)
        return sorted(self._scripts.ask(lambda client: client.smembers(key)))

    def remove(self, name: str) -> None:
        """Forget a record; no error when it is not there."""
        fields = self.read(name)
        self._blobs.delete(self._blob(name))
        if fields is None:
            return
        key = self._scripts.key(self._kind, name)
        group = self._scripts.key(f"{self._kind}s", fields[self._group])
        self._scripts.ask(lambda client: client.delete(key))
        self._scripts.ask(lambda client: client.srem(group, name))

    def restore(self) -> int:
        """Bring back what Redis has lost; returns how many records there were to bring back."""
        restored = 0
        for name, fields in self._stored():
            if self.read(name) is None:
                self._load(name, fields)
                restored += 1
        return restored

    def _stored(self) -> Iterator[tuple[str, dict[str, str]]]:
        for key in self._blobs.keys(f"{self._folder}/"):
            try:
                yield key.rpartition("/")[2].removesuffix(".json"), json.loads(self._blobs.get(key))
            except BlobMissingError:
                continue

    def _load(self, name: str, fields: Mapping[str, str]) -> None:
        key = self._scripts.key(self._kind, name)
        group = self._scripts.key(f"{self._kind}s", fields[self._group])
        pairs: list[str] = [word for pair in fields.items() for word in pair]
        self._scripts.ask(lambda client: client.hset(key, items=pairs))
        self._scripts.ask(lambda client: client.sadd(group, name))

    def _blob(self, name: str) -> str:
        return f"{self._folder}/{name}.json"
