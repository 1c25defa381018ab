"""An API that kills itself with -9 at one step of the first submit, named by STUB_DIE_AT.

Steps: `photo` and `manifest` (before either is stored), `create` (both stored, no job yet),
`answer` (the job exists, nobody was told).
"""

import os
import signal
from typing import Any, Never

import uvicorn

from backlot.blobs.settings import BlobSettings
from backlot.line.settings import LineSettings
from services.api.app import build, wire
from services.api.settings import ApiSettings

STEP = os.environ["STUB_DIE_AT"]


def die() -> Never:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


class Dying:
    """Passes everything on until its step comes."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        """What the real one has."""
        return getattr(self._real, name)

    def put(self, key: str, data: bytes, media_type: str) -> None:
        """Store, unless it is time."""
        if STEP == "photo" and key.startswith("intake/"):
            die()
        self._real.put(key, data, media_type)

    def put_once(self, key: str, data: bytes, media_type: str) -> bool:
        """Store, unless it is time."""
        if STEP == "manifest" and key.startswith("manifests/"):
            die()
        return bool(self._real.put_once(key, data, media_type))

    def create(self, manifest: Any, *rest: Any) -> Any:
        """Bring a job into being, and die before or after."""
        if STEP == "create":
            die()
        self._real.create(manifest, *rest)
        die()


settings = ApiSettings()
parts = wire(settings, LineSettings(), BlobSettings())
parts.submitter._blobs = Dying(parts.blobs)  # type: ignore[assignment]
parts.submitter._records = Dying(parts.records)  # type: ignore[assignment]
uvicorn.run(build(parts), host=settings.host, port=settings.port, log_level="warning")
