"""What really leaves, seen on the wires of a network of its own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
SPACE = ["unshare", "--map-root-user", "--net", "--mount"]


def can_make_networks() -> bool:
    """Whether this machine lets a test have a network of its own."""
    if not (shutil.which("unshare") and shutil.which("ip")):
        return False
    trial = [*SPACE, "ip", "link", "set", "lo", "up"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """What the probe saw."""
    if not can_make_networks():
        pytest.skip("no network namespaces here")
    path = os.pathsep.join((str(HERE.parents[1]), str(HERE)))
    done = subprocess.run(
        [*SPACE, sys.executable, str(HERE / "namespace_probe.py")],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_no_packet_goes_to_a_forbidden_address(seen: dict[str, Any]) -> None:
    """Names that stand for each of them, mixed answers, and every odd way to write an address."""
    assert seen["leaked"] == []
    assert len(seen["outcomes"]) > 80
    refusals = {"address-inside", "host-numeric", "userinfo", "syntax", "host", "port"}
    odd = {host: word for host, word in seen["outcomes"].items() if word not in refusals}
    assert odd == {}


def test_a_rebound_name_is_called_at_the_address_that_was_checked(seen: dict[str, Any]) -> None:
    """The name server says something else the second time; nobody asks it a second time."""
    assert seen["after_rebinding"] == ["93.184.216.34"]
    assert seen["rebound"] == "timeout"


def test_the_eyes_are_open(seen: dict[str, Any]) -> None:
    """Where calling inside is allowed, the packets are seen."""
    assert seen["control"] == ["10.0.0.1"]
