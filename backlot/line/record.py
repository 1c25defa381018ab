"""The job record in Redis: the truth about every job. All changes go through its scripts."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from backlot.contracts.errors import UnavailableError
from backlot.contracts.events import EventType, JobEvent
from backlot.contracts.hints import Hint
from backlot.contracts.jobs import JobKind, JobRequest, JobStatus, JobWarning, Manifest, StoredPhoto
from backlot.contracts.priorities import Priority
from backlot.contracts.problems import Problem
from backlot.contracts.stages import Progress, Stage
from backlot.line.classes import queue_name
from backlot.line.scripting import Scripts
from backlot.line.settings import LineSettings
from backlot.line.table import STAGES, line_for
from backlot.line.wire import message, queue_key

_WARNINGS: TypeAdapter[tuple[JobWarning, ...]] = TypeAdapter(tuple[JobWarning, ...])


_ERASED = 2


class JobErasedError(UnavailableError):
    """The job was deleted while it was being submitted again; the next try makes a new one."""


class JobRecord(NamedTuple):
    """One job as the record holds it: flat text fields, see `scripts/create.lua`."""

    job_id: str
    fields: dict[str, str]

    @property
    def status(self) -> JobStatus:
        """Where the job stands."""
        return JobStatus(self.fields["status"])

    @property
    def kind(self) -> JobKind:
        """Which line it takes."""
        return JobKind(self.fields["kind"])

    @property
    def tenant(self) -> str:
        """Whose job it is."""
        return self.fields["tenant"]

    @property
    def priority(self) -> Priority:
        """The class in whose queues it waits."""
        return Priority(self.fields.get("priority", Priority.NORMAL))

    @property
    def stage(self) -> Stage:
        """The stage it is in, or ended in."""
        return Stage(self.fields["stage"])

    @property
    def generation(self) -> int:
        """1, and one more for every manual retry."""
        return int(self.fields["generation"])

    @property
    def line(self) -> tuple[Stage, ...]:
        """Its stages in order."""
        return tuple(Stage(word) for word in self.fields["line"].split(","))

    @property
    def request(self) -> JobRequest:
        """What the client asked for."""
        return JobRequest.model_validate_json(self.fields["request"])

    @property
    def photo(self) -> StoredPhoto | None:
        """The stored photo."""
        text = self.fields["photo"]
        return StoredPhoto.model_validate_json(text) if text else None

    @property
    def outputs(self) -> dict[Stage, str]:
        """What the stages, or those of the parent job, have committed, as JSON text."""
        return {s: self.fields[f"{s}:output"] for s in Stage if f"{s}:output" in self.fields}

    @property
    def warnings(self) -> tuple[JobWarning, ...]:
        """What was to be said at intake already."""
        return _WARNINGS.validate_json(self.fields.get("warnings", "[]"))

    @property
    def error(self) -> Problem | None:
        """Why it failed."""
        text = self.fields.get("error")
        return Problem.model_validate_json(text) if text else None

    @property
    def is_archived(self) -> bool:
        """Whether this is but a stub: the job's results are in the archive."""
        return "archived" in self.fields

    def at(self, field: str) -> datetime | None:
        """A time of the record."""
        text = self.fields.get(field)
        return datetime.fromtimestamp(int(text) / 1000, UTC) if text else None

    def stage_fact(self, stage: Stage, name: str) -> str | None:
        """One field of one stage."""
        return self.fields.get(f"{stage}:{name}")


class Created(NamedTuple):
    """A job, and whether it is a new one."""

    fresh: bool
    record: JobRecord


class Claim(NamedTuple):
    """A stage this process may work on as long as its fence is the newest."""

    stage: Stage
    fence: int
    record: JobRecord


class JobRecords:
    """All jobs. Sync and thread-safe; raises `UnavailableError` when Redis does not answer."""

    def __init__(self, scripts: Scripts, settings: LineSettings) -> None:
        self._scripts = scripts
        self._settings = settings

    def ping(self) -> None:
        """Raise `UnavailableError` unless Redis answers."""
        self._scripts.ask(lambda client: client.ping())

    # -- clients -------------------------------------------------------------------------------

    def create(self, manifest: Manifest, created: datetime | None = None) -> Created:
        """Write a job whose manifest is stored, and hint it, unless it is there already.

        Args:
            manifest: The job.
            created: When it came into being before Redis was lost; None for now.

        Raises:
            JobErasedError: It was deleted.
            UnavailableError: Redis does not answer.
        """
        line = line_for(manifest)
        fields = {
            "tenant": manifest.tenant,
            "kind": manifest.kind,
            "line": ",".join(line),
            "request": manifest.request.model_dump_json(),
            "photo": manifest.photo.model_dump_json() if manifest.photo else "",
            "product_key": manifest.product_key or "",
            "fingerprint": manifest.fingerprint,
            "webhook": manifest.request.webhook_url or "",
            "priority": manifest.request.priority,
            "parent": manifest.parent_id or "",
            "warnings": _WARNINGS.dump_json(manifest.warnings).decode(),
            **{f"{stage}:output": text for stage, text in manifest.inputs.items()},
        }
        pairs = [word for pair in fields.items() for word in pair]
        answer = self._scripts.run(
            "create", manifest.job_id, manifest.request.deadline_s,
            manifest.request.start_deadline_s or "", _ms(created) if created else "",
            self._retry_ms, line[0],
            *self.hinted(manifest.job_id, line[0], 1, manifest.request.priority), *pairs,
        )  # fmt: skip
        if answer[0] == _ERASED:
            raise JobErasedError(f"{manifest.job_id} was deleted")
        record = JobRecord(manifest.job_id, dict(zip(answer[1::2], answer[2::2], strict=True)))
        return Created(bool(answer[0]), record)

    def get(self, job_id: str) -> JobRecord | None:
        """Read a job."""
        key = self._scripts.key("job", job_id)
        fields: dict[str, str] = self._scripts.ask(lambda client: client.hgetall(key))
        return JobRecord(job_id, fields) if fields else None

    def gone(self, job_id: str) -> str | None:
        """Whose job was deleted under this id lately; None when none was."""
        key = self._scripts.key("gone", job_id)
        tenant: str | None = self._scripts.ask(lambda client: client.get(key))
        return tenant

    def cancel(self, job_id: str) -> JobStatus | None:
        """Ask for the job's end; returns its status then, None when there is no such job."""
        status = self._scripts.run("cancel", job_id)
        return JobStatus(status) if status else None

    def events(self, job_id: str) -> Iterator[JobEvent]:
        """The job's event log, oldest first."""
        key = self._scripts.key("events", job_id)
        rows: Any = self._scripts.ask(lambda client: client.xrange(key))
        for _, row in rows:
            yield event_of(job_id, row)

    # -- workers -------------------------------------------------------------------------------

    def lease_s(self, stage: Stage) -> float:
        """How long a claim of this stage counts without a heartbeat."""
        return self._settings.lease_s or STAGES[stage].lease_s

    def claim(self, hint: Hint, worker: str) -> Claim | str:
        """Take a stage; a word says why not: held, final, stale, early, poison or unknown."""
        answer = self._scripts.run(
            "claim", hint.job_id, hint.stage, hint.generation, worker,
            int(self.lease_s(hint.stage) * 1000), self._settings.max_claims,
        )  # fmt: skip
        if answer[0] != "claimed":
            return str(answer[0])
        fields = dict(zip(answer[2::2], answer[3::2], strict=True))
        return Claim(hint.stage, int(answer[1]), JobRecord(hint.job_id, fields))

    def heartbeat(self, claim: Claim) -> str:
        """Extend the lease: ok, canceling or lost."""
        lease_ms = int(self.lease_s(claim.stage) * 1000)
        return str(self._scripts.run("heartbeat", *self._held(claim), lease_ms))

    def tell(self, claim: Claim, progress: Progress) -> str:
        """Tell the followers how far a stage has come: ok or lost. Only the newest word is kept."""
        word = f"{progress.progress:.4g} {progress.text}"
        return str(self._scripts.run("progress", *self._held(claim), word))

    def show(self, claim: Claim, part: str) -> str:
        """Let clients see a part of a stage's output before it is committed: ok or lost."""
        return str(self._scripts.run("show", *self._held(claim), part))

    def commit(
        self, claim: Claim, output: str, report: str, line: tuple[Stage, ...], after: Stage | None
    ) -> str:
        """Store a stage's output, open the next and hint it: next, final, canceled or lost."""
        record = claim.record
        hint = ("", "")
        if after is not None:
            hint = self.hinted(record.job_id, after, record.generation, record.priority)
        words = (",".join(line), after or "", self._retry_ms, *hint)
        return str(self._scripts.run("commit", *self._held(claim), output, report, *words))

    def defer(self, claim: Claim, delay_s: float, reason: str) -> str:
        """Put the stage back for later: deferred, canceled or lost."""
        return str(self._scripts.run("defer", *self._held(claim), int(delay_s * 1000), reason))

    def fail(self, claim: Claim, why: Problem) -> str:
        """End the job: failed, canceled or lost."""
        return str(self._scripts.run("fail", *self._held(claim), why.model_dump_json()))

    def leave(self, claim: Claim) -> str:
        """End a job that is being canceled: canceled or lost."""
        return str(self._scripts.run("leave", *self._held(claim)))

    def beat(self, worker: str, slots: int, stages: tuple[Stage, ...]) -> None:
        """Say that this worker consumes these stages now."""
        self._scripts.run("beat", worker, slots, *stages)

    def hinted(
        self, job_id: str, stage: Stage, generation: int, priority: Priority
    ) -> tuple[str, str]:
        """Where a stage's hint goes, and the hint."""
        hint = Hint(job_id=job_id, stage=stage, generation=generation, priority=priority)
        return queue_key(self._settings.prefix, queue_name(stage, priority)), message(hint)

    @staticmethod
    def _held(claim: Claim) -> tuple[str, str, int]:
        return claim.record.job_id, claim.stage, claim.fence

    @property
    def _retry_ms(self) -> int:
        return int(self._settings.retry_s * 1000)


def event_of(job_id: str, row: dict[str, str]) -> JobEvent:
    """One entry of a job's event log, as `scripts/prelude.lua` writes it."""
    return JobEvent(
        event_id=row["event_id"],
        type=EventType(row["type"]),
        job_id=job_id,
        generation=int(row["generation"]),
        status=JobStatus(row["status"]),
        stage=Stage(row["stage"]) if row["stage"] else None,
        at=datetime.fromtimestamp(int(row["at"]) / 1000, UTC),
    )


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
