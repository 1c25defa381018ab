"""Paying for an answer once, and no more than allowed."""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date

import pytest
from lm_builders import PERFUME, stylist, work

from backlot.contracts.brief import Briefs
from backlot.line.work import Outcome, Work
from services.lm_worker.adapters.memory_store import MemoryStore
from services.lm_worker.answers import Answers
from services.lm_worker.budget import Budget, Limits
from services.lm_worker.desk import Desk
from services.lm_worker.errors import LlmBudgetError, LlmRefusedError, LlmUnavailableError
from services.lm_worker.facts import ProductFacts
from services.lm_worker.fake import FakeWriter
from services.lm_worker.refine import BUDGET, FALLBACK, Refiner
from services.lm_worker.store import Spent, Store, StoreUnavailableError
from services.lm_worker.stylist.rulebook import shipped_rulebook
from services.lm_worker.writer import NO_ERRAND, Drafts, Errand


class Counting:
    """A well-behaved model that counts its calls; it can be made to fail or to write rubbish."""

    def __init__(self, model: str = "fake") -> None:
        self.versions: Mapping[str, str] = {"model": model, "prompt": "p"}
        self.calls = 0
        self.error: Exception | None = None
        self.nowhere = False
        self._fake = FakeWriter(stylist())

    def write(
        self,
        facts: ProductFacts,
        n: int,
        checkpoint: Callable[[], None],
        errand: Errand = NO_ERRAND,
    ) -> Drafts:
        """Answer like the fake."""
        self.calls += 1
        drafts = self._fake.write(facts, n, checkpoint, errand)
        if self.error is not None:
            raise self.error
        if not self.nowhere:
            return drafts
        lost = (brief.model_copy(update={"settings": ("nowhere",)}) for brief in drafts.briefs)
        return drafts.model_copy(update={"briefs": tuple(lost)})


class Away:
    """A store nobody can reach."""

    def get(self, key: str) -> str | None:
        """Fail."""
        raise StoreUnavailableError(key)

    def put(self, key: str, text: str, ttl_s: int) -> None:
        """Fail."""
        raise StoreUnavailableError(key, text, ttl_s)

    def spent(self, account: str) -> Spent:
        """Fail."""
        raise StoreUnavailableError(account)

    def spend(self, account: str, amount: Spent) -> Spent:
        """Fail."""
        raise StoreUnavailableError(account, amount)


DAY = date(2030, 1, 1)


def refiner(
    writer: Counting, store: Store, limits: Limits | None = None, day: date = DAY
) -> Refiner:
    """The stage with a model, a cache and a budget."""
    answers = Answers(store, 60, "v1")
    budget = Budget(store, limits or Limits(), lambda: day)
    return Refiner(stylist(), shipped_rulebook(), Desk(writer, answers, budget))


def of(tenant: str, **asked: object) -> Work:
    """A claimed stage of somebody's job."""
    return dataclasses.replace(work(**asked), tenant=tenant)  # type: ignore[arg-type]


def sources(outcome: Outcome) -> set[str]:
    """Who wrote."""
    assert isinstance(outcome.output, Briefs)
    return {brief.source for brief in outcome.output.candidates}


class TestCache:
    """The second identical job."""

    def test_makes_no_call_and_costs_nothing(self) -> None:
        """The same briefs, and the record says where they came from."""
        writer, store = Counting(), MemoryStore()
        first, second = (refiner(writer, store)(work()) for _ in range(2))
        assert writer.calls == 1
        assert first.cost["prompt_tokens"] > 0
        assert "answer" not in first.versions
        assert sum(second.cost.values()) == 0
        assert second.versions["answer"] == "cache"
        assert isinstance(first.output, Briefs)
        assert isinstance(second.output, Briefs)
        assert [brief.prose for brief in second.output.candidates] == [
            brief.prose for brief in first.output.candidates
        ]

    @pytest.mark.parametrize(
        "other",
        [work(PERFUME), work(title="A cup"), work(kinds=["space"])],
        ids=["photo", "title", "kinds"],
    )
    def test_another_question_is_asked(self, other: Work) -> None:
        """Whatever the model would be told differently."""
        writer, store = Counting(), MemoryStore()
        refiner(writer, store)(work())
        refiner(writer, store)(other)
        assert writer.calls == 2

    def test_another_model_is_asked(self) -> None:
        """An answer belongs to who gave it."""
        store, other = MemoryStore(), Counting("other")
        refiner(Counting(), store)(work())
        refiner(other, store)(work())
        assert other.calls == 1

    def test_what_could_not_be_used_is_not_kept(self) -> None:
        """The next job gets another chance."""
        writer, store = Counting(), MemoryStore()
        writer.nowhere = True
        assert refiner(writer, store)(work()).warnings[0].code == FALLBACK
        writer.nowhere = False
        assert sources(refiner(writer, store)(work())) == {"llm"}

    def test_what_another_release_kept_is_asked_anew(self) -> None:
        """A text that cannot be read is no answer."""
        writer, store = Counting(), MemoryStore()
        refiner(writer, store)(work())
        for key in list(store._texts):
            store.put(key, '{"old": true}', 60)
        refiner(writer, store)(work())
        assert writer.calls == 2

    def test_a_store_that_is_away_costs_a_call_and_no_job(self) -> None:
        """The model is asked as if there were no cache."""
        writer = Counting()
        assert sources(refiner(writer, Away())(work())) == {"llm"}


class TestBudget:
    """What a tenant may spend."""

    @pytest.mark.parametrize("policy", ["partial", "strict"])
    def test_ends_the_calls_when_passed(self, policy: str) -> None:
        """The rules take over with a warning of their own, or the job fails for good."""
        writer, stage_store = Counting(), MemoryStore()
        stage = refiner(writer, stage_store, Limits(tokens=3000))
        assert sources(stage(of("shop", policy=policy))) == {"llm"}
        late = of("shop", policy=policy, title="Another one")
        if policy == "strict":
            with pytest.raises(LlmBudgetError) as caught:
                stage(late)
            assert caught.value.reason == "llm-budget"
        else:
            outcome = stage(late)
            assert sources(outcome) == {"rules"}
            (warning,) = outcome.warnings
            assert warning.code == BUDGET == "llm-budget"
        assert writer.calls == 1

    def test_is_each_tenants_own_and_of_one_day(self) -> None:
        """Others may go on, and tomorrow so may this one."""
        writer, store = Counting(), MemoryStore()
        stage = refiner(writer, store, Limits(tokens=1))
        stage(of("a"))
        assert sources(stage(of("b", title="One"))) == {"llm"}
        assert sources(stage(of("a", title="Two"))) == {"rules"}
        tomorrow = refiner(writer, store, Limits(tokens=1), date(2030, 1, 2))
        assert sources(tomorrow(of("a", title="Three"))) == {"llm"}

    def test_what_was_paid_for_before_is_free(self) -> None:
        """A known answer is given whatever was spent."""
        stage = refiner(Counting(), MemoryStore(), Limits(tokens=1))
        stage(work())
        assert sources(stage(work())) == {"llm"}

    def test_counts_useless_answers_too(self) -> None:
        """The endpoint charges for refusals as well, and so does the job's record."""
        writer, store = Counting(), MemoryStore()
        writer.error = LlmRefusedError("llm-refused", "no")
        outcome = refiner(writer, store, Limits(tokens=10_000))(of("shop"))
        assert outcome.cost["prompt_tokens"] > 0
        assert store.spent("spent:shop:2030-01-01").tokens == outcome.cost["prompt_tokens"] * 2

    def test_limits_dollars_too(self) -> None:
        """To a millionth."""
        limits = Limits(usd=0.5)
        assert not limits.passed(Spent(micro_usd=499_999))
        assert limits.passed(Spent(micro_usd=500_000))
        assert not Limits().passed(Spent(micro_usd=10**12, tokens=10**12))

    def test_an_account_nobody_can_read_is_no_licence(self) -> None:
        """The job is put back; on its last try the rules finish it."""
        writer = Counting()
        stage = refiner(writer, Away(), Limits(tokens=5))
        with pytest.raises(LlmUnavailableError):
            stage(work())
        assert sources(stage(work(attempt=3))) == {"rules"}
        assert writer.calls == 0
