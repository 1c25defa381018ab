"""Promises of the client that need no API: messages, pauses, refusals, both clients alike."""

import inspect
import json
import subprocess
import sys

import pytest

from backlot.client import AsyncClient, Client, InvalidError, ServiceError, TooManyError
from backlot.client.errors import refusal
from backlot.client.messages import Message, MessageReader
from backlot.client.patience import ATTEMPTS, LONGEST_RETRY_AFTER_S, pause_s
from backlot.contracts.problems import problem


def read(*lines: str) -> list[Message]:
    """Every message that some lines make."""
    reader = MessageReader()
    return [message for line in lines if (message := reader.read(line)) is not None]


class TestMessages:
    """Server-sent events."""

    def test_lines_become_messages(self) -> None:
        """Comments and unknown fields are passed over; data of several lines is joined."""
        lines = ("retry: 2000", "", ": hello", "id: 7", "event: a", "data: x", "data:y", "z", "")
        assert read(*lines) == [Message("7", "a", "x\ny")]

    def test_an_id_stays_and_a_type_does_not(self) -> None:
        """As browsers have it."""
        messages = read("id: 1", "event: a", "data: x", "", "data: y", "")
        assert messages == [Message("1", "a", "x"), Message("1", "message", "y")]

    def test_half_a_message_is_none(self) -> None:
        """What a broken connection has begun is not told."""
        assert read("id: 1", "data: x") == []


class TestPauses:
    """When to try again."""

    def test_pauses_grow_and_end(self) -> None:
        """Each is longer than the one before may be at least, and the last attempt is the last."""
        pauses = [pause_s(attempt, None) for attempt in range(1, ATTEMPTS)]
        assert all(pause is not None and 0.1 < pause <= 8 for pause in pauses)
        assert pause_s(ATTEMPTS, None) is None

    def test_the_api_says_how_long(self) -> None:
        """Up to a point, after which the caller is told instead."""
        assert pause_s(1, 3) == 3
        assert pause_s(1, LONGEST_RETRY_AFTER_S + 1) is None


class TestRefusals:
    """Errors by type."""

    def test_a_problem_is_told_by_its_status(self) -> None:
        """With the API's own words, and fields of a later API passed over."""
        told = {**problem("too-many-streams").model_dump(), "new_field": 1}
        error = refusal(429, json.dumps(told).encode(), "7")
        assert isinstance(error, TooManyError)
        assert (error.problem.code, error.retry_after_s) == ("too-many-streams", 7)

    @pytest.mark.parametrize(("status", "kind"), [(502, ServiceError), (400, InvalidError)])
    def test_what_a_proxy_says_is_an_error_too(self, status: int, kind: type) -> None:
        """A page of HTML becomes a problem with the status for a code."""
        error = refusal(status, b"<html>oh", None)
        assert type(error) is kind
        assert error.problem.code == f"http-{status}"


def public(kind: type) -> dict[str, list[str]]:
    """Methods with the names of their parameters."""
    return {
        name: list(inspect.signature(method).parameters)
        for name, method in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("__")
    }


def test_both_clients_are_alike() -> None:
    """What one can do the other can, with the same parameters."""
    assert public(Client) == public(AsyncClient)


def test_the_command_line_does_without_httpx() -> None:
    """Images of workers have none; their health check is a command of ours."""
    code = (
        "import sys; sys.modules['httpx'] = None\n"
        "import backlot.cli.main\n"
        "from backlot.cli.client import Client\n"
        "from backlot.contracts.errors import MissingExtraError\n"
        "try:\n    Client('http://127.0.0.1:1')\n"
        "except MissingExtraError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert "backlot[client]" in done.stdout
