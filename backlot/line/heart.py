"""One thread per worker process that keeps every lease this process holds alive."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from backlot.contracts.errors import CanceledError, LostLeaseError, UnavailableError
from backlot.line.record import Claim, JobRecords
from backlot.line.table import STAGES

log = structlog.get_logger()
STUCK_EXIT_CODE = 70
"""What a worker exits with when a stage is stuck for good; the supervisor starts it anew."""


class Pulse:
    """One lease being kept alive; `check` is the checkpoint a handler calls."""

    def __init__(self, claim: Claim, started: float) -> None:
        self.claim = claim
        self.started = started
        self.word = "ok"

    def check(self) -> None:
        """Raise `CanceledError` or `LostLeaseError` once the stage should stop."""
        if self.word == "canceling":
            raise CanceledError(self.claim.record.job_id)
        if self.word == "lost":
            raise LostLeaseError(self.claim.record.job_id)


class Heart:
    """Beats for every claim of this process until its stage ends or outruns its limit.

    Time limits of Celery do nothing in thread pools, so a stage that outruns `limit_s` loses its
    lease here; if its thread is still there `stuck_exit_s` later, the process leaves.

    Args:
        records: The job record.
        stuck_exit_s: Seconds between giving up a lease and giving up the process.
        leave: Ends the process.
    """

    def __init__(
        self,
        records: JobRecords,
        stuck_exit_s: float,
        leave: Callable[[int], object] = os._exit,
    ) -> None:
        self._records = records
        self._stuck_exit_s = stuck_exit_s
        self._leave = leave
        self._pulses: set[Pulse] = set()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)
        self._thread.start()

    @contextmanager
    def beating(self, claim: Claim) -> Iterator[Pulse]:
        """Keep a claim's lease alive while the block runs."""
        pulse = Pulse(claim, time.monotonic())
        with self._lock:
            self._pulses.add(pulse)
        try:
            yield pulse
        finally:
            with self._lock:
                self._pulses.discard(pulse)

    def stop(self) -> None:
        """End the thread; leases then run out by themselves."""
        self._stopped = True
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        shortest = min(self._records.lease_s(stage) for stage in STAGES)
        while not self._wake.wait(shortest / 3) and not self._stopped:
            with self._lock:
                pulses = list(self._pulses)
            for pulse in pulses:
                self._beat(pulse)

    def _beat(self, pulse: Pulse) -> None:
        over = time.monotonic() - pulse.started - STAGES[pulse.claim.stage].limit_s
        if over > 0:
            pulse.word = "lost"
            if over > self._stuck_exit_s:
                log.error("stage_stuck", job_id=pulse.claim.record.job_id, stage=pulse.claim.stage)
                self._leave(STUCK_EXIT_CODE)
            return
        if pulse.word == "lost":
            return
        try:
            pulse.word = self._records.heartbeat(pulse.claim)
        except UnavailableError as error:
            log.warning("heartbeat_missed", job_id=pulse.claim.record.job_id, why=str(error))
