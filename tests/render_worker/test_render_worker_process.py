import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backlot.contracts.errors import (
    CanceledError,
    PermanentStageError,
    StageError,
    TransientStageError,
)
from services.render_worker.adapters.process import Limits, RenderProcess

CHILD = Path(__file__).parent / "renderer_child.py"
LIMITS = Limits(start_s=20, order_s=20, memory_mb=300)


@pytest.fixture
def process() -> Iterator[RenderProcess]:
    """A process that does what its orders say, however bad."""
    made = RenderProcess([sys.executable, str(CHILD)], LIMITS)
    yield made
    made.close()


def ask(
    process: RenderProcess, how: str, attempt: int = 1, stop_after: int | None = None
) -> dict[str, object]:
    """Give one order; `stop_after` so many looks the job is canceled."""
    looks = iter(range(10_000))

    def checkpoint() -> None:
        if stop_after is not None and next(looks) >= stop_after:
            raise CanceledError

    return process.ask(
        {"how": how}, attempt=attempt, checkpoint=checkpoint, progress=lambda _: None
    )


def is_alive(pid: int) -> bool:
    """Whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_warm_process_obeys_again_and_again(process: RenderProcess) -> None:
    """Two orders are done by one process."""
    assert ask(process, "well")["pid"] == ask(process, "well")["pid"] == process.pid
    assert process.versions == {"blender": "4.5 test"}


def test_progress_is_read_from_what_blender_prints(process: RenderProcess) -> None:
    """A line about samples becomes a share."""
    told: list[float] = []
    process.ask({"how": "well"}, attempt=1, checkpoint=lambda: None, progress=told.append)
    assert told == [0.25]


@pytest.mark.parametrize(
    ("how", "reason"),
    [("die", "render-crashed"), ("flood", "render-memory"), ("fail", "render-failed")],
)
def test_a_misbehaving_renderer_is_a_typed_outcome(
    process: RenderProcess, how: str, reason: str
) -> None:
    """The first time it may be bad luck, the second time it is the job; then all goes on."""
    with pytest.raises(TransientStageError) as first:
        ask(process, how, attempt=1)
    with pytest.raises(PermanentStageError) as second:
        ask(process, how, attempt=2)
    assert first.value.reason == second.value.reason == reason
    assert ask(process, "well")


def test_a_hanging_renderer_is_stopped_and_reported() -> None:
    """After its time it is killed; the next order finds a fresh one."""
    process = RenderProcess([sys.executable, str(CHILD)], LIMITS._replace(order_s=0.6))
    try:
        process.start()
        pid = process.pid
        with pytest.raises(StageError) as caught:
            ask(process, "hang")
        assert caught.value.reason == "render-timeout"
        assert pid is not None
        assert not is_alive(pid)
    finally:
        process.close()


def test_a_renderer_that_never_comes_up_is_reported() -> None:
    """Waiting for the first word ends too."""
    process = RenderProcess([sys.executable, str(CHILD), "mute"], LIMITS._replace(start_s=0.6))
    with pytest.raises(TransientStageError, match="did not answer"):
        process.start()


def test_a_canceled_order_leaves_no_process_behind(process: RenderProcess) -> None:
    """Cancel ends the wait within a look or two and kills what was being done."""
    process.start()
    pid = process.pid
    started = time.monotonic()
    with pytest.raises(CanceledError):
        ask(process, "hang", stop_after=2)
    assert time.monotonic() - started < LIMITS.order_s
    assert pid is not None
    assert not is_alive(pid)


def test_a_refused_product_is_the_jobs_fault(process: RenderProcess) -> None:
    """A refusal is permanent, says what to do, and the process stays."""
    with pytest.raises(PermanentStageError, match="no surface") as caught:
        ask(process, "refuse")
    assert caught.value.reason == "product-empty"


def test_a_worn_process_is_replaced() -> None:
    """Native code leaks: after so many orders a new one starts."""
    process = RenderProcess([sys.executable, str(CHILD)], LIMITS, most_orders=1)
    try:
        assert ask(process, "well")["pid"] != ask(process, "well")["pid"]
    finally:
        process.close()
