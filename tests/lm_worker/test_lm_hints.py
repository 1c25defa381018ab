"""Korean words of the seller: understood, or said not to be."""

import pytest
from lm_builders import TUMBLER, fact, stylist, work

from backlot.contracts.terms import FactSource
from backlot.line.work import Work
from backlot.vocabulary.phrases import has_hangul
from services.lm_worker.desk import Desk
from services.lm_worker.fake import FakeWriter
from services.lm_worker.hints import NOT_UNDERSTOOD
from services.lm_worker.refine import Refiner
from services.lm_worker.stylist.rulebook import shipped_rulebook

MEANINGLESS = "뿌까뿌까 한정판"


def codes(job: Work, desk: Desk | None = None) -> list[str]:
    """What the job is warned about."""
    return [warning.code for warning in Refiner(stylist(), shipped_rulebook(), desk)(job).warnings]


@pytest.mark.parametrize("job", [work(title=MEANINGLESS), work(category=MEANINGLESS)])
def test_words_nobody_knows_are_said_to_be_lost(job: Work) -> None:
    """The seller learns that the title did not count, in both languages."""
    outcome = Refiner(stylist(), shipped_rulebook())(job)
    (warning,) = outcome.warnings
    assert warning.code == NOT_UNDERSTOOD == "hint-not-understood"
    assert has_hangul(warning.text.ko)
    assert not has_hangul(warning.text.en)
    assert MEANINGLESS not in warning.model_dump_json()


@pytest.mark.parametrize(
    "job",
    [
        work(),
        work(title="Pukka edition"),
        work(title="스테인리스 스틸 텀블러"),
        work(category="머그컵"),
    ],
)
def test_what_is_understood_or_english_needs_no_warning(job: Work) -> None:
    """One known word is enough; English is read by the encoders."""
    assert codes(job) == []


def test_what_the_caption_understood_needs_no_warning() -> None:
    """A sentence encoder that reads Korean may know more than the labels."""
    known = fact("product_category/insulated-tumbler", source=FactSource.HINT)
    seen = TUMBLER.model_copy(update={"facets": {"product_category": (known,)}})
    assert codes(work(seen, title=MEANINGLESS)) == []


def test_a_model_reads_korean() -> None:
    """Where it wrote the brief, nothing was lost."""
    assert codes(work(title=MEANINGLESS), Desk(FakeWriter(stylist()))) == []
