"""Where a model's drafts come from: an answer already paid for, else the model, within budget."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from backlot.contracts.brief import Usage
from backlot.contracts.jobs import StoredPhoto
from backlot.line.work import Work
from services.lm_worker.answers import Answers
from services.lm_worker.budget import Budget
from services.lm_worker.facts import ProductFacts
from services.lm_worker.writer import Drafts, Errand, Writer


@dataclass(frozen=True)
class Found:
    """Drafts, and where they came from.

    Attributes:
        key: Under which they may be kept; None where nothing is kept.
        known: Whether they had been paid for before.
    """

    drafts: Drafts
    key: str | None = None
    known: bool = False


class Desk:
    """Asks as little as possible.

    Args:
        writer: The model.
        answers: What it said before; None remembers nothing.
        budget: What may be spent; None watches nothing.
        show: Makes the picture a model gets to see; None shows none.
    """

    def __init__(
        self,
        writer: Writer,
        answers: Answers | None = None,
        budget: Budget | None = None,
        show: Callable[[StoredPhoto], bytes | None] | None = None,
    ) -> None:
        self._writer = writer
        self._answers = answers
        self._budget = budget
        self._show = show

    def versions(self, found: Found) -> Mapping[str, str]:
        """Say how these drafts were made, for the job's record."""
        note = {"answer": "cache"} if found.known else {}
        return {**self._writer.versions, **note}

    def drafts(self, facts: ProductFacts, n: int, work: Work, bill: list[Usage]) -> Found:
        """Return drafts; what they cost is added to the bill, even if none come.

        Raises:
            StageError: As the writer does; `LlmBudgetError` when nothing more may be spent.
        """
        photo = self._show(work.photo) if self._show and work.photo else None
        key = None
        if self._answers is not None:
            key = self._answers.key(self._writer.versions, facts, n, photo)
        kept = self._answers.find(key) if self._answers and key else None
        if kept is not None:
            return Found(kept, key, known=True)
        if self._budget is not None:
            self._budget.check(work.tenant)
        errand = Errand(tenant=work.tenant, photo=photo, paid=self._payer(work.tenant, bill))
        return Found(self._writer.write(facts, n, work.checkpoint, errand), key)

    def keep(self, found: Found) -> None:
        """Remember drafts that proved usable."""
        if self._answers is not None and found.key is not None and not found.known:
            self._answers.keep(found.key, found.drafts)

    def _payer(self, tenant: str, bill: list[Usage]) -> Callable[[Usage], None]:
        def pay(usage: Usage) -> None:
            bill.append(usage)
            if self._budget is not None:
                self._budget.count(tenant, usage)

        return pay


def cost_of(bill: Sequence[Usage]) -> Mapping[str, float]:
    """Add up what was spent, also on answers that were of no use; empty where nothing was."""
    if not bill:
        return {}
    return {
        "usd": sum(usage.cost_usd for usage in bill),
        "prompt_tokens": float(sum(usage.prompt_tokens for usage in bill)),
        "completion_tokens": float(sum(usage.completion_tokens for usage in bill)),
    }
