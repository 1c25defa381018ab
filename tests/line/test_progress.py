"""Promises of a stage's word on its progress."""

from record_fixtures import make_manifest

from backlot.contracts.events import EventType
from backlot.contracts.hints import Hint
from backlot.contracts.stages import Progress, Stage
from backlot.line.journal import Journal, number_of
from backlot.line.record import Claim, JobRecords
from backlot.line.scripting import Scripts
from backlot.line.telling import Teller


def claimed(records: JobRecords) -> Claim:
    """The first stage of a new job, taken."""
    manifest = make_manifest()
    records.create(manifest)
    hint = Hint(job_id=manifest.job_id, stage=Stage.CAPTION, generation=1)
    claim = records.claim(hint, "w")
    assert isinstance(claim, Claim)
    return claim


def test_progress_is_told_and_not_kept(records: JobRecords, scripts: Scripts) -> None:
    """The newest word shows with the job; the log of events does not grow by it."""
    claim = claimed(records)
    job_id, journal = claim.record.job_id, Journal(scripts)
    for at in range(1, 5):
        assert records.tell(claim, Progress(progress=at / 4, text="sampling")) == "ok"
    reading = journal.read(job_id)
    assert reading is not None
    assert [e.event.type for e in reading.entries] == [EventType.CREATED, EventType.STAGE_CLAIMED]
    assert reading.told is not None
    told = reading.told.event
    assert told.data == Progress(progress=1.0, text="sampling")
    assert number_of(told.event_id) == reading.entries[-1].number


def test_a_lost_stage_tells_nothing(records: JobRecords, scripts: Scripts) -> None:
    """What another claim or an end has overtaken is not shown."""
    claim = claimed(records)
    records.tell(claim, Progress(progress=0.5, text="sampling"))
    records.commit(claim, "{}", "{}", claim.record.line, Stage.REFINE)
    assert records.tell(claim, Progress(progress=0.9, text="sampling")) == "lost"
    reading = Journal(scripts).read(claim.record.job_id)
    assert reading is not None
    assert reading.told is None


def test_words_are_apart_but_a_new_one_is_told_at_once(records: JobRecords) -> None:
    """Of many words in one moment the first goes out; a change of what is done goes out too."""
    claim = claimed(records)
    now = 0.0
    teller = Teller(records, claim, lambda: now)
    for at in range(100):
        teller(at / 100, "sampling")
    teller(0.995, "writing")
    now = 0.3
    teller(7.0, "writing")
    teller(0.1, "NOT A WORD")
    record = records.get(claim.record.job_id)
    assert record is not None
    assert record.fields["told"] == "3"
    assert record.fields["caption:progress"] == "1 writing"


def test_a_place_in_the_log_is_read_from_an_id() -> None:
    """Kept events and words on progress resume at the same place; rubbish at the start."""
    ids = ("evt_ab_1_12", "evt_ab_1_12p4", "rubbish", "", "evt_ab_1_" + "9" * 40)
    assert [number_of(one) for one in ids] == [12, 12, 0, 0, 0]
