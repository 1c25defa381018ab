"""Promises of the export of feedback."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backlot.blobs.folder import FolderStore
from backlot.cli.feedback import export
from backlot.contracts.feedback import Feedback, FeedbackRequest
from backlot.contracts.jobs import JobKind
from backlot.line.places import feedback_prefix

SECRET = "s" * 32


def test_every_word_is_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whole, in JSON, and nothing else on standard output."""
    store = FolderStore(tmp_path, SECRET.encode(), "http://127.0.0.1")
    for letter in "ab":
        said = Feedback(
            job_id=f"job_{letter * 32}", tenant="local", generation=1, at=datetime.now(UTC),
            said=FeedbackRequest(thumbs="up", note="두 줄\nnote"), kind=JobKind.RECOMMEND,
            locale="ko", brief=None, recommended=(), rank=None, versions={},
        )  # fmt: skip
        key = f"{feedback_prefix(said.job_id)}job.json"
        store.put(key, said.model_dump_json().encode(), "application/json")
    monkeypatch.setenv("BACKLOT_REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("BACKLOT_BLOBS_FOLDER", str(tmp_path))
    monkeypatch.setenv("BACKLOT_SECRET", SECRET)
    export()
    rows = [json.loads(row) for row in capsys.readouterr().out.splitlines()]
    assert [row["job_id"][4] for row in rows] == ["a", "b"]
    assert {row["said"]["note"] for row in rows} == {"두 줄\nnote"}
