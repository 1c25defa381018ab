"""The OpenAPI description, with the models that only hand-written parts of it refer to."""

from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from backlot.contracts.jobs import JobRequest
from backlot.contracts.problems import Problem
from backlot.contracts.uploads import JobSubmission

_TEMPLATE = "#/components/schemas/{model}"


def describe(app: FastAPI) -> None:
    """Have the application's description include `JobRequest` and `Problem`."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            described = generate()
            _, extra = models_json_schema(
                [
                    (JobRequest, "validation"),
                    (JobSubmission, "validation"),
                    (Problem, "serialization"),
                ],
                ref_template=_TEMPLATE,
            )
            schemas = described.setdefault("components", {}).setdefault("schemas", {})
            for name, schema in extra["$defs"].items():
                schemas.setdefault(name, schema)
        return app.openapi_schema or generate()

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way
