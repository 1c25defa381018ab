"""Answers that were paid for once, found again by what was asked."""

import hashlib
import json
from collections.abc import Mapping

import structlog
from pydantic import ValidationError

from backlot.contracts.brief import Usage
from services.lm_worker.facts import ProductFacts
from services.lm_worker.prompt import user_message
from services.lm_worker.store import Store, StoreUnavailableError
from services.lm_worker.writer import Drafts

log = structlog.get_logger()


class Answers:
    """Remembers drafts; a store that is away costs a call, never a job.

    Args:
        store: Where they are.
        ttl_s: How long they are kept.
        vocabulary_version: Answers in other words are not found.
    """

    def __init__(self, store: Store, ttl_s: int, vocabulary_version: str) -> None:
        self._store = store
        self._ttl_s = ttl_s
        self._vocabulary_version = vocabulary_version

    def key(
        self, versions: Mapping[str, str], facts: ProductFacts, n: int, photo: bytes | None
    ) -> str:
        """Return the name of an answer: a hash of everything the model would be told."""
        told = [
            versions.get("model"),
            versions.get("prompt"),
            self._vocabulary_version,
            user_message(facts, n),
            hashlib.sha256(photo).hexdigest() if photo is not None else None,
        ]
        return f"answer:{hashlib.sha256(json.dumps(told).encode()).hexdigest()}"

    def find(self, key: str) -> Drafts | None:
        """Return an answer that was kept; it costs nothing now."""
        try:
            text = self._store.get(key)
        except StoreUnavailableError:
            log.warning("lm_cache_unavailable", step="find")
            return None
        if text is None:
            return None
        try:
            drafts = Drafts.model_validate_json(text)
        except ValidationError:
            # Written by another release; it will be replaced.
            return None
        return drafts.model_copy(update={"usage": Usage(model=drafts.usage.model)})

    def keep(self, key: str, drafts: Drafts) -> None:
        """Keep an answer that proved usable."""
        try:
            self._store.put(key, drafts.model_dump_json(), self._ttl_s)
        except StoreUnavailableError:
            log.warning("lm_cache_unavailable", step="keep")
