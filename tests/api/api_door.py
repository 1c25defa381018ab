"""The API as clients meet it: a real server on loopback around real parts."""

import json
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from pydantic import SecretStr
from redis_server import RedisServer, free_port

from backlot.blobs.folder import FolderStore
from backlot.blobs.settings import BlobSettings
from backlot.contracts.hints import Hint
from backlot.contracts.jobs import JobBody
from backlot.contracts.problems import Problem, problem
from backlot.line.settings import LineSettings
from backlot.line.table import stages_of
from services.api.app import build, wire
from services.api.settings import ApiSettings

SECRET = SecretStr("a secret for tests, long enough")
KEYS = {"vrin": "vrin-key", "studio": "studio-key"}
"""Keys of the two tenants of the keyed door."""


class Door:
    """One API process' worth of parts, served by a thread.

    Args:
        folder: For blobs and temporary files.
        line_settings: Where Redis is.
        blobs: Another object store than a folder.
        settings: Fields of `ApiSettings`.
    """

    def __init__(
        self,
        folder: Path,
        line_settings: LineSettings,
        blobs: BlobSettings | None = None,
        **settings: Any,
    ) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.uploads = folder / "uploads"
        self.uploads.mkdir()
        api = ApiSettings(
            port=port, public_url=self.url, secret=SECRET, upload_folder=self.uploads,
            decode_workers=1, **settings,
        )  # fmt: skip
        kept = blobs or BlobSettings(
            blobs_folder=folder / "blobs", secret=SECRET, public_url=self.url, blobs_fsync=False
        )
        self.parts = wire(api, line_settings, kept)
        self.line_settings = line_settings
        config = uvicorn.Config(
            build(self.parts), port=port, log_level="warning", access_log=False, lifespan="on"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        # Idle connections end before the server's own 5 s, so that no test meets one being closed.
        limits = httpx.Limits(keepalive_expiry=1)
        self.client = httpx.Client(base_url=self.url, timeout=60, trust_env=False, limits=limits)

    @property
    def store(self) -> FolderStore:
        """The object store."""
        assert isinstance(self.parts.blobs, FolderStore)
        return self.parts.blobs

    def start(self) -> None:
        """Return once it answers."""
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        """End the server."""
        self.client.close()
        self._server.should_exit = True
        self._thread.join()

    def submit(
        self, photo: bytes, request: object = None, key: str | None = None, **headers: str
    ) -> httpx.Response:
        """Post a photo."""
        files: dict[str, Any] = {"photo": ("photo.jpg", photo)}
        if request is not None:
            files["request"] = (None, json.dumps(request))
        if key is not None:
            headers["Idempotency-Key"] = key
        return self.client.post("/v1/jobs", files=files, headers=headers)

    def everything(self) -> tuple[list[str], list[str], list[Path]]:
        """All blobs, all keys of the record, all temporary files."""
        scripts = self.parts.records._scripts
        keys = scripts.ask(lambda client: sorted(client.keys(f"{scripts.prefix}:*")))
        blobs = [key for key in self.store.keys("") if not key.startswith("health/")]
        return blobs, keys, list(self.uploads.iterdir())

    def hints(self, stage: str) -> int:
        """How many hints wait in a stage's queue."""
        scripts = self.parts.records._scripts
        return int(scripts.ask(lambda client: client.llen(f"{scripts.prefix}q:{stage}")))

    def fail(self, job_id: str) -> None:
        """Do what a worker does whose stage cannot be done."""
        record = self.parts.records.get(job_id)
        assert record is not None
        hint = Hint(job_id=job_id, stage=record.stage, generation=1)
        claim = self.parts.records.claim(hint, "tester")
        assert not isinstance(claim, str)
        self.parts.records.fail(claim, problem("stage-failed", reason="for-a-test"))

    def consume(self) -> None:
        """Say that a worker with four slots consumes every vision stage."""
        self.parts.records.beat("vision@tester", 4, stages_of("vision_worker"))


def fresh_line(redis_server: RedisServer) -> LineSettings:
    """A part of the session's Redis that nobody else uses."""
    return LineSettings(
        redis_url=SecretStr(redis_server.url), prefix=f"t{uuid.uuid4().hex[:10]}", redis_retries=1
    )


def problem_of(answer: httpx.Response) -> Problem:
    """The problem document of an answer; it must be one, whole and consistent."""
    assert answer.headers["content-type"] == "application/problem+json"
    found = Problem.model_validate_json(answer.content)
    assert (found.status, found.type) == (
        answer.status_code,
        f"https://backlot.dev/problems/{found.code}",
    )
    return found


def body_of(answer: httpx.Response) -> JobBody:
    """The job of an answer."""
    assert answer.status_code in {200, 202}, answer.text
    return JobBody.model_validate_json(answer.content)
