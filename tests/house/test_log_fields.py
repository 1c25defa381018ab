"""What may be logged is listed, and what is logged is on the list."""

import ast
import json
from pathlib import Path

import pytest
import structlog

from backlot.line.logs import FIELDS, MAX_LENGTH, only_listed, set_up_logs

ROOT = Path(__file__).parents[2]
METHODS = {"debug", "info", "warning", "error", "exception", "critical", "bind"}
LOGGERS = {"log", "bound"}


def logged_fields() -> dict[str, set[str]]:
    """Every field that a log call names, and where."""
    found: dict[str, set[str]] = {}
    for path in [*(ROOT / "backlot").rglob("*.py"), *(ROOT / "services").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if not is_call or node.func.attr not in METHODS:
                continue
            if not isinstance(node.func.value, ast.Name) or node.func.value.id not in LOGGERS:
                continue
            if ready(node):
                continue
            for keyword in node.keywords:
                if keyword.arg is not None:
                    found.setdefault(keyword.arg, set()).add(str(path.relative_to(ROOT)))
    return found


def ready(call: ast.Call) -> bool:
    """Whether this tells that a process is ready, which may list versions of any name."""
    first = call.args[0] if call.args else None
    return isinstance(first, ast.Constant) and str(first.value).endswith("_ready")


def test_every_logged_field_is_listed() -> None:
    """Whoever logs a new field adds its name to the list, and thinks about it."""
    assert {name: where for name, where in logged_fields().items() if name not in FIELDS} == {}


def test_what_is_not_listed_is_dropped_and_counted() -> None:
    """A title, a header or a whole request never reaches the log, and that it would have shows."""
    event = {"event": "job_created", "job_id": "job_1", "title": "secret", "authorization": "x"}
    assert only_listed(None, "", event) == {"event": "job_created", "job_id": "job_1", "dropped": 2}


def test_long_words_are_cut() -> None:
    """An error that quotes what a client sent does not fill the disk."""
    kept = only_listed(None, "", {"event": "x", "why": "y" * 5000})
    assert len(kept["why"]) == MAX_LENGTH


def test_versions_are_told_by_whoever_is_ready() -> None:
    """Their names are not known before."""
    event = {"event": "captioner_ready", "encoder": "mini-3"}
    assert only_listed(None, "", event) == event


def test_the_list_is_in_force(capfd: pytest.CaptureFixture[str]) -> None:
    """Logs as a service writes them."""
    before = structlog.get_config()
    try:
        set_up_logs("tester")
        structlog.get_logger().warning("something", job_id="job_1", photo="bytes")
        line = json.loads(capfd.readouterr().err.splitlines()[-1])
    finally:
        structlog.configure(**before)
    assert (line["job_id"], line["service"], line["dropped"]) == ("job_1", "tester", 1)
    assert "photo" not in line
