"""The breaker: a failing endpoint is left alone, and found again when it is well."""

import threading
from dataclasses import dataclass

import pytest

from services.lm_worker.breaker import PROBE_EVERY_S, Breaker
from services.lm_worker.errors import LlmPausedError, LlmRefusedError, LlmUnavailableError

DOWN = LlmUnavailableError("llm-unavailable", "down")
REFUSED = LlmRefusedError("llm-refused", "no")


@dataclass
class Clock:
    """Time that stands still until told otherwise."""

    now_s: float = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now_s


class Endpoint:
    """Something to call through a breaker, well or not."""

    def __init__(self, failures: int = 5) -> None:
        self.clock = Clock()
        self.breaker = Breaker(failures, self.clock)
        self.error: Exception | None = DOWN
        self.calls = 0

    def call(self) -> str:
        """Call; say how it went."""
        try:
            with self.breaker.watching():
                self.calls += 1
                if self.error is not None:
                    raise self.error
        except LlmPausedError:
            return "paused"
        except (LlmUnavailableError, LlmRefusedError):
            return "failed"
        return "answered"


def test_opens_after_the_allowed_failures() -> None:
    """The call after the last allowed failure is not made."""
    endpoint = Endpoint(failures=5)
    assert [endpoint.call() for _ in range(7)] == ["failed"] * 5 + ["paused"] * 2
    assert endpoint.calls == 5


def test_the_shipped_breaker_opens_after_ten_failures_at_most() -> None:
    """Also without any setting."""
    endpoint = Endpoint()
    endpoint.breaker = Breaker(clock=endpoint.clock)
    for _ in range(50):
        endpoint.call()
    assert endpoint.calls <= 10


def test_at_most_one_call_a_second_while_open() -> None:
    """Ten minutes of outage and a hundred tries a second make a call a second."""
    endpoint = Endpoint(failures=5)
    made_at = []
    for tick in range(76_800):
        # 128ths of a second add up exactly.
        endpoint.clock.now_s = tick / 128
        before = endpoint.calls
        endpoint.call()
        if endpoint.calls > before:
            made_at.append(endpoint.clock.now_s)
    probes = made_at[5:]
    gaps = [later - earlier for earlier, later in zip(made_at[4:], probes, strict=False)]
    assert len(probes) > 500
    assert min(gaps) >= PROBE_EVERY_S == 1.0


def test_one_good_probe_closes_it() -> None:
    """After that everybody may call again."""
    endpoint = Endpoint(failures=2)
    endpoint.call(), endpoint.call()
    endpoint.error = None
    assert endpoint.call() == "paused"
    endpoint.clock.now_s += PROBE_EVERY_S
    assert [endpoint.call() for _ in range(3)] == ["answered"] * 3
    assert not endpoint.breaker.is_open


def test_only_one_probe_is_in_flight() -> None:
    """While a probe hangs nobody else tries, however long that takes."""
    endpoint = Endpoint(failures=1)
    endpoint.call()
    endpoint.clock.now_s += PROBE_EVERY_S
    with endpoint.breaker.watching():
        endpoint.clock.now_s += 100
        assert endpoint.call() == "paused"
    assert not endpoint.breaker.is_open


def test_a_failed_probe_keeps_it_open() -> None:
    """One failure is enough then."""
    endpoint = Endpoint(failures=3)
    for _ in range(3):
        endpoint.call()
    endpoint.clock.now_s += PROBE_EVERY_S
    assert [endpoint.call(), endpoint.call()] == ["failed", "paused"]


def test_a_refusal_is_no_failure() -> None:
    """The endpoint is well; it is only this product it does not like."""
    endpoint = Endpoint(failures=2)
    endpoint.error = REFUSED
    assert [endpoint.call() for _ in range(9)] == ["failed"] * 9
    assert not endpoint.breaker.is_open


def test_failures_count_in_a_row_only() -> None:
    """Now and then a failure is life."""
    endpoint = Endpoint(failures=2)
    for _ in range(9):
        endpoint.error = DOWN
        endpoint.call()
        endpoint.error = None
        assert endpoint.call() == "answered"


def test_who_is_turned_away_learns_when_to_come_back() -> None:
    """A job that insists on the model is put back, and holds no slot meanwhile."""
    endpoint = Endpoint(failures=1)
    endpoint.call()
    with pytest.raises(LlmPausedError) as caught, endpoint.breaker.watching():
        pass
    assert caught.value.retry_after_s is not None
    assert caught.value.retry_after_s >= 1


def test_threads_share_it() -> None:
    """Eight threads at once send one probe between them."""
    endpoint = Endpoint(failures=1)
    endpoint.call()
    endpoint.clock.now_s += PROBE_EVERY_S
    start = threading.Barrier(8)
    release = threading.Event()
    admitted: list[bool] = []

    def probe() -> None:
        start.wait()
        try:
            with endpoint.breaker.watching():
                admitted.append(True)
                release.wait(10)
        except LlmPausedError:
            admitted.append(False)
        if len(admitted) == 8:
            release.set()

    threads = [threading.Thread(target=probe) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(admitted) == [False] * 7 + [True]
