"""API keys: made once, shown once, kept as hashes."""

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from backlot.blobs.port import BlobStore
from backlot.contracts.errors import RefusedInputError
from backlot.contracts.frozen import Frozen
from backlot.ledger import Ledger
from backlot.line.scripting import Scripts

PREFIX = "blk_"
_ID_LENGTH = 12


class Scope(StrEnum):
    """What a key may do."""

    READ = "read"
    WRITE = "write"
    WEBHOOKS = "webhooks"
    LIBRARY = "library"
    PRIORITY = "priority"


USUAL = tuple(scope for scope in Scope if scope is not Scope.PRIORITY)
"""What a key may do of which nothing else is said: all but pass the others in the queue."""


class ApiKey(Frozen):
    """A key as it is listed."""

    key_id: str
    tenant: str
    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    ends_at: datetime | None
    used_at: datetime | None
    quotas: dict[str, int]


class MadeKey(NamedTuple):
    """A key with its text, which nobody will be shown again."""

    key: ApiKey
    text: str


def digest_of(text: str) -> str:
    """What is kept of a key; keys have 256 random bits, so that a plain hash is enough."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


class ApiKeys:
    """Makes, lists, rotates and revokes keys.

    Args:
        scripts: Redis.
        blobs: Where keys are kept for good.
        clock: Unix seconds.
    """

    def __init__(
        self, scripts: Scripts, blobs: BlobStore, clock: Callable[[], float] = time.time
    ) -> None:
        self._clock = clock
        self._scripts = scripts
        self._ledger = Ledger(scripts, blobs, kind="apikey", folder="api-keys", group="tenant")

    def make(
        self,
        tenant: str,
        name: str,
        scopes: Iterable[Scope] = USUAL,
        lifetime_s: float | None = None,
        quotas: dict[str, int] | None = None,
    ) -> MadeKey:
        """Make a key.

        Args:
            tenant: Whose it is.
            name: What it is for.
            scopes: What it may do.
            lifetime_s: How long it lives, None for ever.
            quotas: Requests a minute by bucket, instead of the settings' own; 0 is no limit.
        """
        text = PREFIX + secrets.token_urlsafe(32)
        now = self._clock()
        fields = {
            "tenant": tenant,
            "name": name,
            "scopes": ",".join(dict.fromkeys(scopes)),
            "created": str(int(now * 1000)),
            "ends": str(int((now + lifetime_s) * 1000)) if lifetime_s is not None else "",
            **{f"quota:{bucket}": str(quota) for bucket, quota in (quotas or {}).items()},
        }
        digest = digest_of(text)
        self._ledger.write(digest, fields)
        return MadeKey(_view(digest, fields), text)

    def all(self, tenant: str) -> tuple[ApiKey, ...]:
        """The keys of a tenant, the oldest first; those that have ended too."""
        keys = [_view(digest, fields) for digest, fields in self._of(tenant)]
        return tuple(sorted(keys, key=lambda key: (key.created_at, key.key_id)))

    def tenants(self) -> tuple[str, ...]:
        """Everybody who has a key."""
        start = self._scripts.key("apikeys", "")
        pattern = start + "*"
        found = self._scripts.ask(lambda client: list(client.scan_iter(pattern)))
        return tuple(sorted(key.removeprefix(start) for key in found))

    def revoke(self, tenant: str, key_id: str, overlap_s: float = 0) -> ApiKey:
        """End a key now, or when an overlap is over; an earlier end stays.

        Raises:
            RefusedInputError: ``not-found``.
        """
        digest, fields = self._find(tenant, key_id)
        ends = int((self._clock() + overlap_s) * 1000)
        fields["ends"] = str(min(ends, int(fields["ends"]) if fields.get("ends") else ends))
        self._ledger.write(digest, {k: v for k, v in fields.items() if k != "used"})
        return _view(digest, fields)

    def rotate(self, tenant: str, key_id: str, overlap_s: float) -> MadeKey:
        """Make a key that may do the same; the old one lives on for the overlap."""
        old = _view(*self._find(tenant, key_id))
        lifetime = old.ends_at - old.created_at if old.ends_at else None
        made = self.make(
            tenant,
            old.name,
            old.scopes,
            lifetime.total_seconds() if lifetime else None,
            old.quotas,
        )
        self.revoke(tenant, key_id, overlap_s)
        return made

    def restore(self) -> int:
        """Bring keys back after Redis was lost; returns how many."""
        return self._ledger.restore()

    def _find(self, tenant: str, key_id: str) -> tuple[str, dict[str, str]]:
        for digest, fields in self._of(tenant):
            if digest.startswith(key_id) and len(key_id) >= _ID_LENGTH:
                return digest, fields
        raise RefusedInputError("not-found", f"{tenant} has no key {key_id}.")

    def _of(self, tenant: str) -> Iterable[tuple[str, dict[str, str]]]:
        for digest in self._ledger.names(tenant):
            fields = self._ledger.read(digest)
            if fields is not None:
                yield digest, fields


def _view(digest: str, fields: dict[str, str]) -> ApiKey:
    quotas = {k.partition(":")[2]: int(v) for k, v in fields.items() if k.startswith("quota:")}
    return ApiKey(
        key_id=digest[:_ID_LENGTH],
        tenant=fields["tenant"],
        name=fields["name"],
        scopes=tuple(Scope(word) for word in fields["scopes"].split(",") if word),
        created_at=datetime.fromtimestamp(int(fields["created"]) / 1000, UTC),
        ends_at=_at(fields.get("ends")),
        used_at=_at(fields.get("used")),
        quotas=quotas,
    )


def _at(text: str | None) -> datetime | None:
    return datetime.fromtimestamp(int(text) / 1000, UTC) if text else None
