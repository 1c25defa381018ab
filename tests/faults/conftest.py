"""One line for the tests that leave it whole, and a fresh one for those that do not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import Line
from hook_receiver import Receiver, receiving


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """A whole line of its own, ended at once afterwards."""
    line = Line(tmp_path)
    try:
        line.start()
        yield line
    finally:
        line.stop()


@pytest.fixture(scope="module")
def shared_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A whole line for tests that break nothing for good."""
    line = Line(tmp_path_factory.mktemp("line"))
    try:
        line.start()
        yield line
    finally:
        line.stop()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of webhooks on loopback."""
    with receiving() as receiver:
        yield receiver
