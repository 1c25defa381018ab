#!/usr/bin/env python3

"""Looks every locked package up in a database of known vulnerabilities: `make audit`.

Usage: audit.py [FOLDER]

Without a folder pip-audit asks the package index's own database. With one, a checkout of
``pypa/advisory-database`` (or any tree of OSV records as YAML), nothing is asked over the network.
Leaves with 0 when all were looked up and nothing is known, with 1 when something is known, and with
2 when packages could not be looked up: silence of a database is no verdict.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from lock import LOCKS, entries
from packaging.version import InvalidVersion, Version


class Finding(NamedTuple):
    """A package that is known to be vulnerable at the locked version."""

    package: str
    version: str
    advisory: str
    fixed: str


def locked() -> dict[str, str]:
    """Name and version of everything that any lock installs."""
    found: dict[str, str] = {}
    for path in sorted(LOCKS.glob("*.txt")):
        for name, text in entries(path.read_text()).items():
            found[name] = text.split("==", 1)[1].split()[0]
    return found


def ask(packages: dict[str, str]) -> tuple[list[Finding], list[str]]:
    """What the index's database knows, and the packages it gave no answer about."""
    wanted = "".join(f"{name}=={version}\n" for name, version in sorted(packages.items()))
    done = subprocess.run(
        [Path(sys.executable).with_name("pip-audit"), "--no-deps", "--disable-pip",
         "--format", "json", "--progress-spinner", "off", "-r", "/dev/stdin"],
        input=wanted, capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        rows: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        sys.stderr.write(done.stderr[-2000:])
        return [], sorted(packages)
    findings = [
        Finding(row["name"], row["version"], vuln["id"], ", ".join(vuln["fix_versions"]))
        for row in rows
        for vuln in row.get("vulns", ())
    ]
    return findings, sorted(row["name"] for row in rows if "skip_reason" in row)


def search(packages: dict[str, str], folder: Path) -> list[Finding]:
    """What a folder of OSV records knows."""
    return [
        finding
        for path in sorted(folder.rglob("*.yaml"))
        if path.parent.name.lower() in packages
        for finding in judged(yaml.safe_load(path.read_text()), packages)
    ]


def judged(record: dict[str, Any], packages: dict[str, str]) -> Iterator[Finding]:
    """The packages of ours that one record names at the version we have."""
    if record.get("withdrawn"):
        return
    for affected in record.get("affected", ()):
        name = str(affected["package"]["name"]).lower().replace("_", "-").replace(".", "-")
        version = packages.get(name)
        if version is None:
            continue
        ranges = [r for r in affected.get("ranges", ()) if r["type"] == "ECOSYSTEM"]
        listed = version in {str(one) for one in affected.get("versions", ())}
        if listed or any(within(version, one["events"]) for one in ranges):
            fixed = [str(e["fixed"]) for one in ranges for e in one["events"] if "fixed" in e]
            yield Finding(name, version, record["id"], ", ".join(fixed))


def within(version: str, events: list[dict[str, Any]]) -> bool:
    """Whether a version lies in a range of OSV events, which come in order."""
    inside, ours = False, Version(version)
    for event in events:
        for word, text in event.items():
            try:
                edge = Version(str(text))
            except InvalidVersion:
                continue
            if word == "introduced" and ours >= edge:
                inside = True
            if (word == "fixed" and ours >= edge) or (word == "last_affected" and ours > edge):
                inside = False
    return inside


def main(words: list[str]) -> int:
    """Look up, tell, and say how it went by the exit code."""
    packages = locked()
    if words:
        folder = Path(words[0])
        records = sum(1 for _ in folder.rglob("*.yaml"))
        findings, unknown = search(packages, folder), [] if records else sorted(packages)
        sys.stdout.write(f"{records} records in {folder}: as good as they are recent\n")
    else:
        findings, unknown = ask(packages)
    for finding in findings:
        fix = f"fixed in {finding.fixed}" if finding.fixed else "no fix known"
        sys.stdout.write(
            f"VULNERABLE {finding.package} {finding.version}: {finding.advisory}, {fix}\n"
        )
    if unknown:
        sys.stdout.write(
            f"NOT AUDITED: no database answered about {len(unknown)} of {len(packages)} packages:"
            f" {' '.join(unknown)}\n"
        )
    looked_up = len(packages) - len(unknown)
    sys.stdout.write(f"packages={len(packages)} looked_up={looked_up} vulnerable={len(findings)}\n")
    return 1 if findings else 2 * bool(unknown)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
