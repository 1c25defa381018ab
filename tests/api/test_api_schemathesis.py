"""Promises of the API's description, tried by schemathesis on a real server with a real Redis."""

import socket
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple
from zlib import crc32

import pytest
import schemathesis
from api_door import Door, body_of, fresh_line
from api_photos import small_jpeg
from redis_server import RedisServer
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.config import (
    GenerationConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from services.api.app import build

CHECKED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
EXAMPLES = 8
"""Of each operation, beside those at the edges of its schema; all in all well below a minute."""


class Tried(NamedTuple):
    """A door, and what is behind it.

    Attributes:
        ids: Of things that exist, by path parameter and operation: no operation spoils another's.
    """

    door: Door
    ids: dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def tried(redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    """A door where nobody is kept waiting, and no name server is asked."""
    patch = pytest.MonkeyPatch()
    patch.setattr(socket, "getaddrinfo", addresses_here(socket.getaddrinfo))
    door = Door(tmp_path_factory.mktemp("tried"), fresh_line(redis_server), wait_max_s=0.01)
    door.start()
    ids = {}
    for operation in schema.get_all_operations():
        one = operation.ok()
        for parameter in one.path_parameters:
            ids[parameter.name, one.label] = made(door, parameter.name)
    yield Tried(door, ids)
    door.stop()
    patch.undo()


def addresses_here(ask: Callable[..., Any]) -> Callable[..., Any]:
    """Knows this machine, and no other name."""

    def getaddrinfo(host: Any, *rest: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in {None, "localhost", "127.0.0.1"}:
            raise socket.gaierror(socket.EAI_NONAME, "no name server is asked in tests")
        return ask(host, *rest, **more)

    return getaddrinfo


def made(door: Door, name: str) -> str:
    """The id of something new, or of something that ships."""
    if name == "job_id":
        job_id = body_of(door.submit(small_jpeg())).job_id
        door.fail(job_id)  # else its events would be followed for ever
        return job_id
    if name == "endpoint_id":
        wish = {"url": "https://93.184.216.34/hook"}
        answer = door.client.post("/v1/webhook-endpoints", json=wish)
        return str(answer.json()["endpoint"]["endpoint_id"])
    if name == "batch_id":
        items = [{"upload_id": f"upl_{'0' * 32}"}]
        return str(door.client.post("/v1/batches", json={"items": items}).json()["batch_id"])
    if name == "background_id":
        return "champagne-silk-drape"
    return f"{name}-unknown"


def described() -> Any:
    """What the API says of itself, which its parts have no word in."""
    without_parts: Any = SimpleNamespace(access=None)
    generation = GenerationConfig(max_examples=EXAMPLES, deterministic=True)
    projects = ProjectsConfig(default=ProjectConfig(generation=generation))
    return schemathesis.openapi.from_dict(
        build(without_parts).openapi(), config=SchemathesisConfig(projects=projects)
    )


schema = described()


@schema.parametrize()
def test_it_answers_as_it_says(tried: Tried, case: Case) -> None:
    """No 5xx; every status, content type, header and body is one that was declared."""
    for name, value in case.path_parameters.items():
        if crc32(repr(value).encode()) % 4:  # most are about something that exists
            case.path_parameters[name] = tried.ids[name, case.operation.label]
    case.call_and_validate(base_url=tried.door.url, checks=CHECKED)
