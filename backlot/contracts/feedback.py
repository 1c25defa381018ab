"""Feedback: what the seller made of a job's result, kept for evaluation."""

from datetime import datetime
from typing import Literal, Self

from pydantic import Field, model_validator

from backlot.contracts.brief import StudioBrief
from backlot.contracts.frozen import Frozen
from backlot.contracts.jobs import JobId, JobKind
from backlot.contracts.stages import Stage


class FeedbackRequest(Frozen):
    """What a seller may say; one word on each recommended background, and one on the whole."""

    background_id: str | None = Field(
        default=None, max_length=200, description="What this is about; without it, the whole job."
    )
    chosen: bool | None = Field(default=None, description="Whether this background was taken.")
    thumbs: Literal["up", "down"] | None = None
    note: str | None = Field(default=None, min_length=1, max_length=2000)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.chosen is None and self.thumbs is None and self.note is None:
            raise ValueError("say at least one of chosen, thumbs and note")
        if self.chosen is not None and self.background_id is None:
            raise ValueError("chosen needs background_id")
        return self


class Feedback(Frozen):
    """A seller's word with what it was about, so that it can be understood without the job."""

    job_id: JobId
    tenant: str
    generation: int
    at: datetime
    said: FeedbackRequest
    kind: JobKind
    locale: str
    brief: StudioBrief | None
    recommended: tuple[str, ...] = Field(description="Ids of the backgrounds, best first.")
    rank: int | None = Field(description="Of the background this is about.")
    versions: dict[Stage, dict[str, str]] = Field(description="What made each stage's part.")
