"""The store that all processes share: a Redis, best one apart from the line's."""

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from services.lm_worker.store import Spent, StoreUnavailableError

_PREFIX = "backlot:lm:"
# A job waits for the store no longer than this; without it the model is simply asked.
_TIMEOUT_S = 1.0
_ACCOUNT_TTL_S = 2 * 86_400


class RedisStore:
    """Keeps texts as strings and accounts as hashes, all with an end.

    Args:
        url: Of the Redis; nothing is asked of it yet.
    """

    def __init__(self, url: str) -> None:
        # One more try: a connection that idled through a restart of Redis is only found out in use.
        self._redis = redis.Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=_TIMEOUT_S,
            socket_connect_timeout=_TIMEOUT_S,
            retry=Retry(NoBackoff(), 1),
        )

    def get(self, key: str) -> str | None:
        """Return a kept text."""
        with _told():
            text = self._redis.get(_PREFIX + key)
        return None if text is None else str(text)

    def put(self, key: str, text: str, ttl_s: int) -> None:
        """Keep or replace a text."""
        with _told():
            self._redis.set(_PREFIX + key, text, ex=ttl_s)

    def spent(self, account: str) -> Spent:
        """Return what an account has used so far."""
        with _told(), self._redis.pipeline() as steps:
            steps.hget(_PREFIX + account, "micro_usd")
            steps.hget(_PREFIX + account, "tokens")
            micro_usd, tokens = steps.execute()
        return Spent(micro_usd=int(micro_usd or 0), tokens=int(tokens or 0))

    def spend(self, account: str, amount: Spent) -> Spent:
        """Add to an account in one transaction and return the new sums."""
        with _told(), self._redis.pipeline(transaction=True) as steps:
            steps.hincrby(_PREFIX + account, "micro_usd", amount.micro_usd)
            steps.hincrby(_PREFIX + account, "tokens", amount.tokens)
            steps.expire(_PREFIX + account, _ACCOUNT_TTL_S)
            micro_usd, tokens, _ = steps.execute()
        return Spent(micro_usd=int(micro_usd), tokens=int(tokens))

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()


@contextmanager
def _told() -> Iterator[None]:
    """Say what Redis failed with in the port's own words."""
    try:
        yield
    except redis.RedisError as error:
        raise StoreUnavailableError(type(error).__name__) from None
