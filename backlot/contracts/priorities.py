"""Priority classes: whose turn it is where jobs wait."""

from enum import StrEnum


class Priority(StrEnum):
    """A class of jobs, the most urgent one first; each has queues of its own."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"
