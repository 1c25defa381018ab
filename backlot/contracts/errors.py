"""The error families: every error carries a code; whether it may be retried is in its type."""

from typing import ClassVar


class BacklotError(Exception):
    """Base of all errors of this project."""

    code: ClassVar[str] = "internal-error"


class RefusedInputError(BacklotError):
    """The caller sent something that can never work; `code` is the problem type.

    Args:
        code: Stable problem code, see `backlot.contracts.problems`.
        detail: What was wrong, in a sentence the caller can act on.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.problem_code = code
        self.detail = detail


class StageError(BacklotError):
    """A stage could not give its output.

    Args:
        reason: Stable machine word, for example ``llm-refused``.
        detail: One sentence for a person; never a secret, never a stack trace.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class PermanentStageError(StageError):
    """Running the stage again would fail again: the job fails with this reason."""

    code = "stage-failed"


class TransientStageError(StageError):
    """The stage may work later: it is put back, and nobody waits for it in a worker.

    Args:
        retry_after_s: Earliest moment of the next try, seconds from now; None lets the line choose.
    """

    code = "stage-retried"

    def __init__(self, reason: str, detail: str, retry_after_s: float | None = None) -> None:
        super().__init__(reason, detail)
        self.retry_after_s = retry_after_s


class CanceledError(BacklotError):
    """The job was canceled while this stage ran; stop spending and leave."""

    code = "canceled"


class LostLeaseError(BacklotError):
    """Another worker holds the stage now; whatever this one made must not be kept."""

    code = "lost-lease"


class UnavailableError(BacklotError):
    """A part this process needs does not answer; the caller may try again soon."""

    code = "unavailable"


class MissingExtraError(BacklotError):
    """An engine is not installed; says which extra brings it."""

    code = "missing-extra"

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package} is not installed: pip install 'backlot[{extra}]'")


class ConfigurationError(BacklotError):
    """A setting makes no sense; the process refuses to start."""

    code = "configuration"
