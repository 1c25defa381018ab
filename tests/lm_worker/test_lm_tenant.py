"""Whose money it is comes from the job's record."""

from record_fixtures import make_manifest

from backlot.contracts.frozen import Localized
from backlot.contracts.hints import Hint
from backlot.contracts.stages import Stage
from backlot.line.heart import Heart
from backlot.line.record import JobRecords
from backlot.line.runner import Runner
from backlot.line.work import Outcome, Work


def test_a_handler_learns_the_jobs_tenant(records: JobRecords) -> None:
    """The budget is counted on the account of who sent the job, not of the worker."""
    seen: list[str] = []

    def note(work: Work) -> Outcome:
        seen.append(work.tenant)
        return Outcome(Localized(en="said", ko="말"))

    manifest = make_manifest().model_copy(update={"tenant": "shop"})
    records.create(manifest)
    heart = Heart(records, 60)
    hint = Hint(job_id=manifest.job_id, stage=Stage.CAPTION, generation=1)
    Runner(records, heart, "w1", max_tries=2).run(hint, note)
    heart.stop()
    assert seen == ["shop"]
