"""A stage's word on how far it has come, passed on a few times a second at most."""

import time
from collections.abc import Callable

import structlog
from pydantic import ValidationError

from backlot.contracts.errors import UnavailableError
from backlot.contracts.frozen import Frozen
from backlot.contracts.stages import Progress
from backlot.line.record import Claim, JobRecords

log = structlog.get_logger()
APART_S = 0.25
"""Followers see no difference between closer words, and every word is a round trip to Redis."""


class Teller:
    """Tells the followers of one claimed stage; what cannot be told is let go.

    Args:
        records: The job record.
        claim: The stage.
        clock: Seconds that only grow.
    """

    def __init__(
        self, records: JobRecords, claim: Claim, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._records = records
        self._claim = claim
        self._clock = clock
        self._next = 0.0
        self._code = ""

    def __call__(self, fraction: float, code: str) -> None:
        """Say how far the stage is; a new code is told at once."""
        now = self._clock()
        if code == self._code and now < self._next:
            return
        self._code, self._next = code, now + APART_S
        try:
            told = Progress(progress=min(1.0, max(0.0, fraction)), text=code)
            self._records.tell(self._claim, told)
        except (UnavailableError, ValidationError) as error:
            log.warning("progress_not_told", stage=self._claim.stage, why=type(error).__name__)

    def show(self, part: Frozen) -> None:
        """Let followers see what the stage has so far; told at once, as it is never much."""
        try:
            self._records.show(self._claim, part.model_dump_json())
        except UnavailableError as error:
            log.warning("part_not_shown", stage=self._claim.stage, why=type(error).__name__)
