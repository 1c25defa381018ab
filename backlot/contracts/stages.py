"""The stages of the line and the states one stage goes through."""

from enum import StrEnum


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
