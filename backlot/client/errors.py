"""What can go wrong between a client and the API, told apart by type."""

from pydantic import ValidationError

from backlot.contracts.errors import BacklotError
from backlot.contracts.problems import Problem


class ClientError(BacklotError):
    """Base of what the client raises."""

    code = "client"


class UnreachableError(ClientError):
    """The API did not answer, or broke off, as often as it was tried."""

    code = "unreachable"


class JobUnfinishedError(ClientError):
    """The job did not end while it was waited for; it goes on."""

    code = "job-unfinished"


class ProblemError(ClientError):
    """The API refused a request.

    Args:
        problem: Its own words; ``problem.code`` is stable, see docs/problems.md.
        retry_after_s: When it asks to be asked again, seconds from now.
    """

    code = "refused"

    def __init__(self, problem: Problem, retry_after_s: float | None = None) -> None:
        super().__init__(f"{problem.code}: {problem.detail}")
        self.problem = problem
        self.retry_after_s = retry_after_s


class UnauthorizedError(ProblemError):
    """The key is missing or unknown."""


class ForbiddenError(ProblemError):
    """The key lacks a scope."""


class MissingError(ProblemError):
    """There is no such thing, or it is not yours."""


class ConflictError(ProblemError):
    """What is asked for does not go with how things stand."""


class TooManyError(ProblemError):
    """Too many requests, jobs or streams; `retry_after_s` says when to come again."""


class InvalidError(ProblemError):
    """The request itself is wrong; sending it again would be refused again."""


class ServiceError(ProblemError):
    """Nothing is wrong with the request, but it could not be served."""


_BY_STATUS: dict[int, type[ProblemError]] = {
    401: UnauthorizedError,
    403: ForbiddenError,
    404: MissingError,
    409: ConflictError,
    429: TooManyError,
}
_SERVER = 500


def refusal(status: int, body: bytes, retry_after: str | None) -> ProblemError:
    """The error for an answer of 400 and above, even if a proxy wrote it."""
    try:
        told = Problem.model_validate_json(body, extra="ignore")
    except ValidationError:
        told = Problem(
            type="about:blank",
            title=f"HTTP {status}",
            status=status,
            detail=body[:200].decode("utf-8", "replace") or f"HTTP {status}",
            code=f"http-{status}",
        )
    kind = _BY_STATUS.get(status, ServiceError if status >= _SERVER else InvalidError)
    wait_s = float(retry_after) if retry_after is not None and retry_after.isdecimal() else None
    return kind(told, wait_s)
