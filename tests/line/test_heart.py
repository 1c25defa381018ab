"""Promises of the heart: leases live while stages run, and not for ever."""

import threading
import time
from dataclasses import dataclass, field

import pytest
from record_fixtures import make_manifest

from backlot.contracts.errors import CanceledError, LostLeaseError
from backlot.contracts.hints import Hint
from backlot.contracts.stages import Stage
from backlot.line import heart as heart_module
from backlot.line.heart import STUCK_EXIT_CODE, Heart
from backlot.line.record import Claim, JobRecords
from backlot.line.table import STAGES, StageRow


@dataclass
class Exit:
    """Stands for the end of the process."""

    codes: list[int] = field(default_factory=list)
    called: threading.Event = field(default_factory=threading.Event)

    def __call__(self, code: int) -> None:
        """Note the code."""
        self.codes.append(code)
        self.called.set()


def claimed(records: JobRecords) -> Claim:
    """A claim on a new job."""
    manifest = make_manifest()
    records.create(manifest)
    claim = records.claim(Hint(job_id=manifest.job_id, stage=Stage.CAPTION, generation=1), "w")
    assert isinstance(claim, Claim)
    return claim


def test_a_beating_claim_outlives_its_lease(records: JobRecords) -> None:
    """While the block runs the claim holds; afterwards the lease runs out."""
    heart = Heart(records, 60)
    claim = claimed(records)
    again = Hint(job_id=claim.record.job_id, stage=Stage.CAPTION, generation=1)
    with heart.beating(claim):
        time.sleep(0.9)
        assert records.claim(again, "other") == "held"
    time.sleep(0.5)
    assert isinstance(records.claim(again, "other"), Claim)
    heart.stop()


def test_a_cancel_reaches_the_checkpoint(records: JobRecords) -> None:
    """After a cancel the next checkpoints raise."""
    heart = Heart(records, 60)
    claim = claimed(records)
    with heart.beating(claim) as pulse:
        pulse.check()
        records.cancel(claim.record.job_id)
        time.sleep(0.3)
        with pytest.raises(CanceledError):
            pulse.check()
    heart.stop()


def test_a_stuck_stage_loses_its_lease_and_then_the_process(
    records: JobRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past its limit a stage is told that it lost, and later the process leaves."""
    rows = dict.fromkeys(STAGES, StageRow("vision_worker", 15, 0.2))
    monkeypatch.setattr(heart_module, "STAGES", rows)
    leave = Exit()
    heart = Heart(records, 0.3, leave)
    with heart.beating(claimed(records)) as pulse:
        assert leave.called.wait(5)
        with pytest.raises(LostLeaseError):
            pulse.check()
    assert set(leave.codes) == {STUCK_EXIT_CODE}
    heart.stop()
