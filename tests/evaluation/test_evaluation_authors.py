"""A language model is judged on its own words; its failures are counted and never raised."""

from collections.abc import Callable, Mapping

from evaluation_builders import cases, stylist, written

from backlot.contracts.errors import StageError
from services.lm_worker.errors import LlmBusyError, LlmRefusedError
from services.lm_worker.evaluation.metrics import faults
from services.lm_worker.evaluation.report import judged
from services.lm_worker.evaluation.writing import ModelAuthor, RuleAuthor
from services.lm_worker.facts import ProductFacts
from services.lm_worker.fake import FakeWriter
from services.lm_worker.stylist.rulebook import shipped_rulebook
from services.lm_worker.writer import NO_ERRAND, Drafts, Errand


class Faulty:
    """A writer that fails in the given ways, then answers with claims nobody may make."""

    versions: Mapping[str, str] = {"model": "faulty"}

    def __init__(self, *errors: StageError) -> None:
        self._errors = list(errors)
        self._fake = FakeWriter(stylist())
        self.is_open = True

    def close(self) -> None:
        """Close."""
        self.is_open = False

    def write(
        self,
        facts: ProductFacts,
        n: int,
        checkpoint: Callable[[], None],
        errand: Errand = NO_ERRAND,
    ) -> Drafts:
        """Fail, or answer."""
        if self._errors:
            raise self._errors.pop(0)
        drafts = self._fake.write(facts, n, checkpoint, errand)
        bad = drafts.briefs[0].model_copy(update={"prose_en": "It is clinically proven."})
        unread = drafts.briefs[1].model_copy(update={"lighting": ("a light nobody knows",)})
        return drafts.model_copy(update={"briefs": (bad, unread)})


def author(*errors: StageError) -> tuple[ModelAuthor, list[float]]:
    """A model's author, and how long it paused."""
    pauses: list[float] = []
    return ModelAuthor(Faulty(*errors), shipped_rulebook(), pauses.append), pauses


def test_a_model_is_judged_before_the_guards_mend() -> None:
    """What the stage would have repaired or dropped is counted against the model."""
    made = author()[0].write(cases()[0])
    assert [brief.source for brief in made.briefs] == ["llm"]
    assert made.lost == 1
    assert faults(made, shipped_rulebook())["forbidden"] >= 1


def test_a_good_model_is_like_the_rules() -> None:
    """The shipped fake answers from the rules, and its claims hold."""
    model = ModelAuthor(FakeWriter(stylist()), shipped_rulebook())
    made = [model.write(case) for case in cases()]
    report = judged(made, model.versions, shipped_rulebook(), seed=1)
    grounding = report.means["grounding"]
    assert grounding is not None
    assert grounding.value == 1
    assert report.faults == {"contradictions": 0, "forbidden": 0, "other": 0}
    assert report.means["stability"] is None


def test_a_busy_endpoint_is_asked_again() -> None:
    """It waits as long as it is told to, and then goes on."""
    busy = LlmBusyError("llm-busy", "later", 3.5)
    writer, pauses = author(busy, busy)
    assert writer.write(cases()[0]).briefs
    assert pauses == [3.5, 3.5]


def test_an_endpoint_that_stays_busy_is_a_failure() -> None:
    """Three tries, then the product has no brief and says why."""
    writer, pauses = author(*[LlmBusyError("llm-busy", "later", 900)] * 3)
    assert writer.write(cases()[0]).failure == "llm-busy"
    assert pauses == [60, 60]


def test_failures_are_counted() -> None:
    """A refusal costs schema validity and stands in the report under its reason."""
    writer, _ = author(LlmRefusedError("llm-refused", "no"))
    made = [writer.write(case) for case in cases(2)]
    report = judged(made, writer.versions, shipped_rulebook(), seed=1)
    valid = report.means["schema_validity"]
    assert report.failures == {"llm-refused": 1}
    assert valid is not None
    assert valid.value == 0.25


def test_a_report_without_a_single_brief() -> None:
    """Nothing is divided by nothing."""
    writer, _ = author(*[LlmRefusedError("llm-refused", "no")] * 2)
    made = [writer.write(case) for case in cases(2)]
    report = judged(made, writer.versions, shipped_rulebook(), seed=1)
    assert report.briefs == report.distinct_combinations == 0
    assert report.means["grounding"] is None
    assert report.lengths["en"] is None


def test_the_rules_write_again_under_every_seed() -> None:
    """Five seeds give five first briefs beside the product's own candidates."""
    made = RuleAuthor(stylist(), range(5)).write(cases()[0])
    assert len(made.again) == 5
    assert made.briefs == written()[0].briefs


def test_a_writer_is_closed() -> None:
    """One with connections is told to close them, so that the process can end; others need not."""
    writer = Faulty()
    ModelAuthor(writer, shipped_rulebook()).close()
    ModelAuthor(FakeWriter(stylist()), shipped_rulebook()).close()
    assert not writer.is_open
