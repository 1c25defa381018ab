"""Lets a writer write for every product: the rules, or a language model."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from backlot.contracts.brief import StudioBrief
from backlot.contracts.errors import StageError, TransientStageError
from services.lm_worker.evaluation.products import Case
from services.lm_worker.facts import ProductFacts
from services.lm_worker.grounding import grounded
from services.lm_worker.stylist.rulebook import Rulebook, stylist_version
from services.lm_worker.stylist.stylist import RuleStylist
from services.lm_worker.writer import Drafts, Writer

CANDIDATES = 3
# A busy endpoint is asked again this often, and never waited for longer than this.
_TRIES = 3
_LONGEST_WAIT_S = 60.0
_USUAL_WAIT_S = 2.0


@dataclass(frozen=True)
class Written:
    """What came back for one product.

    Attributes:
        case: The product.
        facts: What the writer knew of it.
        briefs: Its candidates, best guess first; none when writing failed.
        again: First candidates for the same product under other seeds; none without seeds.
        failure: Why there are no briefs.
        lost: Candidates that came, but could not be read as briefs.
        cost_usd: What it cost.
    """

    case: Case
    facts: ProductFacts
    briefs: tuple[StudioBrief, ...]
    again: tuple[StudioBrief, ...] = ()
    failure: str | None = None
    lost: int = 0
    cost_usd: float = 0.0


class Author(Protocol):
    """Writes for one product."""

    @property
    def name(self) -> str:
        """`rules` or `llm`."""
        ...

    @property
    def versions(self) -> Mapping[str, str]:
        """What wrote."""
        ...

    def write(self, case: Case) -> Written:
        """Write candidates; a failure is told, not raised."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


@runtime_checkable
class Closable(Protocol):
    """A writer that holds connections."""

    def close(self) -> None:
        """Close them."""
        ...


class RuleAuthor:
    """The rule stylist.

    Args:
        stylist: It.
        seeds: Under these it writes again, to see how much of a brief is chance.
    """

    name = "rules"

    def __init__(self, stylist: RuleStylist, seeds: Iterable[int]) -> None:
        self._stylist = stylist
        self._seeds = tuple(seeds)

    @property
    def versions(self) -> Mapping[str, str]:
        """The stylist's version."""
        return {"stylist": stylist_version()}

    def write(self, case: Case) -> Written:
        """Write under the product's own seed, then under the others."""
        facts = case.facts
        again = tuple(self._stylist.briefs(facts, 1, seed)[0] for seed in self._seeds)
        return Written(case, facts, self._stylist.briefs(facts, CANDIDATES), again)

    def close(self) -> None:
        """Hold nothing."""


class ModelAuthor:
    """A language model, judged on what it wrote itself: before the guards mend anything.

    Args:
        writer: Asks it.
        rulebook: The words its answer is read with.
        pause: Waits; takes seconds.
    """

    name = "llm"

    def __init__(
        self, writer: Writer, rulebook: Rulebook, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._writer = writer
        self._rulebook = rulebook
        self._pause = pause

    @property
    def versions(self) -> Mapping[str, str]:
        """Model, prompt and price table."""
        return self._writer.versions

    def write(self, case: Case) -> Written:
        """Ask once; a busy or broken endpoint up to three times."""
        facts = case.facts
        try:
            drafts = self._asked(facts)
        except StageError as error:
            return Written(case, facts, (), failure=error.reason)
        vocabulary = self._rulebook.vocabulary
        read = [grounded(draft, facts, vocabulary, drafts.usage) for draft in drafts.briefs]
        briefs = tuple(brief for brief in read if brief is not None)
        lost = len(read) - len(briefs)
        return Written(case, facts, briefs, lost=lost, cost_usd=drafts.usage.cost_usd)

    def close(self) -> None:
        """Close the writer: a process with an event loop left open may never end."""
        if isinstance(self._writer, Closable):
            self._writer.close()

    def _asked(self, facts: ProductFacts) -> Drafts:
        for left in reversed(range(_TRIES)):
            try:
                return self._writer.write(facts, CANDIDATES, _go_on)
            except TransientStageError as error:
                if not left:
                    raise
                self._pause(min(_LONGEST_WAIT_S, error.retry_after_s or _USUAL_WAIT_S))
        raise AssertionError("the last try either answers or raises")


def write_all(author: Author, cases: Iterable[Case]) -> Iterator[Written]:
    """Yield what an author writes, one product after the other."""
    for case in cases:
        yield author.write(case)


def _go_on() -> None:
    """Never stop: nobody cancels an evaluation but by ending it."""
