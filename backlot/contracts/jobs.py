"""Jobs: what a client asks for, what is stored once and for all, and what a client sees."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from backlot.contracts.background import BackgroundKind
from backlot.contracts.brief import StudioBrief
from backlot.contracts.caption import CaptionText, Measures, PhotoWarning
from backlot.contracts.frozen import Frozen, Localized, Swatch
from backlot.contracts.match import Recommendation
from backlot.contracts.problems import Problem
from backlot.contracts.render import Render
from backlot.contracts.stages import Stage, StageState
from backlot.contracts.terms import FacetName, FacetTerm

JobId = Annotated[str, StringConstraints(pattern=r"^job_[0-9a-f]{32}$")]


class JobKind(StrEnum):
    """Which line a job takes."""

    RECOMMEND = "recommend"
    INGEST = "ingest"
    REMATCH = "rematch"


class JobStatus(StrEnum):
    """Where a job stands."""

    AWAITING_UPLOAD = "awaiting_upload"
    QUEUED = "queued"
    PROCESSING = "processing"
    CANCELING = "canceling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    EXPIRED = "expired"

    @property
    def is_final(self) -> bool:
        """Whether the job will never change again, save by a manual retry."""
        return self in FINAL_STATUSES


FINAL_STATUSES = frozenset(
    {JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELED, JobStatus.EXPIRED}
)


class Dimensions(Frozen):
    """Real size of the product, centimetres."""

    width: float | None = Field(default=None, gt=0, le=10_000)
    depth: float | None = Field(default=None, gt=0, le=10_000)
    height: float | None = Field(default=None, gt=0, le=10_000)


class JobRequest(Frozen):
    """What a client asks for, beside the photo and the model."""

    kind: Literal["recommend"] = "recommend"
    title: str | None = Field(default=None, max_length=300, examples=["Steel tumbler, 500 ml"])
    category: str | None = Field(
        default=None, max_length=120, description="A vocabulary term id, or words."
    )
    dimensions_cm: Dimensions | None = None
    locale: Literal["en", "ko"] = "en"
    kinds: tuple[BackgroundKind, ...] = Field(
        default=(BackgroundKind.STUDIO, BackgroundKind.SPACE), min_length=1, max_length=2
    )
    top_k: int = Field(default=6, ge=1, le=24)
    policy: Literal["partial", "strict"] = "partial"
    webhook_url: str | None = Field(default=None, max_length=2000)
    deadline_s: int = Field(default=3600, ge=5, le=86_400)
    metadata: dict[str, str] = Field(default={}, max_length=32)


class StoredPhoto(Frozen):
    """The normalised derivative of the client's photo, the only picture later stages read."""

    key: str
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    has_alpha: bool
    media_type: Literal["image/jpeg", "image/png"]
    changes: tuple[str, ...] = Field(
        default=(), description="What intake did: turned, scaled, metadata-removed, converted."
    )


class JobWarning(Frozen):
    """Something the client should know although the job goes on."""

    code: str
    text: Localized


class Manifest(Frozen):
    """What is written once to the blob store before a job exists anywhere else."""

    job_id: JobId
    tenant: str
    kind: JobKind
    created_at: datetime
    fingerprint: str = Field(description="SHA-256 over photo, product and request.")
    request: JobRequest
    photo: StoredPhoto | None
    product_key: str | None = None
    parent_id: JobId | None = Field(default=None, description="Of a rematch: whose product it is.")
    inputs: dict[Stage, str] = Field(
        default={}, description="Of a rematch: what earlier stages gave, as JSON text."
    )
    warnings: tuple[JobWarning, ...] = ()


class StageReport(Frozen):
    """One stage of one job."""

    state: StageState
    attempts: int = 0
    queued_s: float | None = None
    run_s: float | None = None
    worker: str | None = None
    versions: dict[str, str] = {}
    cost: dict[str, float] = {}


class CaptionView(Frozen):
    """The caption as clients see it."""

    texts: tuple[CaptionText, ...]
    facets: dict[FacetName, tuple[FacetTerm, ...]]
    palette: tuple[Swatch, ...]
    measures: Measures
    cutout_url: str | None
    photo_warnings: tuple[PhotoWarning, ...]


class JobResult(Frozen):
    """What the stages have given so far; a part appears once its stage has committed."""

    caption: CaptionView | None = None
    brief: StudioBrief | None = None
    recommendations: tuple[Recommendation, ...] | None = None
    renders: tuple[Render, ...] | None = None


class JobLinks(Frozen):
    """Addresses that belong to a job."""

    self: str
    cancel: str


class JobBody(Frozen):
    """A job as GET, the webhook and the last event show it."""

    job_id: JobId
    kind: JobKind
    status: JobStatus
    stage: Stage | None = Field(description="The stage the job is in; null once it is final.")
    generation: int
    parent_id: JobId | None = None
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    links: JobLinks
    stages: dict[Stage, StageReport]
    warnings: tuple[JobWarning, ...]
    metadata: dict[str, str]
    error: Problem | None
    result: JobResult
