"""The store port: one process' memory and Redis keep the same promises."""

import threading
import time
import uuid
from collections.abc import Iterator

import pytest
from redis_server import RedisServer, free_port

from services.lm_worker.adapters.memory_store import MemoryStore
from services.lm_worker.adapters.redis_store import RedisStore
from services.lm_worker.store import Spent, Store, StoreUnavailableError


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Either store, ready."""
    if request.param == "memory":
        yield MemoryStore()
        return
    server: RedisServer = request.getfixturevalue("redis_server")
    real = RedisStore(server.url)
    yield real
    real.close()


@pytest.fixture
def name() -> str:
    """A name no other test uses."""
    return uuid.uuid4().hex


class TestTexts:
    """What is kept."""

    def test_what_was_kept_is_found(self, store: Store, name: str) -> None:
        """Any text, as it was; the last one counts."""
        store.put(name, "first", 60)
        store.put(name, "둘째 \n {}", 60)
        assert store.get(name) == "둘째 \n {}"

    def test_what_was_not_kept_is_not_there(self, store: Store, name: str) -> None:
        """Not even as an empty text."""
        assert store.get(name) is None

    def test_it_ends(self, store: Store, name: str) -> None:
        """After its time a text is gone."""
        store.put(name, "short", 1)
        ends = time.monotonic() + 30
        while store.get(name) is not None and time.monotonic() < ends:
            time.sleep(0.05)
        assert store.get(name) is None


class TestAccounts:
    """What was spent."""

    def test_a_new_account_is_empty(self, store: Store, name: str) -> None:
        """Nobody has to open it."""
        assert store.spent(name) == Spent()

    def test_sums_come_back(self, store: Store, name: str) -> None:
        """From spending, and from asking later."""
        store.spend(name, Spent(micro_usd=7, tokens=100))
        assert store.spend(name, Spent(micro_usd=1, tokens=11)) == Spent(micro_usd=8, tokens=111)
        assert store.spent(name) == Spent(micro_usd=8, tokens=111)

    def test_nothing_is_lost_between_threads(self, store: Store, name: str) -> None:
        """Eight at once, fifty times each."""

        def spend() -> None:
            for _ in range(50):
                store.spend(name, Spent(micro_usd=1, tokens=2))

        threads = [threading.Thread(target=spend) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.spent(name) == Spent(micro_usd=400, tokens=800)


def test_memory_forgets_what_was_not_used_for_longest() -> None:
    """It never grows beyond its size."""
    store = MemoryStore(most_texts=2)
    store.put("a", "1", 60)
    store.put("b", "2", 60)
    assert store.get("a") == "1"
    store.put("c", "3", 60)
    assert [store.get(key) for key in "abc"] == ["1", None, "3"]


def test_processes_share_redis(redis_server: RedisServer, name: str) -> None:
    """What one connection keeps another finds, and every key has an end."""
    one, other = RedisStore(redis_server.url), RedisStore(redis_server.url)
    one.put(name, "text", 60)
    one.spend(f"{name}-account", Spent(tokens=5))
    assert other.get(name) == "text"
    assert other.spent(f"{name}-account").tokens == 5
    keys = list(one._redis.scan_iter(f"*{name}*"))
    assert len(keys) == 2
    assert all(int(str(one._redis.ttl(key))) > 0 for key in keys)
    one.close()
    other.close()


def test_a_redis_that_is_away_is_said_in_the_ports_words() -> None:
    """Whatever is asked of it."""
    store = RedisStore(f"redis://127.0.0.1:{free_port()}/0")
    for ask in (
        lambda: store.get("a"),
        lambda: store.put("a", "b", 1),
        lambda: store.spent("a"),
        lambda: store.spend("a", Spent()),
    ):
        with pytest.raises(StoreUnavailableError):
            ask()
    store.close()
