"""What the README shows, works."""

import json
import re
import shutil
import subprocess

import pytest
from harness import ROOT, Line

pytestmark = pytest.mark.line
README = (ROOT / "README.md").read_text()


def requests() -> list[str]:
    """The README's requests, in order."""
    section = README.split("## The API in three requests")[1].split("\n## ")[0]
    block = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
    assert block is not None
    text = block[1].replace("\\\n", " ")
    return [line for line in text.splitlines() if line.startswith("curl ")]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_three_requests_work_as_written(shared_line: Line) -> None:
    """Submit, follow, browse: each answers with what the README says."""
    job_id = ""
    answers = []
    for request in requests():
        command = request.replace("http://127.0.0.1:8000", shared_line.address)
        done = subprocess.run(
            ["bash", "-c", command.replace("JOB_ID", job_id)],  # noqa: S607
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        answers.append(json.loads(done.stdout))
        job_id = job_id or answers[0]["job_id"]
    submitted, followed, library = answers
    assert submitted["status"] in {"queued", "processing", "succeeded"}
    assert (followed["job_id"], followed["status"]) == (job_id, "succeeded")
    assert {row["kind"] for row in library["backgrounds"]} == {"space"}


def test_the_make_targets_of_the_readme_exist() -> None:
    """Every `make` command the README names is one the Makefile has."""
    makefile = (ROOT / "Makefile").read_text()
    named = set(re.findall(r"make ([a-z-]+)", README))
    assert named
    assert {name for name in named if f"\n{name}:" not in makefile} == set()


def test_the_files_of_the_readme_exist() -> None:
    """Every local link leads somewhere."""
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []
