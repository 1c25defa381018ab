"""What a stage handler receives and what it gives back; handlers know neither Celery nor Redis."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from backlot.contracts.errors import PermanentStageError
from backlot.contracts.frozen import Frozen
from backlot.contracts.jobs import JobKind, JobRequest, JobWarning, StoredPhoto
from backlot.contracts.stages import Stage

Output = TypeVar("Output", bound=Frozen)


def _never_stop() -> None:
    """Let the stage go on."""


def _tell_nobody(fraction: float, code: str) -> None:
    """Take a word on progress that nobody waits for."""


def _show_nobody(part: Frozen) -> None:
    """Take a part of an output that nobody waits for."""


@dataclass(frozen=True)
class Work:
    """One claimed stage of one job.

    Attributes:
        fence: Number of this claim; put it into the key of every side effect.
        attempt: How often this stage has been claimed without an outcome, 1 for the first time.
        alone: True after a lost lease: this job must not share a batch with others.
        tenant: Whose job it is; on whose account money is spent.
        outputs: What earlier stages committed, as JSON text.
        checkpoint: Call between expensive steps; raises `CanceledError` or `LostLeaseError`.
        progress: Call with a fraction of 0 to 1 and a word, as often as you like: followers are
            told a few times a second at most.
        show: Call with what the output would be if the stage ended now; clients see it until the
            real one is committed. A courtesy too: it may be lost.
    """

    job_id: str
    kind: JobKind
    stage: Stage
    generation: int
    fence: int
    attempt: int
    request: JobRequest
    photo: StoredPhoto | None
    product_key: str | None = None
    tenant: str = "local"
    alone: bool = False
    outputs: Mapping[Stage, str] = field(default_factory=dict)
    checkpoint: Callable[[], None] = _never_stop
    progress: Callable[[float, str], None] = _tell_nobody
    show: Callable[[Frozen], None] = _show_nobody

    def output(self, stage: Stage, model: type[Output]) -> Output:
        """Read what an earlier stage gave; its absence is a broken line, never retried."""
        text = self.outputs.get(stage)
        if text is None:
            raise PermanentStageError("missing-input", f"{self.stage} needs the output of {stage}.")
        return model.model_validate_json(text)

    def blob_key(self, name: str) -> str:
        """Key for a side effect of this claim: job, stage, fence, name."""
        return f"jobs/{self.job_id}/{self.stage}/{self.generation}-{self.fence}/{name}"


@dataclass(frozen=True)
class Outcome:
    """What a handler gives: the stage's output and what should be said about how it was made.

    Attributes:
        versions: Model and data versions, for example ``{"encoder": "mini@ab12"}``.
        cost: Figures to add up, for example ``{"usd": 0.002, "tokens": 512}``.
        insert: Stages to run next, before the rest of the line.
    """

    output: Frozen
    warnings: tuple[JobWarning, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    cost: Mapping[str, float] = field(default_factory=dict)
    insert: tuple[Stage, ...] = ()


class Handler(Protocol):
    """A stage: from claimed work to an outcome; raises `StageError` when there is none."""

    def __call__(self, work: Work) -> Outcome:
        """Do the stage's work."""
        ...
