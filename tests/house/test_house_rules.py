"""The house rules that no linter knows, kept by a machine."""

import ast
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = ("backlot", "services")
MAX_FILE_LINES, MAX_FUNCTION_LINES = 330, 55
"""About 300 and 40 are the rule; what is a little over may be, what has doubled may not."""
FORBIDDEN_STEMS = ("utils", "util", "helpers", "helper", "common", "core", "base", "manager")
ONE_HOME = {
    "openai": 1, "qdrant_client": 1, "bpy": 1, "boto3": 1, "open_clip": 1,
    "sentence_transformers": 1,
}  # fmt: skip
"""Engines, and in how many files (or one package of adapters) each may be imported."""


def sources() -> Iterator[Path]:
    """Every Python file of the product."""
    for folder in CODE:
        yield from (ROOT / folder).rglob("*.py")


def name(path: Path) -> str:
    """A path as a message shows it."""
    return str(path.relative_to(ROOT))


def test_files_stay_readable() -> None:
    """No source file has grown two jobs."""
    long = {
        name(p): n for p in sources() if (n := len(p.read_text().splitlines())) > MAX_FILE_LINES
    }
    assert long == {}


def test_functions_stay_readable() -> None:
    """No function is longer than one look."""
    long = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MAX_FUNCTION_LINES:
                    long[f"{name(path)}:{node.name}"] = lines
    assert long == {}


def test_nothing_is_called_helper() -> None:
    """Modules are named after what they are about."""
    assert [name(p) for p in sources() if p.stem in FORBIDDEN_STEMS] == []


def imports(path: Path) -> set[str]:
    """Top-level packages a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_every_engine_has_one_home() -> None:
    """Each engine is imported in one file, or in one package of adapters."""
    homes: dict[str, set[str]] = defaultdict(set)
    for path in sources():
        for engine in imports(path) & set(ONE_HOME):
            inside_package = path.parent.parent.name == "adapters"
            homes[engine].add(name(path.parent) if inside_package else name(path))
    assert {engine: where for engine, where in homes.items() if len(where) > 1} == {}


def test_services_have_the_same_rooms() -> None:
    """Each service that runs has settings, and a worker or an app that wires it."""
    for service in ("api", "vision_worker", "lm_worker", "matcher", "conductor"):
        files = {p.name for p in (ROOT / "services" / service).glob("*.py")}
        assert "settings.py" in files, service
        assert files & {"worker.py", "app.py"}, service


@pytest.mark.parametrize("word", ["/work/", "../shared", "index-url https", "TODO", "FIXME"])
def test_no_trace_of_a_workshop(word: str) -> None:
    """No tracked text names a machine's folder, a registry's address, or unfinished work."""
    done = subprocess.run(
        ["git", "grep", "-lIF", word, "--", ":!tests/house", ":!LICENSES"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == []
