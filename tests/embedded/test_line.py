"""The embedded line as a stranger meets it: real engines, a real photo, a restart."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from backlot.cli.client import Client, Order
from backlot.cli.report import write_report
from backlot.cli.samples import shipped
from backlot.contracts.jobs import JobBody, JobStatus
from backlot.contracts.stages import Stage
from backlot.embedded.line import embedded_line
from backlot.embedded.state import State

pytestmark = [pytest.mark.line, pytest.mark.timeout(400)]


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    """A folder that outlives a line."""
    return State(tmp_path_factory.mktemp("embedded"))


@pytest.fixture(scope="module")
def shots(state: State) -> list[tuple[Order, JobBody]]:
    """The demo's photos, sent through a line that is stopped afterwards."""
    with embedded_line(state, free_port(), lambda _: None) as address, Client(address) as client:
        shots = []
        for order in shipped():
            body = client.submit(order)
            shots.append((order, client.follow(body.job_id, lambda _: None)))
        write_report(state.folder / "report.html", shots, client.fetch)
    return shots


def test_every_sample_photo_gets_recommendations(shots: list[tuple[Order, JobBody]]) -> None:
    """Each sample ends with at least four texts, a brief in two languages, and sets that fit it."""
    for order, body in shots:
        assert body.status is JobStatus.SUCCEEDED, (order.name, body.error)
        caption, brief = body.result.caption, body.result.brief
        assert caption is not None
        assert brief is not None
        assert len(caption.texts) >= 4
        assert brief.prose.en
        assert brief.prose.ko
        # A tall product has no room in many sets: those are left out, not squeezed in.
        assert 1 <= len(body.result.recommendations or ()) <= 6


def test_the_samples_get_different_briefs(shots: list[tuple[Order, JobBody]]) -> None:
    """No two different products are told the same thing."""
    proses = [body.result.brief.prose.en for _, body in shots if body.result.brief]
    assert len(set(proses)) == len(proses)


def test_the_report_holds_its_pictures(shots: list[tuple[Order, JobBody]], state: State) -> None:
    """The report is one file: every picture is inside, none is fetched from anywhere."""
    text = (state.folder / "report.html").read_text()
    assert text.count('src="data:image/') >= len(shots) * 3
    assert 'src="http' not in text


@pytest.fixture(scope="module")
def restarted(state: State, shots: list[tuple[Order, JobBody]]) -> Iterator[str]:
    """The same folder's line, started a second time; yields its address."""
    assert shots
    with embedded_line(state, free_port(), lambda _: None) as address:
        yield address


def test_a_second_start_remembers_what_was(
    shots: list[tuple[Order, JobBody]], restarted: str
) -> None:
    """After a stop and a start, finished jobs are read as they were."""
    _, before = shots[0]
    after = httpx.get(f"{restarted}/v1/jobs/{before.job_id}", timeout=10).json()
    assert after["status"] == "succeeded"
    assert after["result"]["brief"] == before.model_dump(mode="json")["result"]["brief"]


def test_a_killed_worker_comes_back(state: State, restarted: str) -> None:
    """The supervisor starts a killed worker again, and the next job is done."""
    pid = _worker_pid(state, "lm_worker")
    os.kill(pid, signal.SIGKILL)
    with Client(restarted) as client:
        body = client.submit(next(iter(shipped())))
        assert client.follow(body.job_id, lambda _: None).status is JobStatus.SUCCEEDED
    assert _worker_pid(state, "lm_worker") != pid


def test_a_rematch_follows_the_sellers_words(
    shots: list[tuple[Order, JobBody]], restarted: str
) -> None:
    """A sentence of the seller becomes the brief of a new job, which only matches."""
    _, before = shots[0]
    answer = httpx.post(
        f"{restarted}/v1/jobs/{before.job_id}/rematch",
        json={"text": "a dark low-key studio", "kinds": ["studio"]},
        timeout=10,
    )
    assert answer.status_code == 202, answer.text
    with Client(restarted) as client:
        body = client.follow(answer.json()["job_id"], lambda _: None)
    assert body.status is JobStatus.SUCCEEDED
    assert body.parent_id == before.job_id
    assert set(body.stages) == {Stage.MATCH}
    assert body.result.brief is not None
    assert body.result.brief.prose.en == "a dark low-key studio"
    first = (body.result.recommendations or ())[0].background
    assert "setting_studio/dark-low-key-studio" in first.setting


def _worker_pid(state: State, name: str) -> int:
    """The process of a program, as its supervisor's log says."""
    log = (state.logs / "supervisord.log").read_text()
    lines = [line for line in log.splitlines() if f"spawned: '{name}'" in line]
    return int(lines[-1].rpartition(" ")[2])


def test_the_folder_is_ignored_by_git() -> None:
    """State never gets into a commit by accident."""
    ignored = (Path(__file__).parents[2] / ".gitignore").read_text().splitlines()
    assert ".state/" in ignored
