"""/v1/jobs as a list: a tenant's jobs, newest first."""

from datetime import UTC, datetime
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Query, Response
from pydantic import Field

from backlot.contracts.frozen import Frozen
from backlot.contracts.jobs import JobKind, JobPage, JobStatus
from backlot.line.body import job_body
from backlot.line.listing import JobFilter, Mark, Page
from services.api.parts import Parts, PartsOf, TenantOf
from services.api.problem_responses import declared

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


class JobQuery(Frozen):
    """Which jobs, and how many."""

    status: list[JobStatus] = Field(default=[], max_length=8, description="Any of these.")
    kind: JobKind | None = None
    metadata: str = Field(
        default="", max_length=400, description="A key, or key:value.", examples=["order:7"]
    )
    created_since: datetime | None = None
    created_before: datetime | None = None
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=400)

    @property
    def chosen(self) -> JobFilter:
        """What is asked for."""
        name, _, value = self.metadata.partition(":")
        return JobFilter(
            statuses=tuple(self.status),
            kind=self.kind,
            metadata=(name, value),
            since=_aware(self.created_since),
            before=_aware(self.created_before),
        )


@router.get(
    "",
    operation_id="listJobs",
    summary="List jobs",
    response_class=Response,
    responses={
        200: {"model": JobPage},
        **declared("unauthorized", "invalid-request", "unavailable"),
    },
)
async def page(parts: PartsOf, tenant: TenantOf, query: Annotated[JobQuery, Query()]) -> Response:
    """List jobs, newest first; a page may be short, only next_cursor says that it is the last."""
    after = parts.cursors.read(tenant, query.cursor) if query.cursor else None
    found = await to_thread.run_sync(parts.listing.page, tenant, query.chosen, query.limit, after)
    return Response(_shown(parts, tenant, found).model_dump_json(), media_type="application/json")


def _shown(parts: Parts, tenant: str, found: Page) -> JobPage:
    url = parts.settings.public_url
    return JobPage(
        jobs=tuple(
            job_body(record, parts.blobs, url, clock=parts.clock) for record in found.records
        ),
        next_cursor=_cursor(parts, tenant, found.mark),
    )


def _cursor(parts: Parts, tenant: str, mark: Mark | None) -> str | None:
    return parts.cursors.made(tenant, mark) if mark else None


def _aware(moment: datetime | None) -> datetime | None:
    """A time without a zone is taken as UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
