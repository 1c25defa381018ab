"""Cancel against finish, a thousand times: exactly one of them wins, and everything agrees."""

import threading
from collections import Counter

import pytest
from record_fixtures import make_manifest

from backlot.contracts.events import EventType
from backlot.contracts.hints import Hint
from backlot.contracts.jobs import JobStatus
from backlot.contracts.stages import Stage
from backlot.line.record import Claim, JobRecords

RACES = 1000
_FINALS = {
    JobStatus.SUCCEEDED: EventType.SUCCEEDED,
    JobStatus.CANCELED: EventType.CANCELED,
}


def last_stage(records: JobRecords) -> Claim:
    """The only stage of a rematch-like line, claimed."""
    manifest = make_manifest()
    records.create(manifest)
    claim = records.claim(Hint(job_id=manifest.job_id, stage=Stage.CAPTION, generation=1), "w")
    assert isinstance(claim, Claim)
    return claim


@pytest.mark.parametrize("after", [None, Stage.REFINE], ids=["last-stage", "earlier-stage"])
def test_a_thousand_cancels_against_commits(records: JobRecords, after: Stage | None) -> None:
    """One final state each, one final event that agrees, and no stage opens after a cancel."""
    claims = [last_stage(records) for _ in range(RACES // 2)]
    gate = threading.Barrier(2)
    words: list[str] = []

    def commit() -> None:
        for claim in claims:
            gate.wait()
            words.append(records.commit(claim, "{}", "{}", claim.record.line, after))

    worker = threading.Thread(target=commit)
    worker.start()
    asked: list[JobStatus | None] = []
    for claim in claims:
        gate.wait()
        asked.append(records.cancel(claim.record.job_id))
    worker.join()

    seen: Counter[JobStatus] = Counter()
    for claim, word, answer in zip(claims, words, asked, strict=True):
        record = records.get(claim.record.job_id)
        assert record is not None
        finals = [e for e in records.events(record.job_id) if e.status.is_final]
        assert [(e.status, e.type) for e in finals] == [(record.status, _FINALS[record.status])]
        if after is not None:
            assert record.status is JobStatus.CANCELED, "the cancel came before the next stage"
            hint = Hint(job_id=record.job_id, stage=after, generation=1)
            assert records.claim(hint, "late") == "final"
        elif word == "final":
            # The end of the last stage wins, also over a cancel that was still being noticed.
            assert record.status is JobStatus.SUCCEEDED
            assert answer in {JobStatus.CANCELING, JobStatus.SUCCEEDED}
        seen[record.status] += 1
    assert seen.total() == RACES // 2
