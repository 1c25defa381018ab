"""The OpenAPI description: what FastAPI knows of the endpoints, and what holds for all of them."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from backlot.contracts.events import JobEvent
from backlot.contracts.ingest import NewBackground
from backlot.contracts.jobs import JobRequest
from backlot.contracts.problems import Problem
from backlot.contracts.uploads import JobSubmission
from services.api.examples import METADATA, REQUESTS, RESPONSES
from services.api.problem_responses import MEDIA_TYPE, declared

ABOUT = """
A product goes in as a photo, a 3D model or both; the sets that sell it best come out, and pictures
of it in them. A submit is answered at once, and safe by then. Follow the job by its events, by
asking with `wait`, or by webhook: all three show the same body.

Errors are RFC 9457 problems; `code` never changes its meaning. Answers may gain fields.
"""

TAGS = (
    ("jobs", "Submit, follow, take in hand: a job is a product on its way through the line."),
    ("batches", "Many uploaded products in one request."),
    ("uploads", "Files that go to the object store first, past the API."),
    ("webhooks", "Addresses that hear of jobs, as Standard Webhooks; their log, and replay."),
    ("backgrounds", "The library of sets, and how your own get into it."),
    ("vocabulary", "The controlled words in English and Korean."),
    ("operations", "How the line does."),
    ("health", "For whoever starts and stops processes."),
)
KEYED = {"apiKey": {"type": "http", "scheme": "bearer", "description": "`backlot keys make`"}}
_TEMPLATE = "#/components/schemas/{model}"
_NOT_OURS = ("HTTPValidationError", "ValidationError")
"""What FastAPI would answer with, if we let it."""

_SENT = ("malformed-request", "body-too-large")
_NEVER_AWAY = ("isAlive",)
_HEADERS: dict[str, tuple[str, str]] = {
    "Location": ("Where to look.", "string"),
    "ETag": ("Version of the answer, for If-None-Match.", "string"),
    "Retry-After": ("Seconds until asking again makes sense.", "integer"),
    "Idempotency-Replayed": ("`true`: the key had made this before.", "string"),
    "Job-Reused": ("`true`: an earlier job is the answer.", "string"),
    "Preference-Applied": ("The `wait` that was kept to.", "string"),
    "WWW-Authenticate": ("`Bearer`.", "string"),
    "RateLimit": ("What is left of the key's quota, and until when.", "string"),
    "RateLimit-Policy": ("The key's quota.", "string"),
}
_OF_JOBS = ("ETag", "Retry-After")
_MADE = (*_OF_JOBS, "Location", "Idempotency-Replayed")
_BY_OPERATION: dict[tuple[str, str], tuple[str, ...]] = {
    ("submitJob", "202"): (*_MADE, "Preference-Applied"),
    ("submitJob", "200"): (*_MADE, "Preference-Applied", "Job-Reused"),
    ("getJob", "200"): _OF_JOBS,
    ("getJob", "304"): _OF_JOBS,
    ("cancelJob", "200"): _OF_JOBS,
    ("retryJob", "202"): (*_OF_JOBS, "Location"),
    ("rematchJob", "202"): (*_OF_JOBS, "Location"),
    ("importBackground", "202"): _MADE,
    ("reindexBackgrounds", "202"): _MADE,
    ("createBatch", "202"): ("Location", "Idempotency-Replayed"),
    ("createWebhookEndpoint", "201"): ("Location",),
    ("getVocabulary", "200"): ("ETag",),
    ("getVocabulary", "304"): ("ETag",),
}
_BY_STATUS = {
    "401": ("WWW-Authenticate",),
    "429": ("Retry-After", "RateLimit", "RateLimit-Policy"),
    "503": ("Retry-After",),
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Repeating the request with the same key within a day gives the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_KEYED_OPERATIONS = (
    "submitJob", "rematchJob", "createBatch", "importBackground", "reindexBackgrounds",
)  # fmt: skip


def describe(app: FastAPI) -> None:
    """Have the application's description say all that."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            described = generate()
            _complete(described)
            app.openapi_schema = described
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way


def operations(described: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operation of a description."""
    for path in described["paths"].values():
        yield from (one for one in path.values() if isinstance(one, dict) and "responses" in one)


def _complete(described: dict[str, Any]) -> None:
    described["info"]["description"] = ABOUT.strip()
    described["tags"] = [{"name": name, "description": text} for name, text in TAGS]
    for operation in operations(described):
        _answer_as_we_do(operation)
        _show_examples(operation)
        _name_headers(operation)
        if operation["operationId"] in _KEYED_OPERATIONS:
            operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    components = described.setdefault("components", {})
    components["securitySchemes"] = KEYED
    schemas = components.setdefault("schemas", {})
    for name in _NOT_OURS:
        schemas.pop(name, None)
    for name, schema in _handwritten().items():
        schemas.setdefault(name, schema)


def _handwritten() -> dict[str, Any]:
    """Models that only hand-written parts of the description refer to."""
    _, extra = models_json_schema(
        [
            (JobRequest, "validation"),
            (JobSubmission, "validation"),
            (NewBackground, "validation"),
            (JobEvent, "serialization"),
            (Problem, "serialization"),
        ],
        ref_template=_TEMPLATE,
    )
    found: dict[str, Any] = extra["$defs"]
    return found


def _answer_as_we_do(operation: dict[str, Any]) -> None:
    """Declare what `Front` and `problem_responses` answer with on behalf of every endpoint."""
    responses = operation["responses"]
    needs_key = "401" in responses
    operation["security"] = [{"apiKey": []}, {}] if needs_key else []
    codes = ["unauthorized", "internal-error"]
    if operation["operationId"] not in _NEVER_AWAY:
        codes.append("unavailable")
    if "requestBody" in operation:
        codes += _SENT
    if MEDIA_TYPE not in responses.get("422", {}).get("content", {}):
        responses.pop("422", None)
        if "requestBody" in operation or _may_be_wrong(operation):
            codes.append("invalid-request")
    everywhere = declared(*codes, is_keyed=needs_key)
    for status, answer in everywhere.items():
        responses.setdefault(str(status), answer)


def _may_be_wrong(operation: dict[str, Any]) -> bool:
    """Whether a parameter has a form of its own; any text will do for a path's."""
    return any(one["in"] != "path" for one in operation.get("parameters", ()))


def _show_examples(operation: dict[str, Any]) -> None:
    name = operation["operationId"]
    sent = operation.get("requestBody", {}).get("content", {})
    if name in REQUESTS:
        sent["application/json"]["example"] = REQUESTS[name]
    if name == "importBackground":
        form = sent["multipart/form-data"]["schema"]["properties"]
        form["metadata"] = {"allOf": [form["metadata"]], "examples": [METADATA]}
    for status, answer in operation["responses"].items():
        if (name, int(status)) in RESPONSES:
            answer["content"]["application/json"]["example"] = RESPONSES[name, int(status)]


def _name_headers(operation: dict[str, Any]) -> None:
    for status, answer in operation["responses"].items():
        names = _BY_OPERATION.get((operation["operationId"], status), _BY_STATUS.get(status, ()))
        if names:
            answer["headers"] = {
                name: {"description": _HEADERS[name][0], "schema": {"type": _HEADERS[name][1]}}
                for name in names
            }
