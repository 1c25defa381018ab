"""The micro-batcher: many threads ask, one engine thread runs what is waiting, at once."""

import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from queue import SimpleQueue
from threading import Condition, Event, Thread
from typing import Any

import numpy as np
import structlog

from backlot.contracts.errors import TransientStageError
from backlot.encoder.faults import EngineLostError, EngineMemoryError
from backlot.encoder.port import Vectors
from services.vision_worker.patience import Patience

log = structlog.get_logger(__name__)

STUCK_EXIT, LOST_EXIT = 70, 71
"""What the process leaves with when its device is stuck or lost; a supervisor starts it anew."""
GROW_AFTER = 64
"""Good full batches after which a batch that once did not fit is tried again."""

Run = Callable[[Sequence[Any]], Vectors]
"""From prepared pictures to vectors, a row each; the engine thread alone calls it."""


@dataclass(frozen=True)
class BatchLimits:
    """How batches are made.

    Attributes:
        size: At most so many pictures run at once.
        linger_s: How long a batch that is not full waits for more; 0 takes what is there.
        waiting: When so many pictures wait, who asks waits for room.
        stuck_s: A run longer than this means that the device is stuck.
    """

    size: int = 16
    linger_s: float = 0.0
    waiting: int = 256
    stuck_s: float = 60.0


@dataclass(frozen=True, eq=False, slots=True)
class _Ask:
    """One picture that waits for its vector; equal to itself alone, as tensors do not compare."""

    run: Run
    prepared: Any
    company: object
    answer: "Future[Vectors]"


@dataclass
class Tally:
    """What the engine thread has done so far."""

    runs: int = 0
    pictures: int = 0
    busy_s: float = 0.0
    halved: int = 0


class MicroBatcher:
    """Takes prepared pictures from any thread and runs them in batches in one thread of its own.

    Every picture has its own fate: one that cannot be run fails alone, and its neighbours are run
    again without it. What does not fit into memory is halved. A device that is stuck or lost takes
    the process with it: the jobs' leases run out, and each of them then runs alone.

    Args:
        limits: How batches are made.
        leave: Ends the process.
    """

    def __init__(self, limits: BatchLimits, leave: Callable[[int], object] = os._exit) -> None:
        self.limits = limits
        self.tally = Tally()
        self._leave = leave
        self._waiting: deque[_Ask] = deque()
        self._running: list[_Ask] = []
        self._changed = Condition()
        self._closed = Event()
        self._fits = limits.size
        self._good = 0
        self._patience = Patience(limits.stuck_s, self._stuck)
        # Waking sixteen threads takes longer than the next batch should wait for the device.
        self._answers: SimpleQueue[tuple[list[_Ask], Vectors] | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="engine", daemon=True)
        self._teller = Thread(target=self._tell, name="engine-answers", daemon=True)
        self._thread.start()
        self._teller.start()

    def ask(self, run: Run, prepared: Any, *, alone: bool = False) -> "Future[Vectors]":
        """Hand over one picture; as `ask_all`."""
        return self.ask_all(run, [prepared], alone=alone)[0]

    def ask_all(
        self, run: Run, prepared: Sequence[Any], *, alone: bool = False
    ) -> list["Future[Vectors]"]:
        """Hand over the pictures of one photo; the vectors, shape (dim,), come with the futures.

        Args:
            run: The network; only pictures for the same one share a batch.
            prepared: The pictures as the network takes them.
            alone: They share a batch with nothing else.

        Raises:
            TransientStageError: There was no room for as long as a run may take.
        """
        company = object() if alone else None
        asks = [_Ask(run, picture, company, Future()) for picture in prepared]
        with self._changed:
            if not self._changed.wait_for(self._has_room, self.limits.stuck_s):
                raise TransientStageError("engine-busy", "Too many photos wait for the engine.")
            if self._closed.is_set():
                raise TransientStageError("engine-closed", "The engine is shutting down.")
            self._waiting.extend(asks)
            self._changed.notify_all()
        return [ask.answer for ask in asks]

    def warm_up(self, run: Run, prepared: Any) -> None:
        """Run one picture and a full batch of it, so that no job pays for the first run."""
        for count in sorted({1, self.limits.size}):
            for answer in self.ask_all(run, [prepared] * count):
                answer.result()

    def close(self) -> None:
        """End the thread after what it runs; what still waits fails as something to try again."""
        self._closed.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join()
        self._answers.put(None)
        self._teller.join()
        self._patience.stop()
        self._fail_all(TransientStageError("engine-closed", "The engine is shutting down."))

    def _has_room(self) -> bool:
        return len(self._waiting) < self.limits.waiting or self._closed.is_set()

    def _work(self) -> None:
        try:
            while not self._closed.is_set():
                batch = self._take()
                if batch:
                    self._running = batch
                    self._settle(batch)
                    self._running = []
        except Exception:
            # Nobody else would ever run what waits.
            log.exception("engine_defect")
            self._give_up(LOST_EXIT, "engine-lost", "The engine thread ended.")

    def _take(self) -> list[_Ask]:
        """Wait for a picture, and for more of its kind as long as that is wanted."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed.is_set())
            if self._closed.is_set():
                return []
            if self.limits.linger_s and self._waiting[0].company is None:
                until = time.monotonic() + self.limits.linger_s
                while len(self._next()) < self._fits and not self._closed.is_set():
                    if not self._changed.wait(max(0.0, until - time.monotonic())):
                        break
            chosen = self._next()
            for ask in chosen:
                self._waiting.remove(ask)
            self._changed.notify_all()
        # One whose job is over by now is not worth a place.
        return [ask for ask in chosen if ask.answer.set_running_or_notify_cancel()]

    def _next(self) -> list[_Ask]:
        """The oldest picture, and in order those that may share a batch with it."""
        first = self._waiting[0]
        alike = (
            ask for ask in self._waiting if ask.run == first.run and ask.company is first.company
        )
        return list(islice(alike, self._fits))

    def _settle(self, batch: list[_Ask]) -> None:
        """Give every picture of a batch its vector or its own error."""
        try:
            vectors = self._run(batch)
        except EngineLostError as error:
            self._lost(error)
        except EngineMemoryError as error:
            self._shrink(len(batch))
            self._halve(batch, _too_large(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the fate of one picture
            self._halve(batch, error)
        else:
            self._answers.put((batch, vectors))
            self._recover(len(batch))

    def _run(self, batch: list[_Ask]) -> Vectors:
        self._patience.start()
        started = time.perf_counter()
        try:
            vectors = batch[0].run([ask.prepared for ask in batch])
        finally:
            self._patience.end()
            self.tally.busy_s += time.perf_counter() - started
            self.tally.runs += 1
        if len(vectors) != len(batch):
            raise ValueError(f"{len(batch)} pictures gave {len(vectors)} vectors.")
        self.tally.pictures += len(batch)
        return vectors

    def _tell(self) -> None:
        """Hand out vectors while the engine thread runs the next batch."""
        while (told := self._answers.get()) is not None:
            for ask, vector in zip(*told, strict=True):
                _answer(ask, vector)

    def _halve(self, batch: list[_Ask], error: Exception) -> None:
        """Run the halves of what failed together; what fails alone has its own error."""
        if len(batch) == 1:
            batch[0].answer.set_exception(error)
            return
        self.tally.halved += 1
        middle = len(batch) // 2
        for half in (batch[:middle], batch[middle:]):
            self._settle(half)

    def _shrink(self, count: int) -> None:
        """Make later batches smaller than one that did not fit."""
        self._fits = max(1, min(self._fits, count // 2))
        self._good = 0
        log.warning("batch_too_large", pictures=count, now=self._fits)

    def _recover(self, count: int) -> None:
        """Try larger batches again after many good ones: what took the memory may be gone."""
        if self._fits == self.limits.size or count < self._fits:
            return
        self._good += 1
        if self._good >= GROW_AFTER:
            self._fits, self._good = min(self.limits.size, 2 * self._fits), 0

    def _lost(self, error: EngineLostError) -> None:
        log.error("engine_lost", why=str(error))
        self._give_up(LOST_EXIT, "engine-lost", "The device was lost.")

    def _stuck(self) -> None:
        log.error("engine_stuck", stuck_s=self.limits.stuck_s)
        self._give_up(STUCK_EXIT, "engine-stuck", "The device does not answer.")

    def _give_up(self, code: int, reason: str, detail: str) -> None:
        """Leave the process; where that is not the end, fail everybody who waits."""
        self._leave(code)
        self._closed.set()
        self._fail_all(TransientStageError(reason, detail))

    def _fail_all(self, error: TransientStageError) -> None:
        with self._changed:
            left = [*self._running, *self._waiting]
            self._waiting.clear()
            self._changed.notify_all()
        for ask in left:
            with suppress(InvalidStateError):  # it was answered in this moment
                ask.answer.set_exception(error)


def _answer(ask: _Ask, vector: Vectors) -> None:
    """Give a picture its vector, unless that is no vector or the wait is over."""
    with suppress(InvalidStateError):
        if np.isfinite(vector).all():
            ask.answer.set_result(vector.copy())
        else:
            ask.answer.set_exception(
                TransientStageError("engine-nonsense", "The model gave no number.")
            )


def _too_large(error: EngineMemoryError) -> TransientStageError:
    """What a picture that fits not even alone is told: the memory may be free again later."""
    failed = TransientStageError("engine-memory", "The device has no memory left for one photo.")
    failed.__cause__ = error
    return failed
