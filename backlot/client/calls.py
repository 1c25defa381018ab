"""Every request of the API as a value: what is sent, and how its answer is read."""

import json
import mimetypes
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel

from backlot.contracts.background import BackgroundPage
from backlot.contracts.events import JobEvent
from backlot.contracts.feedback import Feedback, FeedbackRequest
from backlot.contracts.jobs import JobBody, JobPage, JobRequest, JobStatus
from backlot.contracts.rematch import RematchRequest

Job = JobBody | str
"""A job, or its id."""

File = bytes | Path
Wish = Mapping[str, Any]
T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


class Update(NamedTuple):
    """Something that happened to a job, and the job as it is now."""

    event: JobEvent
    job: JobBody


class _Told(BaseModel):
    """The data of a message."""

    event: JobEvent
    job: JobBody


class Brought(NamedTuple):
    """A background on its way into the library.

    Attributes:
        replayed: The same key had brought it before.
    """

    job: JobBody
    replayed: bool


class Answer(NamedTuple):
    """What came back, and was no error."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Call(Generic[T]):
    """A request.

    Attributes:
        read: Makes a value of the answer.
        safe: Whether it may be sent again after nobody knows if it has arrived.
        wait_s: How long the API may hold it, on purpose.
        keyed: Whether the API key goes with it; never to an address that may be another host's.
    """

    method: str
    path: str
    read: Callable[[Answer], T]
    safe: bool = True
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    wait_s: float = 0
    keyed: bool = True


def id_of(job: Job) -> str:
    """A job's id."""
    return job if isinstance(job, str) else job.job_id


def submit(
    photo: File | None,
    product: File | None,
    request: JobRequest | Wish | None,
    idempotency_key: str | None,
    wait_s: float,
) -> Call[JobBody]:
    """POST /v1/jobs as a form."""
    files = {
        name: _part(name, file)
        for name, file in (("photo", photo), ("product", product))
        if file is not None
    }
    headers = _keyed(idempotency_key)
    if wait_s:
        headers["Prefer"] = f"wait={wait_s:.0f}"
    body = {"files": files, "data": {"request": json.dumps(_plain(request))}}
    return Call("POST", "/v1/jobs", _job, headers=headers, body=body, wait_s=wait_s)


def show(job: Job, wait_s: float) -> Call[JobBody]:
    """GET a job; held until it has ended, `wait_s` at most."""
    params = {"wait": f"{wait_s:g}"} if wait_s else {}
    return Call("GET", f"/v1/jobs/{id_of(job)}", _job, params=params, wait_s=wait_s)


def rematch(
    job: Job, wish: RematchRequest | Wish | None, idempotency_key: str | None
) -> Call[JobBody]:
    """POST .../rematch."""
    return Call(
        "POST", f"/v1/jobs/{id_of(job)}/rematch", _job,
        headers=_keyed(idempotency_key), body={"json": _plain(wish)},
    )  # fmt: skip


def cancel(job: Job) -> Call[JobBody]:
    """POST .../cancel; cancelling twice is cancelling once."""
    return Call("POST", f"/v1/jobs/{id_of(job)}/cancel", _job)


def retry(job: Job) -> Call[JobBody]:
    """POST .../retry; not sent again by itself, as a second one would be a second retry."""
    return Call("POST", f"/v1/jobs/{id_of(job)}/retry", _job, safe=False)


def delete(job: Job) -> Call[None]:
    """DELETE a job."""
    return Call("DELETE", f"/v1/jobs/{id_of(job)}", _nothing)


def feedback(job: Job, said: FeedbackRequest | Wish) -> Call[Feedback]:
    """POST .../feedback; the later word replaces the earlier."""
    path = f"/v1/jobs/{id_of(job)}/feedback"
    return Call("POST", path, _reader(Feedback), body={"json": _plain(said)})


def jobs(
    statuses: Sequence[JobStatus], kind: str | None, metadata: str | None, cursor: str | None
) -> Call[JobPage]:
    """GET a page of jobs."""
    asked = {
        "status": [status.value for status in statuses], "kind": kind, "metadata": metadata,
        "cursor": cursor, "limit": 100,
    }  # fmt: skip
    return Call("GET", "/v1/jobs", _reader(JobPage), params=_given(asked))


def backgrounds(kind: str | None, terms: Sequence[str], cursor: str | None) -> Call[BackgroundPage]:
    """GET a page of the library."""
    asked = {"kind": kind, "term": list(terms), "cursor": cursor, "limit": 100}
    return Call("GET", "/v1/backgrounds", _reader(BackgroundPage), params=_given(asked))


def bring(
    file: Path, preview: Path | None, metadata: Wish, idempotency_key: str | None
) -> Call[Brought]:
    """POST a background into the library."""
    files = {"file": _part("file", file)}
    if preview is not None:
        files["preview"] = _part("preview", preview)
    body = {"files": files, "data": {"metadata": json.dumps(dict(metadata))}}
    return Call("POST", "/v1/backgrounds", _brought, headers=_keyed(idempotency_key), body=body)


def reindex() -> Call[JobBody]:
    """POST .../reindex."""
    return Call("POST", "/v1/backgrounds/reindex", _job, headers=_keyed(None))


def line() -> Call[dict[str, Any]]:
    """GET how busy every stage is."""
    return Call("GET", "/v1/line", lambda answer: json.loads(answer.body))


def fetch(url: str) -> Call[bytes]:
    """GET a file by the address a result gives; it is signed and needs no key."""
    return Call("GET", url, lambda answer: answer.body, keyed=False)


def update_of(data: str) -> Update:
    """What a message of an event stream says."""
    told = _Told.model_validate_json(data, extra="ignore")
    return Update(told.event, told.job)


def _reader(model: type[M]) -> Callable[[Answer], M]:
    """Reads a contract; fields that a newer API adds are passed over."""

    def read(answer: Answer) -> M:
        return model.model_validate_json(answer.body, extra="ignore")

    return read


_job = _reader(JobBody)


def _brought(answer: Answer) -> Brought:
    return Brought(_job(answer), answer.headers.get("Idempotency-Replayed") == "true")


def _nothing(_: Answer) -> None:
    """There is no answer but that it was done."""


def _keyed(key: str | None) -> dict[str, str]:
    """One key for all attempts of a call, so that it is done once however often it is sent."""
    return {"Idempotency-Key": key or uuid.uuid4().hex}


def _part(name: str, file: File) -> tuple[str, bytes, str]:
    if isinstance(file, bytes):
        return name, file, "application/octet-stream"
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return file.name, file.read_bytes(), kind


def _plain(wish: BaseModel | Wish | None) -> dict[str, Any]:
    """What was said, and no default of this version of the client."""
    if isinstance(wish, BaseModel):
        return wish.model_dump(mode="json", exclude_unset=True)
    return dict(wish or {})


def _given(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value not in (None, [], "")}
