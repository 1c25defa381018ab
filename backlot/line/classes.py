"""Queues of the priority classes, and the order in which a worker asks them.

Kombu's transport waits on all queues of a worker at once and gets the first message of the first
queue that has one. So the order is all there is to decide: urgent classes first, but every fourth
time `normal` and every sixteenth time `low`, so that neither ever stands still
(docs/decisions/0026-priority-classes.md).
"""

from collections.abc import Iterable

from backlot.contracts.priorities import Priority

NORMAL_FIRST_EVERY = 4
LOW_FIRST_EVERY = 16


def queue_name(stage: str, priority: Priority) -> str:
    """The queue of a stage for one class; the normal one bears the stage's own name."""
    return stage if priority is Priority.NORMAL else f"{stage}.{priority}"


def queues_of(stage: str) -> tuple[str, ...]:
    """The queues of a stage, the most urgent first."""
    return tuple(queue_name(stage, priority) for priority in Priority)


def class_of(queue: str) -> Priority:
    """The class of a queue."""
    _, _, word = queue.rpartition(".")
    return Priority(word) if word in {Priority.HIGH, Priority.LOW} else Priority.NORMAL


def order(turn: int) -> tuple[Priority, ...]:
    """The classes as they are asked at this turn."""
    if turn % LOW_FIRST_EVERY == LOW_FIRST_EVERY - 1:
        return Priority.LOW, Priority.HIGH, Priority.NORMAL
    if turn % NORMAL_FIRST_EVERY == NORMAL_FIRST_EVERY - 1:
        return Priority.NORMAL, Priority.HIGH, Priority.LOW
    return tuple(Priority)


class ClassCycle:
    """What Kombu asks for the order of queues; as its `kombu.utils.scheduling.round_robin_cycle`.

    Within a class the queue that was served last is asked last.
    """

    def __init__(self, it: Iterable[str] = ()) -> None:
        self._queues = list(it)
        self._turn = 0

    def update(self, it: Iterable[str]) -> None:
        """Consume from these queues."""
        self._queues = list(it)

    def consume(self, n: int) -> list[str]:
        """The queues, the one to be asked first at the head."""
        place = {priority: at for at, priority in enumerate(order(self._turn))}
        return sorted(self._queues, key=lambda queue: place[class_of(queue)])[:n]

    def rotate(self, last_used: str) -> str:
        """Take note of the queue that gave a message."""
        self._turn += 1
        if last_used in self._queues:
            self._queues.remove(last_used)
            self._queues.append(last_used)
        return last_used
