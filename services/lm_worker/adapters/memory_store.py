"""The store of a single process: gone when it ends, and never large."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from services.lm_worker.store import Spent

MOST_TEXTS = 512
MOST_ACCOUNTS = 10_000


class MemoryStore:
    """Keeps the most recently used texts and accounts.

    Args:
        clock: Seconds that only grow.
        most_texts: Beyond these the one that was not used for longest is forgotten.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, most_texts: int = MOST_TEXTS
    ) -> None:
        self._clock = clock
        self._most_texts = most_texts
        self._lock = threading.Lock()
        self._texts: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._accounts: OrderedDict[str, Spent] = OrderedDict()

    def get(self, key: str) -> str | None:
        """Return a kept text."""
        with self._lock:
            ends_at, text = self._texts.get(key, (0.0, ""))
            if not text:
                return None
            if self._clock() >= ends_at:
                del self._texts[key]
                return None
            self._texts.move_to_end(key)
            return text

    def put(self, key: str, text: str, ttl_s: int) -> None:
        """Keep or replace a text."""
        with self._lock:
            self._texts[key] = (self._clock() + ttl_s, text)
            self._texts.move_to_end(key)
            while len(self._texts) > self._most_texts:
                self._texts.popitem(last=False)

    def spent(self, account: str) -> Spent:
        """Return what an account has used so far."""
        with self._lock:
            return self._accounts.get(account, Spent())

    def spend(self, account: str, amount: Spent) -> Spent:
        """Add to an account and return the new sums."""
        with self._lock:
            old = self._accounts.get(account, Spent())
            new = Spent(
                micro_usd=old.micro_usd + amount.micro_usd, tokens=old.tokens + amount.tokens
            )
            self._accounts[account] = new
            self._accounts.move_to_end(account)
            while len(self._accounts) > MOST_ACCOUNTS:
                self._accounts.popitem(last=False)
            return new
