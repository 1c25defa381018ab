"""The HTTP API as the demo uses it: submit, follow, fetch."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import httpx

from backlot.contracts.errors import UnavailableError
from backlot.contracts.jobs import JobBody

GIVE_UP_S = 120.0


@dataclass(frozen=True)
class Order:
    """One photo to send, with what the seller says of it."""

    name: str
    photo: bytes
    request: dict[str, object] = field(default_factory=dict)


class RequestRefusedError(UnavailableError):
    """The API did not take a request; carries its own words."""


class Client:
    """Talks to one line.

    Args:
        address: Of the API.
    """

    def __init__(self, address: str) -> None:
        self._http = httpx.Client(base_url=address, timeout=90, trust_env=False)

    def __enter__(self) -> Self:
        """Open."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self._http.close()

    def submit(self, order: Order) -> JobBody:
        """Send a photo; the answer is there as soon as the job is safe."""
        answer = self._http.post(
            "/v1/jobs",
            files={"photo": (order.name, order.photo)},
            data={"request": json.dumps(order.request)},
        )
        return JobBody.model_validate(_checked(answer).json())

    def follow(self, job_id: str, changed: Callable[[JobBody], None]) -> JobBody:
        """Long-poll until the job is final, telling of every answer on the way."""
        give_up = time.monotonic() + GIVE_UP_S
        while time.monotonic() < give_up:
            answer = self._http.get(f"/v1/jobs/{job_id}", params={"wait": 0.4})
            body = JobBody.model_validate(_checked(answer).json())
            changed(body)
            if body.status.is_final:
                return body
        raise UnavailableError(f"{job_id} did not end within {GIVE_UP_S:.0f} s")

    def fetch(self, url: str) -> bytes:
        """Read a picture."""
        return _checked(self._http.get(url)).content


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.is_error:
        raise RequestRefusedError(f"{answer.status_code} {answer.text[:300]}")
    return answer
