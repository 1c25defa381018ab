"""Promises of the embedded line's folder and programs."""

import stat
from pathlib import Path

import pytest

from backlot.contracts.errors import ConfigurationError
from backlot.embedded.line import repository
from backlot.embedded.redis_program import redis_command
from backlot.embedded.state import State
from backlot.embedded.supervise import configuration, programs


def test_the_secret_is_made_once_and_is_private(tmp_path: Path) -> None:
    """Two starts share one secret, readable by its owner only."""
    first = State(tmp_path / "s").secret()
    assert State(tmp_path / "s").secret() == first
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "s" / "secret").stat().st_mode) == 0o600


def test_a_folder_holds_one_line_only(tmp_path: Path) -> None:
    """A second line on the same folder is refused with what to do."""
    state = State(tmp_path)
    with (
        state.locked(),
        pytest.raises(ConfigurationError, match="BACKLOT_STATE"),
        State(tmp_path).locked(),
    ):
        pass


def test_redis_is_durable_closed_and_keeps_its_port(tmp_path: Path) -> None:
    """The configuration has the append-only file, the password and loopback only."""
    state = State(tmp_path)
    port = state.redis_port()
    assert state.redis_port() == port
    redis_command(state, port)
    text = (tmp_path / "redis.conf").read_text()
    for line in ("appendonly yes", "bind 127.0.0.1", "maxmemory-policy noeviction"):
        assert line in text
    assert f"requirepass {state.secret()}" in text
    assert stat.S_IMODE((tmp_path / "redis.conf").stat().st_mode) == 0o600


def test_the_wiring_cannot_be_changed_from_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable of the shell may choose a profile, but not another Redis."""
    monkeypatch.setenv("BACKLOT_PROFILE", "clip")
    monkeypatch.setenv("BACKLOT_REDIS_URL", "redis://elsewhere/0")
    environment = State(tmp_path).environment(8000, 1234)
    assert environment["BACKLOT_PROFILE"] == "clip"
    assert "127.0.0.1:1234" in environment["BACKLOT_REDIS_URL"]


def test_every_program_of_the_procfile_is_supervised(tmp_path: Path) -> None:
    """The supervisor's configuration names each program, restarts it, and holds no secret."""
    state = State(tmp_path)
    environment = state.environment(8000, 1234)
    commands = programs(repository() / "Procfile", environment)
    services = {"api", "vision_worker", "lm_worker", "matcher", "render_worker", "conductor"}
    assert set(commands) == services
    text = configuration(state, commands)
    for name in commands:
        assert f"[program:{name}]" in text
    assert text.count("autorestart=true") == len(commands)
    assert state.secret() not in text
