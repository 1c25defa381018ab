"""Claim, run, commit: what a worker does with a hint, whatever the stage."""

import time
from collections.abc import Callable

import structlog

from backlot.contracts.errors import (
    CanceledError,
    LostLeaseError,
    PermanentStageError,
    TransientStageError,
    UnavailableError,
)
from backlot.contracts.frozen import Frozen
from backlot.contracts.hints import Hint
from backlot.contracts.jobs import JobWarning, StoredPhoto, View
from backlot.contracts.problems import Problem, problem
from backlot.contracts.stages import Stage
from backlot.line.heart import Heart, Pulse
from backlot.line.record import Claim, JobRecords
from backlot.line.table import following, inserted
from backlot.line.telling import Teller
from backlot.line.work import Handler, Outcome, Work

log = structlog.get_logger()
FIRST_BACKOFF_S = 2.0
MAX_BACKOFF_S = 120.0


class Report(Frozen):
    """How a stage's output was made; stored beside it."""

    warnings: tuple[JobWarning, ...] = ()
    versions: dict[str, str] = {}
    cost: dict[str, float] = {}


class Runner:
    """Runs stages. Every hint may come twice, late, or for a job that is long over.

    Args:
        records: The job record.
        heart: Keeps the lease while a handler runs.
        worker: This process' name, shown in the job's stages.
        max_tries: Transient failures of one stage until the job fails.
    """

    def __init__(self, records: JobRecords, heart: Heart, worker: str, max_tries: int) -> None:
        self._records = records
        self._heart = heart
        self._worker = worker
        self._max_tries = max_tries

    def run(self, hint: Hint, handler: Handler) -> str:
        """Do what the hint points at; returns a word on how it went, for logs and tests."""
        claim = self._records.claim(hint, self._worker)
        if isinstance(claim, str):
            log.debug("hint_idle", job_id=hint.job_id, stage=hint.stage, why=claim)
            return claim
        bound = log.bind(job_id=hint.job_id, stage=hint.stage, fence=claim.fence)
        started = time.monotonic()
        with self._heart.beating(claim) as pulse:
            word = self._settle(claim, pulse, handler)
        bound.info("stage_ended", how=word, run_s=round(time.monotonic() - started, 4))
        return word

    def _settle(self, claim: Claim, pulse: Pulse, handler: Handler) -> str:
        try:
            teller = Teller(self._records, claim)
            outcome = handler(_work(claim, pulse.check, teller))
        except CanceledError:
            return self._records.leave(claim)
        except LostLeaseError:
            return "lost"
        except TransientStageError as error:
            return self._put_back(claim, error.reason, error.detail, error.retry_after_s)
        except PermanentStageError as error:
            return self._records.fail(claim, _problem(error.reason, error.detail))
        except Exception as error:  # noqa: BLE001  # logged there; must not cost the job
            return self._put_back(claim, *_mishap(claim, error), None)
        return self._commit(claim, outcome)

    def _commit(self, claim: Claim, outcome: Outcome) -> str:
        line = inserted(claim.record.line, claim.stage, outcome.insert)
        after = following(line, claim.stage)
        report = Report(
            warnings=outcome.warnings,
            versions=dict(outcome.versions),
            cost=dict(outcome.cost),
        )
        return self._records.commit(
            claim, outcome.output.model_dump_json(), report.model_dump_json(), line, after
        )

    def _put_back(self, claim: Claim, reason: str, detail: str, after_s: float | None) -> str:
        tries = int(claim.record.stage_fact(claim.stage, "attempts") or 1)
        if tries >= self._max_tries:
            return self._records.fail(claim, _problem(reason, detail))
        backoff = min(FIRST_BACKOFF_S * 2 ** (tries - 1), MAX_BACKOFF_S)
        return self._records.defer(claim, backoff if after_s is None else after_s, reason)


def _work(claim: Claim, checkpoint: Callable[[], None], teller: Teller) -> Work:
    record, stage = claim.record, claim.stage
    return Work(
        job_id=record.job_id,
        kind=record.kind,
        stage=stage,
        generation=record.generation,
        fence=claim.fence,
        attempt=int(record.stage_fact(stage, "attempts") or 1),
        request=record.request,
        photo=record.photo or _viewed(record.stage_fact(Stage.VIEW, "output")),
        product_key=record.fields["product_key"] or None,
        tenant=record.tenant,
        alone=record.stage_fact(stage, "alone") == "1",
        outputs=record.outputs,
        checkpoint=checkpoint,
        progress=teller,
        show=teller.show,
    )


def _mishap(claim: Claim, error: Exception) -> tuple[str, str]:
    """Reason and detail of what no stage said itself."""
    bound = log.bind(job_id=claim.record.job_id, stage=claim.stage)
    if isinstance(error, UnavailableError):
        bound.warning("stage_part_away", why=str(error))
        return "unavailable", "A part that the stage needs did not answer."
    bound.error("stage_defect", exc_info=error)
    return "defect", type(error).__name__


def _viewed(output: str | None) -> StoredPhoto | None:
    """The photo that `view` took of a product that came without one."""
    return View.model_validate_json(output).photo if output else None


def _problem(reason: str, detail: str) -> Problem:
    return problem("stage-failed", detail, reason=reason)


_NO_REPORT = Report()


def report_of(text: str | None) -> Report:
    """Read a stored report; an absent one is empty."""
    return Report.model_validate_json(text) if text else _NO_REPORT


HandlerOf = dict[Stage, Handler]
"""The handlers of one worker, by stage."""
