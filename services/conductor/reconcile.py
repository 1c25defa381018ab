"""One look at the line: what is due is hinted again, what is late is ended."""

from collections.abc import Callable
from typing import NamedTuple

import structlog

from backlot.contracts.hints import Hint
from backlot.contracts.stages import StageState
from backlot.line.classes import queue_name, queues_of
from backlot.line.upkeep import Upkeep

log = structlog.get_logger()


class Pass(NamedTuple):
    """What one look did."""

    hinted: int
    poisoned: int
    overdue: int


def look(
    upkeep: Upkeep, publish: Callable[[Hint], bool], hints_waiting: Callable[[str], int]
) -> Pass:
    """Republish hints of due jobs and end jobs that are late.

    A queue gets new hints only while it holds fewer of them than jobs wait by it, so that a
    backlog that is merely slow is not flooded.

    Args:
        upkeep: The record.
        publish: Sends a hint; False when the broker does not take it now.
        hints_waiting: How many hints a queue holds.
    """
    overdue = upkeep.overdue()
    due = upkeep.due()
    if not due:
        return Pass(0, 0, len(overdue))
    room = {
        queue: jobs - hints_waiting(queue)
        for stage, row in upkeep.line().items()
        for queue, jobs in zip(queues_of(stage), row.waiting_by_priority.values(), strict=True)
    }
    hinted = poisoned = 0
    for job_id in due:
        where = upkeep.where(job_id)
        if where is not None and where[1] is StageState.CLAIMED:
            room[where[0]] += 1  # its lease may be over: then it is pending again, without a hint
        fits = where is None or room[where[0]] > 0
        action, hint = upkeep.reap(job_id, may_hint=fits)
        if hint is not None and publish(hint):
            room[queue_name(hint.stage, hint.priority)] -= 1
            hinted += 1
        if action == "poison":
            poisoned += 1
            log.error("job_poisoned", job_id=job_id)
    if hinted:
        log.info("hints_republished", count=hinted)
    return Pass(hinted, poisoned, len(overdue))
