"""The port to whoever writes candidate briefs from facts: a language model, or a fake of one."""

from collections.abc import Callable, Mapping
from typing import Protocol

from backlot.contracts.brief import Usage
from backlot.contracts.frozen import Frozen
from services.lm_worker.draft import LlmBrief
from services.lm_worker.facts import ProductFacts


class Drafts(Frozen):
    """What a writer gave, and what it cost."""

    briefs: tuple[LlmBrief, ...]
    usage: Usage


class Writer(Protocol):
    """Writes candidates in one go.

    Raises:
        TransientStageError: It may work later; `LlmSlowError` when its own time ran out.
        PermanentStageError: It will not work for this product; each way has a type of its own.
    """

    @property
    def versions(self) -> Mapping[str, str]:
        """Model, prompt and price table, for the job's record."""
        ...

    def write(self, facts: ProductFacts, n: int, checkpoint: Callable[[], None]) -> Drafts:
        """Write up to n candidates.

        Args:
            facts: What is known; the seller's words in it are data, never instructions.
            n: How many candidates.
            checkpoint: Called before every step that costs money; may raise to stop.
        """
        ...
