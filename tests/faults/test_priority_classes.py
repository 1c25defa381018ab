"""Priority classes through real Celery workers."""

import signal

import httpx
from harness import Line, until

from backlot.contracts.jobs import JobStatus
from backlot.contracts.priorities import Priority
from backlot.contracts.stages import Stage

DONE = JobStatus.SUCCEEDED


def begun(line: Line, names: dict[str, str]) -> list[str]:
    """Names of jobs in the order in which their captions began."""
    rows = [row.split() for row in line.runs_file.read_text().splitlines()]
    return [names[row[0]] for row in rows if row[1] == Stage.CAPTION and row[0] in names]


def test_a_worker_takes_the_urgent_first_and_the_rest_in_turn(line: Line) -> None:
    """One worker with one slot and a full line: urgent jobs overtake, low ones are not forgotten.

    The fourth turn asks the normal class first, so the order is known: three high, one normal (its
    turn), then the high that is left, and the low ones when nothing else is there.
    """
    line.kill("vision_worker")
    names: dict[str, str] = {}
    for priority in ("low", "normal", "high"):
        for number in range(1, 3 if priority != "high" else 5):
            names[line.submit(priority=Priority(priority))] = f"{priority} {number}"
    load = line.upkeep.line()[Stage.CAPTION]
    assert list(load.waiting_by_priority.values()) == [4, 2, 2]
    shown = httpx.get(f"{line.address}/v1/line", timeout=10).json()["stages"]["caption"]
    assert shown["waiting_by_priority"] == {"high": 4, "normal": 2, "low": 2}
    line.start_worker("vision_worker", slots=1)
    assert set(line.settle(names).values()) == {DONE}
    assert begun(line, names) == [
        "high 1", "high 2", "high 3", "normal 1", "high 4", "normal 2", "low 1", "low 2",
    ]  # fmt: skip


def test_a_worker_can_be_kept_for_one_class(line: Line) -> None:
    """One that consumes only `caption.high` leaves the others alone, and says what it consumes."""
    line.kill("vision_worker")
    line.start_worker("vision_worker", "reserved", queues="caption.high")
    normal, high = line.submit(), line.submit(priority=Priority.HIGH)
    until(lambda: line.upkeep.line()[Stage.CAPTION].workers == 1, 30, "the reserved worker")
    assert line.settle([high]) == {high: DONE}
    assert line.runs(normal, "caption") == []
    line.start_worker("vision_worker")
    assert line.settle([normal]) == {normal: DONE}


def test_lost_hints_come_back_to_their_class(line: Line) -> None:
    """The broker is emptied while nobody consumes: every class is hinted anew."""
    line.kill("vision_worker", signal.SIGKILL)
    ids = [line.submit(priority=priority) for priority in Priority]
    client = line.scripts.client
    client.delete(*client.keys("blq:caption*"))
    until(
        lambda: all(
            client.llen(f"blq:{name}") for name in ("caption.high", "caption", "caption.low")
        ),
        20,
        "hints of all classes",
    )
    line.start_worker("vision_worker")
    assert set(line.settle(ids).values()) == {DONE}
