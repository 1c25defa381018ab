"""What one tenant may spend on the language model in a day (UTC)."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import structlog

from backlot.contracts.brief import Usage
from services.lm_worker.errors import LlmBudgetError, LlmUnavailableError
from services.lm_worker.store import Spent, Store, StoreUnavailableError

log = structlog.get_logger()
_MICRO = 1_000_000


def _utc_today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class Limits:
    """Per tenant and day; 0 is no limit."""

    usd: float = 0.0
    tokens: int = 0

    @property
    def any(self) -> bool:
        """Whether there is something to watch."""
        return self.usd > 0 or self.tokens > 0

    def passed(self, spent: Spent) -> bool:
        """Tell whether nothing more may be spent."""
        dollars = self.usd > 0 and spent.micro_usd >= self.usd * _MICRO
        return dollars or (self.tokens > 0 and spent.tokens >= self.tokens)


class Budget:
    """Looks before a call, counts after it; so a day ends over its limit by the calls under way.

    Args:
        store: Where the accounts are.
        limits: The same for every tenant.
        today: The day to count on.
    """

    def __init__(
        self, store: Store, limits: Limits, today: Callable[[], date] = _utc_today
    ) -> None:
        self._store = store
        self._limits = limits
        self._today = today

    def check(self, tenant: str) -> None:
        """Pass, or raise `LlmBudgetError`; an account nobody can read is no licence to spend."""
        if not self._limits.any:
            return
        try:
            spent = self._store.spent(self._account(tenant))
        except StoreUnavailableError:
            detail = "What was spent today cannot be read."
            raise LlmUnavailableError("llm-budget-unknown", detail) from None
        if self._limits.passed(spent):
            detail = "The day's budget for the language model is used up."
            raise LlmBudgetError("llm-budget", detail)

    def count(self, tenant: str, usage: Usage) -> None:
        """Note what was spent; a store that is away must not cost the answer as well."""
        if not self._limits.any:
            return
        amount = Spent(
            micro_usd=math.ceil(usage.cost_usd * _MICRO),
            tokens=usage.prompt_tokens + usage.completion_tokens,
        )
        try:
            self._store.spend(self._account(tenant), amount)
        except StoreUnavailableError:
            log.error("lm_spending_not_counted", tenant=tenant, **amount.model_dump())  # noqa: TRY400 - the reason is known

    def _account(self, tenant: str) -> str:
        return f"spent:{tenant}:{self._today().isoformat()}"
