"""Jobs: what a client asks for, what is stored once and for all, and what a client sees."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from backlot.contracts.background import BackgroundKind, Preview, Taste
from backlot.contracts.brief import StudioBrief
from backlot.contracts.caption import CaptionText, Measures, PhotoWarning
from backlot.contracts.frozen import Frozen, Localized, Swatch
from backlot.contracts.ingest import Indexed
from backlot.contracts.match import Recommendation
from backlot.contracts.priorities import Priority
from backlot.contracts.problems import Problem
from backlot.contracts.render import Render, ShotWishes
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
    render: Literal["none", "draft", "final"] = "none"
    renders: int = Field(default=3, ge=1, le=12, description="How many pictures.")
    shot: ShotWishes = ShotWishes()
    generate: Literal["auto", "always", "never"] = Field(
        default="auto",
        description="A new set made for this product: `always`, or `auto`, when nothing in the"
        " library suits and pictures are asked for. It stays in the library.",
    )
    generator: Literal["parts", "picture"] = Field(
        default="parts",
        description="Of a new set: built in 3D from parts, or with a backdrop from an image model"
        " where the installation has one.",
    )
    taste: Taste = Taste()
    policy: Literal["partial", "strict"] = "partial"
    reuse: bool = Field(
        default=False,
        description="Whether an earlier job of yours with this flag, the same files and the same"
        " wishes is a good answer, if it has succeeded or is under way. Then nothing runs anew and"
        " no webhook is sent.",
    )
    priority: Priority = Field(
        default=Priority.NORMAL,
        description="Whose turn it is where jobs wait: `high` for somebody who watches (a key needs"
        " the scope `priority`), `low` for whatever may take its time; that moves on, too.",
    )
    webhook_url: str | None = Field(default=None, max_length=2000)
    deadline_s: int = Field(
        default=3600, ge=5, le=86_400, description="It fails when it has not ended by then."
    )
    start_deadline_s: int | None = Field(
        default=None, ge=1, le=86_400, description="It expires when nothing has begun by then."
    )
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


class View(Frozen):
    """Output of `view`: what was photographed of a product or a background that came as a model.

    Attributes:
        photo: Neutral, of a product.
        previews: Of a background.
    """

    photo: StoredPhoto | None = None
    previews: tuple[Preview, ...] = ()


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
    erased_at: datetime | None = Field(
        default=None, description="Of a deleted job: nothing else here means anything any more."
    )


class StageReport(Frozen):
    """One stage of one job."""

    state: StageState
    attempts: int = 0
    progress: float | None = Field(
        default=None, ge=0, le=1, description="Share that is done, while it runs and if it says."
    )
    doing: str | None = Field(default=None, description="Word of the stage on what it does now.")
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
    indexed: Indexed | None = Field(
        default=None, description="Of an ingest, or of a new set: where it is in the library."
    )


class JobLinks(Frozen):
    """Addresses that belong to a job."""

    self: str
    events: str = Field(description="Server-sent events; resumes after Last-Event-ID.")
    cancel: str
    retry: str
    feedback: str
    product: str | None = Field(
        default=None, description="The product's 3D model as it came, for a while; null without."
    )


class QueuePlace(Frozen):
    """Where a job stands in the queue of its stage."""

    position: int = Field(ge=1, description="1 is next.")
    estimated_start: datetime | None = Field(
        description="From the stage's measured times; null while nobody does that stage or nobody"
        " has yet."
    )


class Generation(Frozen):
    """How the job ended before it was retried; what its stages had given is still in the result."""

    generation: int
    status: JobStatus
    stage: Stage = Field(description="Where it ended.")
    finished_at: datetime
    error: Problem | None


class JobBody(Frozen):
    """A job as GET, the webhook and the last event show it."""

    job_id: JobId
    kind: JobKind
    status: JobStatus
    stage: Stage | None = Field(description="The stage the job is in; null once it is final.")
    generation: int
    priority: Priority = Priority.NORMAL
    parent_id: JobId | None = None
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    queue: QueuePlace | None = Field(
        default=None, description="While its stage waits for a worker; null where unknown."
    )
    history: tuple[Generation, ...] = Field(default=(), description="Earlier generations.")
    links: JobLinks
    stages: dict[Stage, StageReport]
    warnings: tuple[JobWarning, ...]
    metadata: dict[str, str]
    error: Problem | None
    result: JobResult


class JobPage(Frozen):
    """Part of a list of jobs, newest first."""

    jobs: tuple[JobBody, ...]
    next_cursor: str | None = Field(description="Null on the last page.")
