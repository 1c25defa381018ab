"""Every error as an RFC 9457 problem document."""

from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from backlot.contracts.errors import RefusedInputError, UnavailableError
from backlot.contracts.problems import PROBLEMS, FieldError, Problem, problem

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2
"""A restart of Redis and a full decoding queue have both passed by then, as a rule."""


def respond(found: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Turn a problem into an answer."""
    return Response(
        found.model_dump_json(exclude_none=True),
        status_code=found.status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )


def declared(*codes: str, is_keyed: bool = True) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses for the problems an endpoint may answer with.

    Where a key is needed it may also lack a scope or be used too often.
    """
    keyed = ("scope-missing", "rate-limited") if is_keyed and "unauthorized" in codes else ()
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys((*codes, *keyed)):
        by_status.setdefault(PROBLEMS[code].status, []).append(code)
    return {
        status: {
            "description": " | ".join(f"{code}: {PROBLEMS[code].title}" for code in of_status),
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "examples": {code: _example(code) for code in of_status},
                }
            },
        }
        for status, of_status in by_status.items()
    }


def _example(code: str) -> dict[str, Any]:
    return {
        "summary": PROBLEMS[code].title,
        "value": problem(code).model_dump(mode="json", exclude_none=True),
    }


def refused(request: Request, error: Exception) -> Response:
    """Answer for input that can never work."""
    assert isinstance(error, RefusedInputError)  # noqa: S101  # what it is registered for
    return respond(
        problem(
            error.problem_code,
            error.detail,
            instance=request.url.path,
            errors=getattr(error, "errors", ()),
        ),
        _headers(error),
    )


def _headers(error: RefusedInputError) -> dict[str, str]:
    headers: dict[str, str] = dict(getattr(error, "headers", {}))
    if error.problem_code == "unauthorized":
        headers["WWW-Authenticate"] = "Bearer"
    return headers


def unavailable(request: Request, error: Exception) -> Response:
    """Answer while a part this process needs is away; why is for the log only."""
    log.warning("answered_unavailable", path=request.url.path, why=str(error))
    found = problem("unavailable", "Try again in a moment.", instance=request.url.path)
    return respond(found, {"Retry-After": str(RETRY_AFTER_S)})


def unexpected(path: str, error: Exception) -> Response:
    """Answer for a bug of ours; nothing of it leaves the log."""
    log.error("request_failed", path=path, exc_info=error)
    return respond(problem("internal-error", instance=path))


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # what it is registered for
    errors = tuple(
        FieldError(field=".".join(str(step) for step in one["loc"][1:]), detail=one["msg"])
        for one in error.errors()
    )
    detail = f"{errors[0].field}: {errors[0].detail}"
    found = problem("invalid-request", detail, instance=request.url.path, errors=errors)
    return respond(found)


def _http(request: Request, error: Exception) -> Response:
    """Answer for what the router itself refuses."""
    assert isinstance(error, HTTPException)  # noqa: S101  # what it is registered for
    if isinstance(error.__cause__, RefusedInputError):  # raised while the body was read
        return refused(request, error.__cause__)
    by_status = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large"}
    found = problem(
        by_status.get(error.status_code, "malformed-request"), instance=request.url.path
    )
    return respond(found, error.headers)


def register(app: FastAPI) -> None:
    """Have every error of the application answered here."""
    app.add_exception_handler(RefusedInputError, refused)
    app.add_exception_handler(UnavailableError, unavailable)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
