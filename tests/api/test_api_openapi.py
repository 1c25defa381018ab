"""Promises of the OpenAPI description: complete, with examples that hold, fit for generators."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from api_door import Door
from jsonschema import Draft202012Validator

from backlot.contracts.problems import PROBLEMS

Operation = tuple[str, dict[str, Any]]
JSON = "application/json"
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def described(door: Door) -> dict[str, Any]:
    """The description as clients get it."""
    found: dict[str, Any] = door.client.get("/v1/openapi.json").json()
    return found


@pytest.fixture(scope="module")
def operations(described: dict[str, Any]) -> list[Operation]:
    """Each with where it is."""
    return [
        (f"{method.upper()} {path}", one)
        for path, item in described["paths"].items()
        for method, one in item.items()
    ]


def answers(operations: list[Operation]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each answer of each operation."""
    for where, operation in operations:
        for status, answer in operation["responses"].items():
            yield where, status, answer


def test_every_operation_has_a_name_and_says_what_it_does(operations: list[Operation]) -> None:
    """Ids are what generated clients call their methods: verbs, unlike, and not ours to change."""
    ids = [one["operationId"] for _, one in operations]
    assert len(set(ids)) == len(ids)
    assert [one for one in ids if not re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", one)] == []
    assert {"submitJob", "getJob", "followJob", "cancelJob", "listJobs", "createUpload"} <= set(ids)
    for where, one in operations:
        assert one["summary"], where
        assert not one["summary"].endswith("."), where
        assert one["description"].endswith("."), where


def test_every_tag_is_described(described: dict[str, Any], operations: list[Operation]) -> None:
    """And none is described that is not used."""
    used = {tag for _, one in operations for tag in one["tags"]}
    assert {tag["name"] for tag in described["tags"] if tag["description"]} == used
    assert described["info"]["description"]


def test_every_error_is_declared_as_a_problem(operations: list[Operation]) -> None:
    """With an example for each code, and only under its own status."""
    for where, status, answer in answers(operations):
        if int(status) < 400:
            assert PROBLEM not in answer.get("content", {}), where
            continue
        assert list(answer["content"]) == [PROBLEM], (where, status)
        for code, example in answer["content"][PROBLEM]["examples"].items():
            assert PROBLEMS[code].status == int(status) == example["value"]["status"]
    for where, one in operations:
        errors = {status for status in one["responses"] if int(status) >= 400}
        assert {"401", "500"} <= errors, where
        if "{" in where:
            assert "404" in errors, where
        if "requestBody" in one:
            assert {"400", "413", "422"} <= errors, where


def test_every_body_has_an_example(operations: list[Operation]) -> None:
    """Of what is sent as JSON, and of what comes back when all is well."""
    for where, one in operations:
        if JSON in one.get("requestBody", {}).get("content", {}):
            assert "example" in one["requestBody"]["content"][JSON], where
    for where, status, answer in answers(operations):
        for kind, content in answer.get("content", {}).items():
            assert {"example", "examples"} & set(content), (where, status, kind)


def test_every_example_holds(described: dict[str, Any], operations: list[Operation]) -> None:
    """Against the schema beside it."""
    whole = {"components": described["components"]}
    contents = [
        (where, kind, content)
        for where, one in operations
        for part in (one.get("requestBody", {}), *one["responses"].values())
        for kind, content in part.get("content", {}).items()
    ]
    for where, kind, content in contents:
        values = [one["value"] for one in content.get("examples", {}).values()]
        values += [content["example"]] if "example" in content else []
        for value in values:
            found = list(
                Draft202012Validator({**content.get("schema", {}), **whole}).iter_errors(value)
            )
            assert found == [], (where, kind)


def test_keys_are_declared_where_they_count(
    described: dict[str, Any], operations: list[Operation]
) -> None:
    """As a bearer token; without keys the same requests work on the machine itself."""
    assert described["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"
    open_to_all = {one["operationId"] for _, one in operations if not one["security"]}
    assert open_to_all == {"isAlive", "isReady", "getVocabulary", "listWebhookKeys"}


def test_answers_name_the_headers_that_matter(operations: list[Operation]) -> None:
    """Where to look, when to ask again, and which version it was."""
    for where, status, answer in answers(operations):
        headers = set(answer.get("headers", {}))
        if status in {"429", "503"}:
            assert "Retry-After" in headers, (where, status)
        if status == "304":
            assert "ETag" in headers, where
        if status == "202":
            assert "Location" in headers, where
