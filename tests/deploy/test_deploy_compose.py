"""What docker-compose.yml promises, read as data and, where there is a client, by the client."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_extras import SERVICES

from services.api.access import read_keys

ROOT = Path(__file__).resolve().parents[2]
WORKERS = ("vision_worker", "lm_worker", "matcher", "render_worker", "conductor")
SECRETS = (
    "BACKLOT_SECRET",
    "BACKLOT_API_KEYS",
    "BACKLOT_REDIS_PASSWORD",
    "BACKLOT_S3_ACCESS_KEY_ID",
    "BACKLOT_S3_SECRET_ACCESS_KEY",
)
FILES = ("docker-compose.yml", "docker-compose.gpu.yml")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / FILES[0]).read_text())
GPU: dict[str, Any] = yaml.safe_load((ROOT / FILES[1]).read_text())
ALL = tuple(COMPOSE["services"])
ONE_SHOTS = ("bucket", "catalog")
"""Containers that do one thing at the start, and end."""

every_container = pytest.mark.parametrize("name", ALL)


def service(name: str) -> dict[str, Any]:
    """One service with its anchors resolved."""
    found: dict[str, Any] = COMPOSE["services"][name]
    return found


def environment(name: str) -> dict[str, str]:
    """The environment of one service."""
    found: dict[str, str] = service(name).get("environment", {})
    return found


def client() -> list[str]:
    """The compose client of this machine; skips loudly where there is none."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) is None:
            continue
        if subprocess.run([*command, "version"], capture_output=True, check=False).returncode == 0:
            return command
    pytest.skip("no compose client here: `docker compose config` was not run")


def config(*files: str, env_file: Path, where: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """`docker compose config` with the settings of that file and none of this shell."""
    options = [word for file in files for word in ("-f", str(ROOT / file))]
    shell = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [*client(), "--env-file", str(env_file), *options, "config"]
    return subprocess.run(
        command, cwd=where, env=shell, capture_output=True, text=True, check=False
    )


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    """An .env made by the commands that deploy/README.md shows."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "deploy" / "README.md").read_text(), re.DOTALL)
    made = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", blocks[0]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.fullmatch(r"API key: [0-9a-f]{64}\n", made.stdout)
    return tmp_path / ".env"


class TestFile:
    """The file as data."""

    def test_holds_every_service_and_what_it_leans_on(self) -> None:
        """A compose service for every folder of services/, by the same name."""
        assert set(ALL) == {*SERVICES, "redis", "qdrant", "minio", *ONE_SHOTS}

    @every_container
    def test_everything_is_locked_down(self, name: str) -> None:
        """Not root, read-only, no capabilities, none to be gained."""
        found = service(name)
        assert str(found["user"]).split(":")[0] not in {"root", "0", ""}
        assert found["read_only"] is True
        assert found["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in found["security_opt"]
        assert any(mount.startswith("/tmp") for mount in found["tmpfs"])  # noqa: S108 - a tmpfs
        assert not {"privileged", "cap_add", "devices", "pid", "network_mode"} & set(found)

    @every_container
    def test_everything_long_lived_has_a_health_check(self, name: str) -> None:
        """A check in the file, or in the image that the file builds; one-shots have none."""
        check = service(name).get("healthcheck")
        if name in ONE_SHOTS:
            assert check == {"disable": True}
            assert service(name)["restart"] == "on-failure"
        elif name in SERVICES:
            assert check is None
            assert "HEALTHCHECK" in (ROOT / service(name)["build"]["dockerfile"]).read_text()
        else:
            assert check is not None
            assert check["test"]

    @every_container
    def test_everything_can_be_scaled(self, name: str) -> None:
        """No fixed names; a published port only where one container is meant."""
        found = service(name)
        assert "container_name" not in found
        assert "hostname" not in found
        if name not in {"api", "minio"}:
            assert "ports" not in found

    def test_ports_are_open_to_this_machine_only(self) -> None:
        """Nothing listens on the outside unless somebody says so."""
        ports = [port for name in ALL for port in service(name).get("ports", ())]
        assert len(ports) == 2
        assert all(re.match(r"\$\{BACKLOT_\w+:-127\.0\.0\.1:\d+\}:\d+$", port) for port in ports)

    @every_container
    def test_waits_for_what_it_needs(self, name: str) -> None:
        """Services start after Redis is healthy and the bucket is made; matcher after Qdrant."""
        waits = {
            other: how["condition"] for other, how in service(name).get("depends_on", {}).items()
        }
        if name in SERVICES:
            expected = {"redis": "service_healthy", "bucket": "service_completed_successfully"}
            if name == "matcher":
                expected["qdrant"] = "service_healthy"
            assert waits == expected

    @pytest.mark.parametrize("name", WORKERS)
    def test_workers_have_time_to_finish(self, name: str) -> None:
        """75 seconds: longer than the 45 in which a worker finishes what it holds."""
        assert service(name)["stop_grace_period"] == "75s"

    @pytest.mark.parametrize("name", SERVICES)
    def test_builds_the_service_of_its_name(self, name: str) -> None:
        """A folder, an image and a compose service share one name; the command is the image's."""
        assert service(name)["build"]["dockerfile"] == f"deploy/{name}.Dockerfile"
        assert "command" not in service(name)
        assert service(name)["init"] is True

    def test_render_is_asked_for(self) -> None:
        """Only the Blender worker waits for its profile."""
        assert [name for name in ALL if "profiles" in service(name)] == ["render_worker"]
        assert service("render_worker")["profiles"] == ["render"]

    def test_redis_forgets_nothing(self) -> None:
        """Append-only file every second, no eviction, a volume, a password."""
        command = " ".join(service("redis")["command"])
        for promise in (
            "--appendonly yes",
            "--appendfsync everysec",
            "--maxmemory-policy noeviction",
            "--requirepass ${BACKLOT_REDIS_PASSWORD:?",
        ):
            assert promise in command
        assert service("redis")["volumes"] == ["redis:/data"]

    def test_stores_cannot_call_out(self) -> None:
        """Redis, Qdrant and Blender are on the inner network alone."""
        assert COMPOSE["networks"]["line"] == {"internal": True}
        for name in ("redis", "qdrant", "render_worker", *ONE_SHOTS):
            assert service(name)["networks"] == ["line"]

    def test_no_secret_is_written_down(self) -> None:
        """Every secret comes from the environment, and its absence stops the start."""
        text = (ROOT / FILES[0]).read_text()
        for name in SECRETS:
            assert f"${{{name}:?" in text
            assert not re.search(rf"\$\{{{name}(:-[^}}]+)?\}}", text)

    def test_each_service_knows_only_its_secrets(self) -> None:
        """The model's key is the language worker's, the signing secret is not the workers'."""
        assert [name for name in ALL if "BACKLOT_LM_API_KEY" in environment(name)] == ["lm_worker"]
        assert [name for name in ALL if "BACKLOT_SECRET" in environment(name)] == [
            "api",
            "conductor",
        ]
        assert [name for name in ALL if "BACKLOT_API_KEYS" in environment(name)] == ["api"]

    def test_qdrant_is_no_more_than_a_minor_version_away(self) -> None:
        """The server's and the client's minor versions differ by one at most."""
        server = re.search(r":v1\.(\d+)\.", service("qdrant")["image"])
        client_pin = re.search(
            r"^qdrant-client==1\.(\d+)\.", (ROOT / "constraints.txt").read_text(), re.MULTILINE
        )
        assert server is not None
        assert client_pin is not None
        assert abs(int(server[1]) - int(client_pin[1])) <= 1

    def test_gpu_file_reserves_gpus_and_changes_nothing_else(self) -> None:
        """The override touches the workers that profit from a GPU, by reservation."""
        assert set(GPU["services"]) == {"vision_worker", "render_worker"}
        for found in GPU["services"].values():
            device = found["deploy"]["resources"]["reservations"]["devices"][0]
            assert device["driver"] == "nvidia"
            assert device["capabilities"] == ["gpu"]
        assert GPU["services"]["vision_worker"]["environment"] == {"BACKLOT_DEVICE": "cuda"}

    def test_example_names_every_setting(self) -> None:
        """deploy/env.example lists each variable that the files read, and no other."""
        text = "".join((ROOT / file).read_text() for file in FILES)
        read = set(re.findall(r"\$\{(\w+)", text))
        listed = set(
            re.findall(r"^#?([A-Z]\w+)=", (ROOT / "deploy/env.example").read_text(), re.MULTILINE)
        )
        images = {name for name in read if name.endswith("_IMAGE")}
        assert listed == read - images


def test_the_readme_makes_a_key_that_the_api_knows(env_file: Path) -> None:
    """What the README writes into .env is what the API and the object store can use."""
    written = dict(line.split("=", 1) for line in env_file.read_text().splitlines())
    assert set(written) == set(SECRETS)
    assert list(read_keys(written["BACKLOT_API_KEYS"]).values()) == ["shop"]
    assert all(len(written[name]) >= 32 for name in SECRETS)
    assert len(set(written.values())) == len(SECRETS)


class TestClient:
    """The file as the compose client reads it, with the .env of the README."""

    def test_is_accepted(self, env_file: Path) -> None:
        """The file is valid, and says what it says without the client."""
        done = config(FILES[0], env_file=env_file)
        assert done.returncode == 0, done.stderr
        read = yaml.safe_load(done.stdout)["services"]
        assert read["vision_worker"]["user"] == "10001:10001"
        assert read["vision_worker"]["read_only"] is True
        assert "noeviction" in read["redis"]["command"]

    def test_gpu_file_is_accepted(self, env_file: Path) -> None:
        """Both files together are valid, and the vision worker has its GPU and its profile."""
        done = config(*FILES, env_file=env_file)
        assert done.returncode == 0, done.stderr
        read = yaml.safe_load(done.stdout)["services"]["vision_worker"]
        assert read["deploy"]["resources"]["reservations"]["devices"]
        assert read["environment"]["BACKLOT_DEVICE"] == "cuda"
        assert read["environment"]["BACKLOT_PROFILE"] == "mini"

    @pytest.mark.parametrize("missing", SECRETS)
    def test_refuses_to_start_without_a_secret(self, env_file: Path, missing: str) -> None:
        """A forgotten secret is named, and nothing starts with an empty one."""
        lines = env_file.read_text().splitlines(keepends=True)
        env_file.write_text("".join(line for line in lines if not line.startswith(missing + "=")))
        done = config(FILES[0], env_file=env_file)
        assert done.returncode != 0
        assert "set it in .env" in done.stderr
