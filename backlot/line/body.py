"""The body of a job: what GET, the webhook and the last event all show."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from pydantic import TypeAdapter

from backlot.blobs.port import BlobStore
from backlot.contracts.caption import Caption
from backlot.contracts.ingest import Indexed
from backlot.contracts.jobs import (
    CaptionView,
    Generation,
    JobBody,
    JobLinks,
    JobResult,
    JobWarning,
    QueuePlace,
    StageReport,
)
from backlot.contracts.match import Match, Placed, Recommendation
from backlot.contracts.render import Pictures, Render
from backlot.contracts.stages import Progress, Stage, StageState
from backlot.line.recommending import recommended
from backlot.line.record import JobRecord
from backlot.line.runner import Report, report_of

SignUrl = Callable[[str], str]
"""Turns a blob key into an address a client can read."""

URL_WINDOW_S = 6 * 3600
"""Signed addresses change only at the turn of such a window, so that GET, webhook and a browser's
cache see the same ones; each is good for one to two windows."""
CATALOG = "catalog/"
"""Pictures of the starter library are files of the program: the API serves them to everybody."""


def signer(blobs: BlobStore, public_url: str, clock: Callable[[], float] = time.time) -> SignUrl:
    """How the keys of one installation become addresses."""

    def sign(key: str) -> str:
        if key.startswith(CATALOG):
            return f"{public_url}/v1/{key}"
        now = int(clock())
        return blobs.url(key, (now // URL_WINDOW_S + 2) * URL_WINDOW_S - now)

    return sign


_HISTORY: TypeAdapter[tuple[Generation, ...]] = TypeAdapter(tuple[Generation, ...])


def job_body(
    record: JobRecord,
    blobs: BlobStore,
    public_url: str,
    queue: QueuePlace | None = None,
    clock: Callable[[], float] = time.time,
) -> JobBody:
    """Show a job.

    Args:
        record: The job.
        blobs: Signs the addresses of files.
        public_url: Goes before every link.
        queue: Where it waits.
        clock: Unix seconds; the addresses' windows are those of everybody with the same clock.
    """
    sign_url = signer(blobs, public_url, clock)
    status = record.status
    created = record.at("created") or datetime.now(UTC)
    here = f"{public_url}/v1/jobs/{record.job_id}"
    reports = {stage: report_of(record.stage_fact(stage, "report")) for stage in record.line}
    product = record.fields.get("product_key")
    warnings: list[JobWarning] = [*record.warnings]
    warnings += [warning for report in reports.values() for warning in report.warnings]
    return JobBody(
        job_id=record.job_id,
        kind=record.kind,
        status=status,
        stage=None if status.is_final else record.stage,
        generation=record.generation,
        priority=record.priority,
        parent_id=record.fields.get("parent") or None,
        created_at=created,
        updated_at=record.at("updated") or created,
        finished_at=record.at("finished"),
        queue=queue,
        history=_HISTORY.validate_json(record.fields.get("history", "[]")),
        links=_links(here, sign_url(product) if product else None),
        stages={stage: _stage(record, stage, report) for stage, report in reports.items()},
        warnings=tuple(warnings),
        metadata=record.request.metadata,
        error=record.error,
        result=_result(record, sign_url),
    )


def _links(here: str, product: str | None) -> JobLinks:
    return JobLinks(
        self=here,
        events=f"{here}/events",
        cancel=f"{here}/cancel",
        retry=f"{here}/retry",
        feedback=f"{here}/feedback",
        product=product,
    )


def progress_of(record: JobRecord, stage: Stage) -> Progress | None:
    """How far a stage says it is while it runs."""
    told = record.stage_fact(stage, "progress")
    runs = record.stage_fact(stage, "state") == StageState.CLAIMED and not record.status.is_final
    if not told or not runs:
        return None
    fraction, _, code = told.partition(" ")
    return Progress(progress=float(fraction), text=code)


def _stage(record: JobRecord, stage: Stage, report: Report) -> StageReport:
    told = progress_of(record, stage)
    return StageReport(
        state=StageState(record.stage_fact(stage, "state") or StageState.WAITING),
        progress=told.progress if told else None,
        doing=told.text if told else None,
        attempts=int(record.stage_fact(stage, "attempts") or 0),
        queued_s=_seconds(record, f"{stage}:pending", f"{stage}:claimed"),
        run_s=_seconds(record, f"{stage}:claimed", f"{stage}:done"),
        worker=record.stage_fact(stage, "worker"),
        versions=report.versions,
        cost=report.cost,
    )


def _seconds(record: JobRecord, start: str, end: str) -> float | None:
    first, last = record.fields.get(start), record.fields.get(end)
    if first is None or last is None or int(last) < int(first):
        return None
    return (int(last) - int(first)) / 1000


def _result(record: JobRecord, sign_url: SignUrl) -> JobResult:
    outputs = record.outputs
    caption = outputs.get(Stage.CAPTION)
    pictures = outputs.get(Stage.RENDER)
    indexed = outputs.get(Stage.INDEX)
    matched = recommended(outputs)
    placed = Placed.model_validate_json(indexed) if indexed else None
    return JobResult(
        caption=_caption(Caption.model_validate_json(caption), sign_url) if caption else None,
        brief=matched.brief if matched else None,
        recommendations=_recommendations(matched, sign_url) if matched else None,
        indexed=Indexed(**placed.model_dump(exclude={"match"})) if placed else None,
        renders=_renders(Pictures.model_validate_json(pictures), sign_url) if pictures else None,
    )


def _caption(caption: Caption, sign_url: SignUrl) -> CaptionView:
    return CaptionView(
        texts=caption.texts,
        facets=caption.facets,
        palette=caption.palette,
        measures=caption.measures,
        cutout_url=sign_url(caption.cutout.key) if caption.cutout else None,
        photo_warnings=caption.photo_warnings,
    )


def _recommendations(match: Match, sign_url: SignUrl) -> tuple[Recommendation, ...]:
    cards = {card.id: card for card in match.cards}
    return tuple(
        Recommendation(
            rank=ranked.rank,
            score=ranked.score,
            background=cards[ranked.background_id].model_copy(
                update={
                    "previews": tuple(sign_url(key) for key in cards[ranked.background_id].previews)
                }
            ),
            reasons=ranked.reasons,
        )
        for ranked in match.ranked
    )


def _renders(pictures: Pictures, sign_url: SignUrl) -> tuple[Render, ...]:
    return tuple(
        Render(
            url=sign_url(picture.key),
            recipe_url=sign_url(picture.recipe_key) if picture.recipe_key else None,
            **picture.model_dump(exclude={"key", "recipe_key"}),
        )
        for picture in pictures.pictures
    )
