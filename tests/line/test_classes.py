"""Promises of the priority classes: queues of their own, an order, and nobody left standing."""

import time
from collections import Counter

import pytest
from record_fixtures import make_manifest

from backlot.contracts.hints import Hint
from backlot.contracts.jobs import Manifest
from backlot.contracts.priorities import Priority
from backlot.contracts.problems import problem
from backlot.contracts.stages import Stage
from backlot.line.classes import ClassCycle, class_of, queue_name, queues_of
from backlot.line.control import JobControl
from backlot.line.journal import Journal
from backlot.line.record import Claim, JobRecords
from backlot.line.scripting import Scripts
from backlot.line.settings import LineSettings
from backlot.line.upkeep import Upkeep
from backlot.line.wire import queue_key
from services.conductor.reconcile import look

CAPTION = queues_of(Stage.CAPTION)


def served(waiting: dict[str, int], turns: int, queues: tuple[str, ...] = CAPTION) -> list[str]:
    """Which queue gives at each turn, as BRPOP takes from the first one that has something."""
    cycle, left, given = ClassCycle(), Counter(waiting), []
    cycle.update(queues)
    for _ in range(turns):
        found = next((queue for queue in cycle.consume(len(queues)) if left[queue]), None)
        if found is None:
            break
        left[found] -= 1
        given.append(cycle.rotate(found))
    return given


def test_the_urgent_go_first_and_nobody_starves() -> None:
    """With all queues full the classes get 12, 3 and 1 of 16 turns."""
    shares = Counter(served(dict.fromkeys(CAPTION, 1000), 160))
    assert shares == {"caption.high": 120, "caption": 30, "caption.low": 10}


def test_what_a_class_does_not_use_the_others_get() -> None:
    """Low alone is served at every turn; an urgent job that comes then waits for no queue."""
    assert served({"caption.low": 5}, 9) == ["caption.low"] * 5
    assert served({"caption.low": 50, "caption.high": 1}, 1) == ["caption.high"]
    mixed = Counter(served({"caption": 1000, "caption.low": 1000}, 160))
    assert mixed == {"caption": 150, "caption.low": 10}


def test_the_stages_of_a_worker_take_turns_within_a_class() -> None:
    """A worker of two stages serves both, whichever was there first."""
    queues = (*queues_of(Stage.DESCRIBE), *CAPTION)
    assert Counter(served(dict.fromkeys(queues, 1000), 16, queues))["caption.high"] == 6


@pytest.mark.parametrize("stage", Stage)
def test_a_queues_name_says_its_class(stage: Stage) -> None:
    """And the normal class has the stage's own, as workers from before there were classes."""
    assert [class_of(queue) for queue in queues_of(stage)] == list(Priority)
    assert queue_name(stage, Priority.NORMAL) == stage


def made(records: JobRecords, priority: Priority) -> Manifest:
    """A new job of a class."""
    manifest = make_manifest(priority=priority)
    records.create(manifest)
    return manifest


def hints(scripts: Scripts, stage: Stage) -> dict[str, int]:
    """How many hints each queue of a stage holds."""
    lengths = {queue: scripts.client.llen(queue_key(scripts.prefix, queue))
               for queue in queues_of(stage)}  # fmt: skip
    return {queue: int(length) for queue, length in lengths.items() if length}


@pytest.mark.parametrize("priority", Priority)
def test_every_hint_of_a_job_goes_to_its_class(
    records: JobRecords, scripts: Scripts, line_settings: LineSettings, priority: Priority
) -> None:
    """The first one, the next stage's, and that of a retry."""
    job_id = made(records, priority).job_id
    assert hints(scripts, Stage.CAPTION) == {queue_name(Stage.CAPTION, priority): 1}
    claim = records.claim(Hint(job_id=job_id, stage=Stage.CAPTION, generation=1), "w")
    assert isinstance(claim, Claim)
    records.commit(claim, "{}", "{}", claim.record.line, Stage.REFINE)
    assert hints(scripts, Stage.REFINE) == {queue_name(Stage.REFINE, priority): 1}
    claim = records.claim(Hint(job_id=job_id, stage=Stage.REFINE, generation=1), "w")
    assert isinstance(claim, Claim)
    records.fail(claim, problem("stage-failed"))
    record = records.get(job_id)
    assert record is not None
    assert record.priority is priority
    assert JobControl(scripts, records, line_settings).retry(record) == "retried"
    assert hints(scripts, Stage.REFINE) == {queue_name(Stage.REFINE, priority): 2}


def test_a_place_in_the_queue_is_one_by_class(
    records: JobRecords, scripts: Scripts, upkeep: Upkeep
) -> None:
    """Before all lower classes, behind those of its own that came earlier; a stage counts all."""
    order = (Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.NORMAL, Priority.HIGH)
    ids = []
    for priority in order:
        ids.append(made(records, priority).job_id)
        time.sleep(0.002)
    journal = Journal(scripts)
    assert [journal.rank(Stage.CAPTION, job_id) for job_id in ids] == [4, 2, 0, 3, 1]
    load = upkeep.line()[Stage.CAPTION]
    assert (load.waiting, list(load.waiting_by_priority.values())) == (5, [2, 2, 1])
    claim = records.claim(Hint(job_id=ids[0], stage=Stage.CAPTION, generation=1), "w")
    assert isinstance(claim, Claim)
    load = upkeep.line()[Stage.CAPTION]
    assert (load.waiting, load.running, load.waiting_by_priority[Priority.LOW]) == (4, 1, 0)


def test_a_job_from_before_there_were_classes_is_a_normal_one(
    records: JobRecords, scripts: Scripts, upkeep: Upkeep
) -> None:
    """A record without the field is counted, hinted and read as normal."""
    job_id = made(records, Priority.NORMAL).job_id
    scripts.client.hdel(scripts.key("job", job_id), "priority")
    time.sleep(0.25)
    found: list[Hint] = []
    look(upkeep, lambda hint: found.append(hint) is None, lambda _: 0)
    assert [(hint.job_id, hint.priority) for hint in found] == [(job_id, Priority.NORMAL)]


def test_lost_hints_of_one_class_are_no_room_for_another(
    records: JobRecords, upkeep: Upkeep
) -> None:
    """The high queue lost its hints; the low one has all of its own and is not flooded."""
    low = [made(records, Priority.LOW).job_id for _ in range(3)]
    high = [made(records, Priority.HIGH).job_id for _ in range(3)]
    time.sleep(0.25)
    found: list[Hint] = []
    waiting = {"caption.low": len(low)}
    look(upkeep, lambda hint: found.append(hint) is None, lambda queue: waiting.get(queue, 0))
    assert {(hint.job_id, hint.priority) for hint in found} == {(one, "high") for one in high}
