"""The render process from outside: started, fed, watched, and killed when it must be."""

import json
import os
import queue
import re
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from typing import IO, Any, NamedTuple

import structlog

from services.render_worker.errors import CRASHED, HUNG, TOO_BIG, refused, stopped
from services.render_worker.port import Checkpoint, Progress

log = structlog.get_logger(__name__)
MARK = "@backlot "
_SAMPLE = re.compile(r"\| Sample (\d+)/(\d+)")
_LOOK_S = 0.25
_PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024


class Limits(NamedTuple):
    """What one order may take.

    Attributes:
        start_s: Until Blender is there.
        order_s: From order to answer.
        memory_mb: Resident.
    """

    start_s: float = 180.0
    order_s: float = 600.0
    memory_mb: int = 6000


Event = tuple[str, Any]


class Child(NamedTuple):
    """A running process and its two pipes."""

    process: subprocess.Popen[str]
    orders: IO[str]
    answers: IO[str]

    @property
    def pid(self) -> int:
        """Its number, which is also its group's."""
        return self.process.pid


def _spawn(command: Sequence[str]) -> Child:
    """Start a process in a group of its own, so that all of it can be killed."""
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    if process.stdin is None or process.stdout is None:
        raise AssertionError  # pragma: no cover - both were asked for
    return Child(process, process.stdin, process.stdout)


class RenderProcess:
    """One warm process that obeys orders; a new one takes the place of one that had to go.

    Args:
        command: Starts it, in its own process group.
        limits: What one order may take.
        most_orders: After so many a fresh process is started: native code leaks.
    """

    def __init__(self, command: Sequence[str], limits: Limits, most_orders: int = 200) -> None:
        self._command = list(command)
        self._limits = limits
        self._most_orders = most_orders
        self._turn = threading.Lock()
        self._child: Child | None = None
        self._events: queue.Queue[Event] = queue.Queue()
        self._orders = 0
        self.versions: dict[str, str] = {}

    def ask(
        self, order: dict[str, Any], *, attempt: int, checkpoint: Checkpoint, progress: Progress
    ) -> dict[str, Any]:
        """Give an order and wait for its answer.

        Raises:
            PermanentStageError: The product was refused, or a second try failed like the first.
            TransientStageError: The process hung, crashed or grew too large.
        """
        with self._turn:
            try:
                child = self._start(attempt, checkpoint)
                answer = self._exchange(child, order, attempt, checkpoint, progress)
            except BaseException:
                # Whatever it is doing now, nobody waits for it any more.
                self._kill()
                raise
        if answer["word"] == "refused":
            raise refused(answer["code"])
        result: dict[str, Any] = answer["result"]
        return result

    def start(self) -> None:
        """Have Blender ready before the first order."""
        with self._turn:
            try:
                self._start(1, lambda: None)
            except BaseException:
                self._kill()
                raise

    def close(self) -> None:
        """End the process."""
        self._kill()

    @property
    def pid(self) -> int | None:
        """Of the process there is now."""
        return self._child.pid if self._child else None

    def _start(self, attempt: int, checkpoint: Checkpoint) -> Child:
        child = self._child
        worn = self._orders >= self._most_orders
        if child is not None and (worn or child.process.poll() is not None):
            self._kill()
        if self._child is not None:
            return self._child
        self._events, self._orders = queue.Queue(), 0
        self._child = child = _spawn(self._command)
        reader = threading.Thread(target=_read, args=(child.answers, self._events), daemon=True)
        reader.start()
        answer = self._wait(child, self._limits.start_s, attempt, checkpoint, lambda _: None)
        self.versions = {k: str(v) for k, v in answer.items() if k != "word"}
        log.info("renderer_ready", pid=child.pid, **self.versions)
        return child

    def _exchange(
        self,
        child: Child,
        order: dict[str, Any],
        attempt: int,
        checkpoint: Checkpoint,
        progress: Progress,
    ) -> dict[str, Any]:
        self._orders += 1
        try:
            child.orders.write(json.dumps(order) + "\n")
            child.orders.flush()
        except BrokenPipeError as error:
            raise stopped(CRASHED, "The renderer ended before its order.", attempt) from error
        answer = self._wait(child, self._limits.order_s, attempt, checkpoint, progress)
        if answer["word"] == "failed":
            log.error("render_failed", why=answer.get("why"))
            raise stopped("render-failed", str(answer.get("why")), attempt)
        return answer

    def _wait(
        self, child: Child, limit_s: float, attempt: int, checkpoint: Checkpoint, progress: Progress
    ) -> dict[str, Any]:
        """The next answer; looks after time, memory and the job meanwhile."""
        end, furthest = time.monotonic() + limit_s, 0.0
        while True:
            checkpoint()
            if time.monotonic() > end:
                raise stopped(HUNG, f"The renderer did not answer in {limit_s:.0f} s.", attempt)
            self._weigh(child, attempt)
            try:
                word, value = self._events.get(timeout=_LOOK_S)
            except queue.Empty:
                continue
            if word == "ended":
                raise stopped(CRASHED, "The renderer ended in the middle of its work.", attempt)
            if word == "sample":
                # After the picture come its mask and its reference, with samples of their own.
                if value > furthest:
                    furthest = value
                    progress(value)
                continue
            answer: dict[str, Any] = value
            return answer

    def _weigh(self, child: Child, attempt: int) -> None:
        try:
            with open(f"/proc/{child.pid}/statm") as file:  # noqa: PTH123 - a kernel file
                resident_mb = int(file.read().split()[1]) * _PAGE_KB // 1024
        except (OSError, IndexError):  # no /proc, or it has just ended
            return
        if resident_mb > self._limits.memory_mb:
            raise stopped(
                TOO_BIG, f"The picture needs more than {self._limits.memory_mb} MB.", attempt
            )

    def _kill(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        if child.process.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.process.wait()
        for pipe in (child.orders, child.answers):
            try:
                pipe.close()
            except OSError:  # an order it never read
                log.debug("order_unread", pid=child.pid)


def _read(stdout: IO[str], events: "queue.Queue[Event]") -> None:
    """Turn lines into events; what is neither an answer nor progress is Blender's own talk."""
    try:
        for line in stdout:
            if line.startswith(MARK):
                events.put(("answer", json.loads(line.removeprefix(MARK))))
            elif sample := _SAMPLE.search(line):
                done, total = (int(number) for number in sample.groups())
                events.put(("sample", done / total))
    except ValueError:  # closed by the other side of this process
        return
    finally:
        events.put(("ended", None))
