"""RFC 9457 problems: one stable code for every way a request or a job can go wrong."""

from typing import NamedTuple

from pydantic import Field

from backlot.contracts.frozen import Frozen

TYPE_PREFIX = "https://backlot.dev/problems/"


class ProblemKind(NamedTuple):
    """What a problem code always means."""

    status: int
    title: str


PROBLEMS: dict[str, ProblemKind] = {
    "malformed-request": ProblemKind(400, "The request could not be read"),
    "invalid-request": ProblemKind(422, "A field of the request is not valid"),
    "unauthorized": ProblemKind(401, "An API key is needed"),
    "not-found": ProblemKind(404, "There is no such thing here"),
    "method-not-allowed": ProblemKind(405, "This address does not take that method"),
    "job-final": ProblemKind(409, "The job has already ended"),
    "job-unfinished": ProblemKind(409, "The job has no brief yet"),
    "idempotency-key-invalid": ProblemKind(400, "The Idempotency-Key is not usable"),
    "idempotency-mismatch": ProblemKind(422, "The Idempotency-Key was used with another request"),
    "body-too-large": ProblemKind(413, "The upload is larger than allowed"),
    "photo-missing": ProblemKind(422, "A photo or a product model is needed"),
    "photo-empty": ProblemKind(422, "The photo has no bytes"),
    "photo-format": ProblemKind(415, "The photo's format is not taken"),
    "photo-broken": ProblemKind(422, "The photo cannot be decoded"),
    "photo-too-many-pixels": ProblemKind(422, "The photo has more pixels than allowed"),
    "photo-animated": ProblemKind(422, "The photo is animated"),
    "photo-timeout": ProblemKind(422, "The photo takes too long to decode"),
    "product-broken": ProblemKind(422, "The product model is not a readable GLB"),
    "background-broken": ProblemKind(422, "The background's file cannot be used"),
    "background-ours": ProblemKind(409, "A background of the starter library cannot be changed"),
    "too-many-streams": ProblemKind(429, "Too many event streams are open"),
    "job-not-retriable": ProblemKind(409, "The job cannot be retried"),
    "too-many-endpoints": ProblemKind(409, "There are too many webhook endpoints"),
    "endpoint-disabled": ProblemKind(409, "The webhook endpoint is disabled"),
    "delivery-pending": ProblemKind(409, "The webhook is still on its way"),
    "scope-missing": ProblemKind(403, "The API key may not do this"),
    "rate-limited": ProblemKind(429, "Too many requests"),
    "too-many-jobs": ProblemKind(429, "Too many unfinished jobs"),
    "upload-unknown": ProblemKind(422, "There is no such upload"),
    "upload-unfinished": ProblemKind(409, "The file has not been uploaded yet"),
    "upload-used": ProblemKind(409, "The upload belongs to a job already"),
    "upload-mismatch": ProblemKind(422, "The upload is not the file that was announced"),
    "webhook-url-refused": ProblemKind(422, "The webhook address may not be called"),
    "deadline-exceeded": ProblemKind(504, "The job passed its deadline"),
    "poison": ProblemKind(500, "The job was stopped after it took its workers down"),
    "stage-failed": ProblemKind(500, "A stage could not be done"),
    "unavailable": ProblemKind(503, "The service cannot take this now"),
    "internal-error": ProblemKind(500, "Something unexpected went wrong"),
}
"""Every problem code with its HTTP status and title; listed for people in docs/problems.md."""


class FieldError(Frozen):
    """One field that was not valid."""

    field: str
    detail: str


class Problem(Frozen):
    """An RFC 9457 problem document."""

    type: str = Field(examples=[TYPE_PREFIX + "photo-broken"])
    title: str
    status: int
    detail: str
    code: str
    instance: str | None = None
    errors: tuple[FieldError, ...] = ()
    reason: str | None = Field(default=None, description="Machine word of a failed stage.")


def problem(
    code: str,
    detail: str = "",
    *,
    instance: str | None = None,
    errors: tuple[FieldError, ...] = (),
    reason: str | None = None,
) -> Problem:
    """Build the problem for a code of `PROBLEMS`; an unknown code is a programming error."""
    kind = PROBLEMS[code]
    return Problem(
        type=TYPE_PREFIX + code,
        title=kind.title,
        status=kind.status,
        detail=detail or kind.title,
        code=code,
        instance=instance,
        errors=errors,
        reason=reason,
    )
