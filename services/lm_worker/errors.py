"""What can go wrong with a language model; whether it may be tried again is in the type."""

from backlot.contracts.errors import PermanentStageError, TransientStageError


class LlmBusyError(TransientStageError):
    """The endpoint refused for now (429) and may have said when to come back."""


class LlmUnavailableError(TransientStageError):
    """The endpoint failed (5xx), could not be reached, or broke off in the middle."""


class LlmSlowError(TransientStageError):
    """The endpoint did not answer within the time given to it."""


class LlmPausedError(TransientStageError):
    """The endpoint failed too often in a row and is not asked for now."""


class LlmRejectedError(PermanentStageError):
    """The endpoint will never take this request: wrong key, model, quota or parameters."""


class LlmRefusedError(PermanentStageError):
    """The model declined to answer."""


class LlmFilteredError(PermanentStageError):
    """A content filter stopped the request or the answer."""


class LlmCutShortError(PermanentStageError):
    """The answer ran into the token limit."""


class LlmTooLongError(PermanentStageError):
    """The reply has more bytes than are read."""


class LlmEmptyError(PermanentStageError):
    """The reply has no answer in it."""


class LlmBrokenJsonError(PermanentStageError):
    """The answer is not JSON, and asking for a repair did not help."""


class LlmWrongShapeError(PermanentStageError):
    """The answer is JSON of another shape, and asking for a repair did not help."""


class LlmUnusableError(PermanentStageError):
    """The answer has the right shape, but no candidate in it survives the guards."""


class LlmBudgetError(PermanentStageError):
    """The tenant has spent what it may spend today."""
