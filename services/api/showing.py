"""Answers that show a job: its body, and what lets a client ask again cheaply."""

from collections.abc import Mapping
from http import HTTPStatus

from anyio import to_thread
from fastapi import Response

from backlot.contracts.jobs import QueuePlace
from backlot.line.body import URL_WINDOW_S, job_body
from backlot.line.record import JobRecord
from services.api.pace import waits
from services.api.parts import Parts


async def shown(
    record: JobRecord,
    parts: Parts,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    *,
    known: str | None = None,
) -> Response:
    """Answer with the body of a job.

    Args:
        record: The job.
        parts: Of this process.
        status: Of the answer.
        headers: Beside those every job has.
        known: If-None-Match: versions the client has.
    """
    if record.is_archived:  # what an Idempotency-Key found may be but a stub
        kept = await to_thread.run_sync(parts.reader.get, record.job_id)
        record = record if kept is None else kept
    place = None
    if status == HTTPStatus.OK and waits(record):  # a submit is answered without asking again
        place = await to_thread.run_sync(parts.pace.place, record)
    version = version_of(record, place, parts.clock())
    about = {**(headers or {}), "ETag": version}
    if not record.status.is_final:
        about["Retry-After"] = str(parts.pace.ask_again_s(record))
    if known is not None and is_known(version, known):
        return Response(status_code=304, headers=about)
    body = job_body(record, parts.blobs, parts.settings.public_url, place, parts.clock)
    return Response(body.model_dump_json(), status, about, "application/json")


def version_of(record: JobRecord, place: QueuePlace | None, now: float) -> str:
    """A weak entity tag: another one whenever the body says something else.

    The estimated start is left out, as it moves all the time; signed addresses change with their
    window.
    """
    facts = record.fields
    window = int(now // URL_WINDOW_S)
    words = (
        facts["generation"], facts["seq"], facts["updated"], facts.get("told", "0"),
        str(place.position if place else 0), str(window),
    )  # fmt: skip
    return f'W/"{"-".join(words)}"'


def is_known(version: str, known: str) -> bool:
    """Whether an If-None-Match header names this version; compared weakly, as RFC 9110 says."""
    bare = version.removeprefix("W/")
    return any(one.strip().removeprefix("W/") in {bare, "*"} for one in known.split(","))
