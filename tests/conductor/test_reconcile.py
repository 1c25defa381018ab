"""Promises of one look at the line."""

import time

from record_fixtures import make_manifest

from backlot.contracts.hints import Hint
from backlot.contracts.stages import Stage
from backlot.line.record import Claim, JobRecords
from backlot.line.upkeep import Upkeep
from services.conductor.reconcile import look


def start(records: JobRecords, count: int) -> list[str]:
    """Create jobs whose hints never arrive."""
    manifests = [make_manifest() for _ in range(count)]
    for manifest in manifests:
        records.create(manifest)
    return [manifest.job_id for manifest in manifests]


def test_lost_hints_are_published_again(records: JobRecords, upkeep: Upkeep) -> None:
    """Every pending job without a hint gets one."""
    job_ids = start(records, 5)
    time.sleep(0.25)
    hints: list[Hint] = []
    done = look(upkeep, lambda hint: hints.append(hint) is None, lambda _: 0)
    assert done.hinted == 5
    assert {hint.job_id for hint in hints} == set(job_ids)


def test_a_full_queue_is_not_flooded(records: JobRecords, upkeep: Upkeep) -> None:
    """With as many hints waiting as jobs are pending, none is added; with one missing, one is."""
    start(records, 5)
    for waiting, added in ((5, 0), (4, 1)):
        time.sleep(0.25)
        hints: list[Hint] = []
        look(upkeep, lambda hint: hints.append(hint) is None, lambda _: waiting)  # noqa: B023
        assert len(hints) == added


def test_a_lost_lease_is_hinted_although_the_queue_is_even(
    records: JobRecords, upkeep: Upkeep
) -> None:
    """A stage whose worker died is pending again and gets a hint of its own."""
    [job_id] = start(records, 1)
    held = records.claim(Hint(job_id=job_id, stage=Stage.CAPTION, generation=1), "w")
    assert isinstance(held, Claim)
    time.sleep(0.35)
    hints: list[Hint] = []
    assert look(upkeep, lambda hint: hints.append(hint) is None, lambda _: 0).hinted == 1
    assert hints[0].job_id == job_id
