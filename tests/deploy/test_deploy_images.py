"""What the Dockerfiles promise; an engine is not needed to read them."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from check_extras import ENGINES, SERVICES
from dockerfile import instructions, read_image
from lock import EXTRAS

from backlot.line.table import STAGES, stages_of

ROOT = Path(__file__).resolve().parents[2]
every_service = pytest.mark.parametrize("service", SERVICES)


def text_of(service: str) -> str:
    """The service's Dockerfile."""
    return (ROOT / "deploy" / f"{service}.Dockerfile").read_text()


def rest_of(service: str, word: str) -> list[str]:
    """The arguments of every such instruction."""
    return [rest for found, rest in instructions(text_of(service)) if found == word]


def procfile() -> dict[str, list[str]]:
    """The commands of the embedded line."""
    lines = (ROOT / "Procfile").read_text().splitlines()
    pairs = (line.split(":", 1) for line in lines if ":" in line and not line.startswith("#"))
    return {name.strip(): shlex.split(command) for name, command in pairs}


def test_every_service_has_an_image() -> None:
    """A folder under services/ is an image; the only other one hands over the library's files."""
    images = {path.name.removesuffix(".Dockerfile") for path in ROOT.glob("deploy/*.Dockerfile")}
    folders = {path.name for path in (ROOT / "services").iterdir() if not path.name.startswith("_")}
    assert images == {*SERVICES, "catalog"}
    assert set(SERVICES) == folders


def test_the_catalog_s_image_holds_what_makes_the_files_and_no_more() -> None:
    """Every module that building a set imports is copied; Blender's adapter is not."""
    text = text_of("catalog")
    copied = {
        word.removeprefix("services/render_worker/")
        for word in re.findall(r"services/render_worker/[\w./]+", text)
    }
    script = (
        "import sys, services.render_worker.catalog\n"
        "print(*(m for m in sys.modules if m.startswith('services.')))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    for module in told:
        place = module.removeprefix("services.render_worker").lstrip(".").replace(".", "/")
        able = {place.split("/")[0], f"{place}.py", f"{place}/__init__.py".lstrip("/")}
        assert copied & able, module
    assert "blender" not in text
    assert "bpy" not in read_image(ROOT / "deploy" / "catalog.Dockerfile").pip[-1]


@pytest.mark.parametrize("service", sorted({row.service for row in STAGES.values()}))
def test_every_stage_has_a_consumer(service: str) -> None:
    """The embedded line's worker and the image's consume each stage of their service."""
    stages = {stage.value for stage in stages_of(service)}
    command = procfile()[service]
    assert set(command[command.index("-Q") + 1].split(",")) == stages
    [image] = rest_of(service, "CMD")
    words = json.loads(image)
    assert set(words[words.index("-Q") + 1].split(",")) == stages


@every_service
def test_holds_the_code_of_its_service_alone(service: str) -> None:
    """What is installed beside it is its lock's matter, see test_deploy_locks."""
    image = read_image(ROOT / "deploy" / f"{service}.Dockerfile")
    code = {source for source, _ in image.copies if source.startswith("services")}
    assert code == {f"services/{service}"}


@every_service
def test_copies_only_what_is_there(service: str) -> None:
    """Every source of COPY is in the repository and let through by .dockerignore."""
    let_in = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    for source, _ in read_image(ROOT / "deploy" / f"{service}.Dockerfile").copies:
        assert (ROOT / source).exists(), source
        assert any(source == one or source.startswith(f"{one}/") for one in let_in), source


@every_service
def test_runs_without_root_and_can_say_how_it_is(service: str) -> None:
    """A numeric user that is not root, a health check, both commands without a shell."""
    assert rest_of(service, "USER") == ["10001:10001"]
    image = read_image(ROOT / "deploy" / f"{service}.Dockerfile")
    assert image.health
    assert image.command
    assert image.environment["HOME"] == "/tmp"  # noqa: S108 - the one place that is writable
    assert image.environment["PYTHONDONTWRITEBYTECODE"] == "1"


@pytest.mark.parametrize("service", procfile())
def test_runs_what_the_procfile_runs(service: str) -> None:
    """The container runs the embedded line's command, save where it listens."""
    listens = {"127.0.0.1": "0.0.0.0", "$BACKLOT_PORT": "8000"}  # noqa: S104 - inside a container
    expected = tuple(listens.get(word, word) for word in procfile()[service])
    assert read_image(ROOT / "deploy" / f"{service}.Dockerfile").command == expected


def test_the_procfile_leaves_out_at_most_blender() -> None:
    """Every service runs in the embedded line; the Blender worker may wait until it is wanted."""
    assert set(SERVICES) - set(procfile()) <= {"render_worker"}


def test_an_open_address_needs_keys() -> None:
    """The API is told that it listens for others, so that it refuses to start without keys."""
    image = read_image(ROOT / "deploy" / "api.Dockerfile")
    assert image.environment["BACKLOT_HOST"] == "0.0.0.0"  # noqa: S104 - inside a container


@every_service
def test_workers_finish_what_they_hold(service: str) -> None:
    """Celery workers turn SIGTERM into the shutdown that gives unfinished work back."""
    image = read_image(ROOT / "deploy" / f"{service}.Dockerfile")
    is_celery = image.command[0] == "celery"
    assert image.environment.get("REMAP_SIGTERM") == ("SIGQUIT" if is_celery else None)


@every_service
def test_torch_is_where_it_is_needed_and_nowhere_else(service: str) -> None:
    """Only the services that run encoders have torch, from an index that the builder names."""
    needs = service in ENGINES["torch"]
    assert any("torch" in command for command in rest_of(service, "RUN")) is needs
    assert ('TORCH_INDEX=""' in rest_of(service, "ARG")) is needs


def test_extras_bring_only_their_engines() -> None:
    """The extras in pyproject.toml agree with the table of who may hold which engine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wheels = {
        "torch": "torch",
        "open_clip": "open_clip_torch",
        "cv2": "opencv-python-headless",
        "openai": "openai",
        "qdrant_client": "qdrant-client",
        "bpy": "bpy",
        "fastapi": "fastapi",
    }
    for engine, wheel in wheels.items():
        holders = {
            service
            for service, extra in EXTRAS.items()
            if wheel in {name_of(line) for line in project["optional-dependencies"][extra]}
        }
        assert holders == ENGINES[engine], engine
    assert "boto3" in {name_of(line) for line in project["optional-dependencies"]["s3"]}


def name_of(requirement: str) -> str:
    """The package a requirement names."""
    return re.split(r"[\[=<>~! ]", requirement, maxsplit=1)[0]


def test_pins_are_good_everywhere() -> None:
    """No pin names a local build such as ``+cpu``, which pip would find on one machine only."""
    assert "+" not in (ROOT / "constraints.txt").read_text()


def test_only_the_render_image_is_gpl() -> None:
    """The image with Blender says that it is GPL, and brings the licence; no other has to."""
    for service in SERVICES:
        is_render = service == "render_worker"
        assert ("GPL-3.0-or-later" in text_of(service)) is is_render
    copies = read_image(ROOT / "deploy" / "render_worker.Dockerfile").copies
    assert ("LICENSES/GPL-3.0-or-later.txt", "./") in copies


def test_unknown_instructions_are_not_passed_over(tmp_path: Path) -> None:
    """The reader stops at what it does not understand: check_extras must not check less."""
    path = tmp_path / "x.Dockerfile"
    path.write_text('FROM x\nADD a b\nHEALTHCHECK CMD ["a"]\nCMD ["b"]\n')
    with pytest.raises(ValueError, match="ADD"):
        read_image(path)


def test_reads_continued_lines(tmp_path: Path) -> None:
    """Continuation lines are one instruction, comments between them are none."""
    path = tmp_path / "x.Dockerfile"
    path.write_text(
        "FROM x\nENV A=1 \\\n# why\n    B=two\nRUN pip install \\\n  x\nCOPY a b c/\n"
        'COPY --from=build /x /x\nHEALTHCHECK --timeout=1s \\\n CMD ["a", "b"]\nCMD ["c"]\n'
    )
    image = read_image(path)
    assert image.environment == {"A": "1", "B": "two"}
    assert image.pip == ("pip install x",)
    assert image.copies == (("a", "c/"), ("b", "c/"))
    assert (image.health, image.command) == (("a", "b"), ("c",))
