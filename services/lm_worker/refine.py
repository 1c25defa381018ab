"""The refine stage: facts in, candidate briefs out; by the language model, else by the rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from backlot.contracts.brief import Briefs, StudioBrief, Usage
from backlot.contracts.caption import Caption
from backlot.contracts.errors import PermanentStageError, StageError, TransientStageError
from backlot.contracts.frozen import Localized
from backlot.contracts.jobs import JobWarning
from backlot.contracts.stages import Stage
from backlot.line.work import Outcome, Work
from services.lm_worker.desk import Desk, cost_of
from services.lm_worker.errors import LlmBudgetError, LlmPausedError, LlmSlowError, LlmUnusableError
from services.lm_worker.facts import ProductFacts, facts_of
from services.lm_worker.grounding import grounded
from services.lm_worker.hints import hint_warnings
from services.lm_worker.mending import mend
from services.lm_worker.stylist.rulebook import Rulebook, stylist_version
from services.lm_worker.stylist.stylist import RuleStylist
from services.lm_worker.writer import Drafts

log = structlog.get_logger()
FALLBACK = "llm-fallback"
BUDGET = "llm-budget"


@dataclass(frozen=True)
class FallbackPolicy:
    """When the rules take over from a language model in a job that allows it.

    Attributes:
        candidates: Briefs per job.
        attempts: On this try of a stage nothing is put off any more.
        patience_s: Longest wait for a model that asks to be called again later.
    """

    candidates: int = 3
    attempts: int = 3
    patience_s: float = 60.0


class Refiner:
    """Handles `refine`.

    Args:
        stylist: Writes by rules: without a model, and when the model fails.
        rulebook: What the guards know.
        desk: Asks the language model; None where none is configured.
        policy: When the rules take over.
    """

    def __init__(
        self,
        stylist: RuleStylist,
        rulebook: Rulebook,
        desk: Desk | None = None,
        policy: FallbackPolicy | None = None,
    ) -> None:
        self._stylist = stylist
        self._rulebook = rulebook
        self._desk = desk
        self._policy = policy or FallbackPolicy()

    def __call__(self, work: Work) -> Outcome:
        """Give candidate briefs for a captioned product."""
        caption = work.output(Stage.CAPTION, Caption)
        facts = facts_of(caption, work.request, self._rulebook.vocabulary)
        unread = hint_warnings(work.request, caption, self._rulebook.vocabulary)
        if self._desk is None:
            return self._by_rules(facts, unread)
        bill: list[Usage] = []
        try:
            return self._by_model(self._desk, facts, work, bill)
        except StageError as error:
            if not self._takes_over(work, error):
                raise
            log.warning("refine_fell_back", job_id=work.job_id, reason=error.reason)
            return self._by_rules(facts, (_warning(error), *unread), bill)

    def _by_rules(
        self,
        facts: ProductFacts,
        warnings: tuple[JobWarning, ...] = (),
        bill: Sequence[Usage] = (),
    ) -> Outcome:
        briefs = self._stylist.briefs(facts, self._policy.candidates)
        return Outcome(
            Briefs(candidates=briefs),
            warnings=warnings,
            versions=self._versions(),
            cost=cost_of(bill),
        )

    def _by_model(self, desk: Desk, facts: ProductFacts, work: Work, bill: list[Usage]) -> Outcome:
        found = desk.drafts(facts, self._policy.candidates, work, bill)
        briefs = self._usable(found.drafts, facts)
        if not briefs:
            detail = "No candidate of the language model passed the guards."
            raise LlmUnusableError("llm-unusable", detail)
        desk.keep(found)
        versions = {**self._versions(), **desk.versions(found)}
        return Outcome(Briefs(candidates=briefs), versions=versions, cost=cost_of(bill))

    def _usable(self, drafts: Drafts, facts: ProductFacts) -> tuple[StudioBrief, ...]:
        """Return what the guards let through, one candidate of each variant."""
        kept: dict[str, StudioBrief] = {}
        for draft in drafts.briefs:
            brief = grounded(draft, facts, self._rulebook.vocabulary, drafts.usage)
            mended = mend(brief, facts, self._rulebook, self._stylist) if brief else None
            if mended is not None:
                kept.setdefault(mended.variant, mended)
        return tuple(kept.values())

    def _takes_over(self, work: Work, error: StageError) -> bool:
        """Tell whether the rules finish the job now; a strict job keeps its error."""
        if work.request.policy == "strict":
            return False
        if isinstance(error, PermanentStageError | LlmSlowError | LlmPausedError):
            return True
        wait = error.retry_after_s if isinstance(error, TransientStageError) else None
        too_long = wait is not None and wait > self._policy.patience_s
        return too_long or work.attempt >= self._policy.attempts

    def _versions(self) -> Mapping[str, str]:
        return {"stylist": stylist_version(), "vocabulary": self._rulebook.vocabulary.version}


def _warning(error: StageError) -> JobWarning:
    """Say why the rules wrote although there is a model."""
    if isinstance(error, LlmBudgetError):
        return JobWarning(
            code=BUDGET,
            text=Localized(
                en="Today's budget for the language model is used up; the rules wrote the brief.",
                ko="오늘의 언어 모델 예산을 모두 써서 규칙으로 작성했습니다.",
            ),
        )
    reason = error.reason
    return JobWarning(
        code=FALLBACK,
        text=Localized(
            en=f"The language model gave no usable brief ({reason}); the rules wrote it instead.",
            ko=f"언어 모델이 쓸 만한 제안을 주지 못해({reason}) 규칙으로 작성했습니다.",
        ),
    )
