"""The port to whoever writes candidate briefs from facts: a language model, or a fake of one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from backlot.contracts.brief import Usage
from backlot.contracts.frozen import Frozen
from services.lm_worker.draft import LlmBrief
from services.lm_worker.facts import ProductFacts

Paid = Callable[[Usage], None]
"""Is told what was spent, also when nothing usable came of it."""


def keep_no_account(usage: Usage) -> None:
    """Forget what was spent."""
    del usage


@dataclass(frozen=True)
class Errand:
    """For whom something is written, beside what is known of the product.

    Attributes:
        tenant: On whose account.
        photo: A small JPEG of the product for writers that can see; None shows nothing.
        paid: Called once if any tokens were used, before the writer returns or raises.
    """

    tenant: str = "local"
    photo: bytes | None = None
    paid: Paid = keep_no_account


NO_ERRAND = Errand()


class Drafts(Frozen):
    """What a writer gave, and what it cost."""

    briefs: tuple[LlmBrief, ...]
    usage: Usage


class Writer(Protocol):
    """Writes candidates in one go.

    Raises:
        TransientStageError: It may work later; `LlmSlowError` when its own time ran out, and
            `LlmPausedError` when the endpoint is given a rest.
        PermanentStageError: It will not work for this product; each way has a type of its own.
    """

    @property
    def versions(self) -> Mapping[str, str]:
        """Model, prompt and price table, for the job's record."""
        ...

    def write(
        self,
        facts: ProductFacts,
        n: int,
        checkpoint: Callable[[], None],
        errand: Errand = NO_ERRAND,
    ) -> Drafts:
        """Write up to n candidates.

        Args:
            facts: What is known; the seller's words in it are data, never instructions.
            n: How many candidates.
            checkpoint: Called before every step that costs money; may raise to stop.
            errand: Who pays, and what may be shown beside the facts.
        """
        ...
