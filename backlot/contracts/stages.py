"""The stages of the line and the states one stage goes through."""

from enum import StrEnum

from pydantic import Field

from backlot.contracts.frozen import Frozen


class Stage(StrEnum):
    """A stage: one word for function, task, queue, metric label and log field."""

    VIEW = "view"
    CAPTION = "caption"
    REFINE = "refine"
    MATCH = "match"
    BUILD = "build"
    DESCRIBE = "describe"
    INDEX = "index"
    RENDER = "render"


class StageState(StrEnum):
    """Where a stage of one job stands."""

    WAITING = "waiting"
    PENDING = "pending"
    CLAIMED = "claimed"
    DONE = "done"
    SKIPPED = "skipped"
    ERROR = "error"


class Progress(Frozen):
    """How far a running stage says it has come; a courtesy, not a promise."""

    progress: float = Field(ge=0, le=1)
    text: str = Field(
        pattern=r"^[a-z][a-z0-9-]{0,39}$",
        description="What it is doing, as a word of the stage's own.",
        examples=["sampling"],
    )
