"""A real line whose parts can be killed: Redis, API, workers, conductor, each a process."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import httpx
from PIL import Image
from pydantic import SecretStr
from redis_server import RedisServer, free_port

from backlot.contracts.events import JobEvent
from backlot.contracts.jobs import JobStatus
from backlot.contracts.priorities import Priority
from backlot.line.record import JobRecord, JobRecords
from backlot.line.scripting import Scripts, open_scripts
from backlot.line.settings import LineSettings
from backlot.line.table import stages_of
from backlot.line.upkeep import Upkeep

ROOT = Path(__file__).parents[2]
LEASE_S = 1.5
VISIBILITY_S = 2
SERVICES = ("vision_worker", "lm_worker", "matcher")


def tiny_png(colour: str = "teal") -> bytes:
    """A photo of a few bytes."""
    out = io.BytesIO()
    Image.new("RGB", (16, 16), colour).save(out, "PNG")
    return out.getvalue()


class Line:
    """All processes of one line, on one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.redis = RedisServer(folder / "redis")
        self.port = free_port()
        self.runs_file = folder / "runs.txt"
        self.runs_file.touch()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.settings = LineSettings(redis_url=SecretStr(self.redis.url))
        self._scripts: Scripts | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Impatient settings, fake engines, no network."""
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(Path(__file__).parent))),
            "BACKLOT_ENGINES": "fake",
            "BACKLOT_REDIS_URL": self.redis.url,
            "BACKLOT_SECRET": "s" * 32,
            "BACKLOT_BLOBS": "folder",
            "BACKLOT_BLOBS_FOLDER": str(self.folder / "blobs"),
            "BACKLOT_PUBLIC_URL": self.address,
            "BACKLOT_PORT": str(self.port),
            "BACKLOT_EGRESS_ALLOW": "127.0.0.0/8",
            "BACKLOT_LEASE_S": str(LEASE_S),
            "BACKLOT_RETRY_S": "1",
            "BACKLOT_PASS_S": "0.2",
            "BACKLOT_ARCHIVE_AFTER_S": "0.3",
            "BACKLOT_TERM_S": "2",
            "BACKLOT_VISIBILITY_TIMEOUT_S": str(VISIBILITY_S),
            "BACKLOT_SLOTS": "4",
            "STUB_RUNS": str(self.runs_file),
        }

    @property
    def address(self) -> str:
        """Where the API listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def records(self) -> JobRecords:
        """The job record, for the oracle."""
        return JobRecords(self.scripts, self.settings)

    @property
    def upkeep(self) -> Upkeep:
        """The record as the conductor sees it."""
        return Upkeep(self.scripts, self.settings)

    @property
    def scripts(self) -> Scripts:
        """The record's scripts."""
        if self._scripts is None:
            self._scripts = open_scripts(self.settings)
        return self._scripts

    def spawn(self, name: str, command: list[str], **extra: str) -> None:
        """Start one program and keep it under a name."""
        log = (self.folder / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", *command],
            env={**self.environment, **extra},
            stdout=log,
            stderr=log,
            cwd=self.folder,
        )
        log.close()

    def start_worker(
        self, service: str, name: str = "", slots: int = 4, queues: str = "", **extra: str
    ) -> str:
        """Start one worker process, for all of its stages or some queues; returns its name here."""
        name = name or service
        queues = queues or ",".join(stages_of(service))
        self.spawn(
            name,
            ["celery", "-A", "stub_worker", "worker", "-P", "threads", "-Q", queues, "-n",
             f"{name}@test", "--without-gossip", "--without-mingle", "--without-heartbeat"],
            STUB_SERVICE=service,
            BACKLOT_SLOTS=str(slots),
            **extra,
        )  # fmt: skip
        return name

    def start_api(self, **extra: str) -> None:
        """Start the API."""
        self.spawn("api", ["services.api"], **extra)

    def start_conductor(self, name: str = "conductor", **extra: str) -> None:
        """Start one conductor."""
        self.spawn(name, ["services.conductor.app"], **extra)

    def skew(self, seconds: float) -> dict[str, str]:
        """What to start a program with for its wall clock to be wrong, see `skewed`."""
        folders = (str(Path(__file__).parent / "skewed"), self.environment["PYTHONPATH"])
        return {"PYTHONPATH": os.pathsep.join(folders), "STUB_SKEW_S": str(seconds)}

    def start(self) -> None:
        """Start everything and wait until it consumes."""
        self.redis.start()
        self.start_api()
        for service in SERVICES:
            self.start_worker(service)
        self.start_conductor()
        self.wait_ready(SERVICES)

    def wait_ready(self, services: Iterable[str]) -> None:
        """Return once the API answers and each of these services has a worker."""

        def ready() -> bool:
            try:
                stages = httpx.get(f"{self.address}/v1/line", timeout=2).json()["stages"]
            except (httpx.HTTPError, ValueError, KeyError):
                return False
            return all(stages[stages_of(service)[0]]["workers"] for service in services)

        until(ready, 60, "the line to be ready")

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to a program; SIGKILL also waits for its end."""
        process = self.processes[name]
        process.send_signal(number)
        if number is signal.SIGKILL:
            process.wait()
            del self.processes[name]

    def stop(self) -> None:
        """End everything at once."""
        for process in self.processes.values():
            process.send_signal(signal.SIGCONT)
            process.kill()
        for process in self.processes.values():
            process.wait()
        self.redis.kill()
        if self._scripts is not None:
            self._scripts.client.close()

    def submit(
        self,
        key: str | None = None,
        hook: str | None = None,
        priority: Priority = Priority.NORMAL,
        **metadata: str,
    ) -> str:
        """Send a photo with orders for the stub stages; returns the job's id."""
        headers = {"Idempotency-Key": key} if key else {}
        wishes = {"metadata": metadata, "webhook_url": hook, "priority": priority}
        answer = httpx.post(
            f"{self.address}/v1/jobs",
            files={"photo": ("p.png", tiny_png())},
            data={"request": json.dumps(wishes)},
            headers=headers,
            timeout=30,
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job_id"])

    def record(self, job_id: str) -> JobRecord:
        """The record of a job that must exist."""
        record = self.records.get(job_id)
        assert record is not None, job_id
        return record

    def delivery(self, job_id: str) -> dict[str, str]:
        """The webhook delivery of a finished job."""
        key = self.scripts.key("delivery", self.record(job_id).fields["final_event"])
        fields: dict[str, str] = self.scripts.client.hgetall(key)
        return fields

    def runs(self, job_id: str, stage: str) -> list[tuple[int, int]]:
        """Fence and process id of every run of a stage."""
        rows = [line.split() for line in self.runs_file.read_text().splitlines()]
        return [(int(r[2]), int(r[3])) for r in rows if r[0] == job_id and r[1] == stage]

    def wait_running(self, job_id: str, stage: str) -> None:
        """Return once a stage of a job has begun."""
        until(lambda: bool(self.runs(job_id, stage)), 30, f"{stage} of {job_id} to begin")

    def settle(self, job_ids: Iterable[str], within_s: float = 60) -> dict[str, JobStatus]:
        """Wait for all jobs to end and check the oracle; returns how each ended."""
        ids = list(job_ids)
        until(
            lambda: all(self.record(job_id).status.is_final for job_id in ids),
            within_s,
            "all jobs to end",
        )
        time.sleep(0.3)  # anything that would come twice comes now
        return {job_id: self.judge(job_id) for job_id in ids}

    def judge(self, job_id: str) -> JobStatus:
        """The oracle: one final state, one final event with its id, and both agree."""
        record = self.record(job_id)
        finals: list[JobEvent] = [e for e in self.records.events(job_id) if e.status.is_final]
        assert len(finals) == 1, finals
        assert finals[0].status is record.status
        assert finals[0].event_id == record.fields["final_event"]
        return record.status


def until(true: Callable[[], bool], within_s: float, what: str) -> None:
    """Wait for something, or fail naming it."""
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, f"waited {within_s} s for {what}"
        time.sleep(0.05)
