"""Every image installs what its lock names, and the locks are what the pins and extras ask for."""

import re
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import audit
import pytest
from dockerfile import instructions, read_image
from lock import BUILD, EXTRAS, LOCKS, ROOT, TORCH, entries
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

every_image = pytest.mark.parametrize("image", EXTRAS)
PINS = {
    canonicalize_name(name): version
    for name, _, version in (
        line.partition("==")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if not line.startswith("#")
    )
}


def lock_of(name: str) -> dict[str, str]:
    """Package and entry of one lock."""
    return entries((LOCKS / f"{name}.txt").read_text())


def version_of(entry: str) -> str:
    """The version an entry pins."""
    return entry.split("==", 1)[1].split(maxsplit=1)[0]


def needed(requirements: list[str]) -> set[str]:
    """Names of all that is installed for these, followed through what is installed here."""
    found: set[str] = set()
    todo = [(Requirement(text), frozenset({""})) for text in requirements]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        wanted, extras = todo.pop()
        marker = wanted.marker
        if marker is not None and not any(marker.evaluate({"extra": one}) for one in extras):
            continue
        name = canonicalize_name(wanted.name)
        asked = frozenset({"", *wanted.extras})
        if (name, asked) in seen:
            continue
        seen.add((name, asked))
        found.add(name)
        if not TORCH.fullmatch(name) or name == "torch":
            todo += [(Requirement(text), asked) for text in distribution(name).requires or ()]
    return {name for name in found if not TORCH.fullmatch(name)}


@every_image
def test_a_lock_holds_what_its_extra_needs_and_no_more(image: str) -> None:
    """Whoever adds a dependency, or moves one, makes the locks anew."""
    project = project_table()
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras[EXTRAS[image]], *extras["s3"], BUILD]
    assert set(lock_of(image)) == needed(wanted)
    for text in wanted:
        requirement = Requirement(text)
        if not TORCH.fullmatch(requirement.name):
            entry = lock_of(image)[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(version_of(entry)), text


@pytest.mark.parametrize("name", [*EXTRAS, "torch"])
def test_locks_and_pins_agree(name: str) -> None:
    """What is tested is what is installed; packages of the CUDA build alone are tested nowhere."""
    for package, entry in lock_of(name).items():
        if package in {"torch", "torchvision"} or not TORCH.fullmatch(package):
            assert version_of(entry) == PINS[package], package


@pytest.mark.parametrize("path", sorted(LOCKS.glob("*.txt")), ids=lambda path: path.stem)
def test_every_entry_has_hashes_and_names_no_place(path: Path) -> None:
    """A version, its hashes, and no address: where packages come from is the builder's choice."""
    text = path.read_text()
    assert not re.search(r"https?:|file:|--(extra-)?index|--find|@ ", text)
    locked = entries(text)
    assert locked
    for entry in locked.values():
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry
    loose = [line for line in text.splitlines() if line and not re.match(r"[a-zA-Z0-9 #]", line)]
    assert not loose


def test_every_lock_belongs_to_an_image() -> None:
    """None is missing and none is left over."""
    assert {path.stem for path in LOCKS.glob("*.txt")} == {*EXTRAS, "torch", "tools"}


@every_image
def test_an_image_installs_nothing_but_its_lock(image: str) -> None:
    """Every pip command takes hashes, save for our own code and PyTorch of the builder's index."""
    path = ROOT / "deploy" / f"{image}.Dockerfile"
    *packages, own = read_image(path).pip
    assert own == "pip install --no-deps --no-build-isolation . && pip check"
    assert packages[-1].endswith(f"--no-deps --only-binary :all: --require-hashes -r {image}.txt")
    for command in re.findall(r"pip install [^;&]*", " ; ".join(packages)):
        assert "--require-hashes" in command or '--index-url "$TORCH_INDEX"' in command
    sources = {word for rest in copies(path) for word in rest.split()}
    assert f"deploy/locks/{image}.txt" in sources


def copies(path: Path) -> list[str]:
    """Arguments of every COPY of a Dockerfile."""
    return [rest for word, rest in instructions(path.read_text()) if word == "COPY"]


def project_table() -> dict[str, Any]:
    """The project's table."""
    read = tomllib.loads((ROOT / "pyproject.toml").read_text())
    table: dict[str, Any] = read["project"]
    return table


RECORD = """
id: PYSEC-1-1
affected:
- package: {ecosystem: PyPI, name: Pillow}
  ranges:
  - type: ECOSYSTEM
    events: [{introduced: "1.0"}, {fixed: "2.0"}, {introduced: "3.0"}, {last_affected: "3.5"}]
  versions: ["9.9"]
"""


@pytest.mark.parametrize(
    ("version", "known"),
    [("0.9", False), ("1.0", True), ("1.9.9", True), ("2.0", False), ("2.9", False),
     ("3.5", True), ("3.5.1", False), ("9.9", True)],
)  # fmt: skip
def test_an_advisory_hits_the_versions_it_names(tmp_path: Path, version: str, known: bool) -> None:
    """Ranges and lists of the Open Source Vulnerability format, without a network."""
    (tmp_path / "pillow").mkdir()
    (tmp_path / "pillow" / "one.yaml").write_text(RECORD)
    found = audit.search({"pillow": version, "other": "1.0"}, tmp_path)
    assert [finding.package for finding in found] == ["pillow"] * known


def test_what_nobody_looked_up_is_not_called_safe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without records, and without an answer, the audit says so and fails."""
    assert audit.main([str(tmp_path)]) == 2
    silent = tmp_path / "bin"
    silent.mkdir()
    (silent / "pip-audit").write_text("#!/bin/sh\necho nobody there >&2\nexit 1\n")
    (silent / "pip-audit").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(silent / "python"))
    assert audit.main([]) == 2
    assert "NOT AUDITED" in capsys.readouterr().out


def test_what_is_known_fails_the_audit(tmp_path: Path) -> None:
    """A record about a version that a lock names."""
    version = version_of(lock_of("api")["pillow"])
    (tmp_path / "pillow").mkdir()
    (tmp_path / "pillow" / "one.yaml").write_text(RECORD.replace("9.9", version))
    assert audit.main([str(tmp_path)]) == 1
