"""A worker of the real line whose stages misbehave as the job's metadata says.

Started as `celery -A stub_worker worker` with STUB_SERVICE set. `metadata[stage]` may be
`sleep:N` (seconds, attentive), `hold:N` (deaf), `die` (kill -9 of itself), `crash` (an exception)
or `die-once`. Every run is written to the file STUB_RUNS.
"""

import os
import signal
import time
from pathlib import Path

from backlot.contracts.stages import Stage
from backlot.line.runner import HandlerOf
from backlot.line.settings import LineSettings
from backlot.line.work import Handler, Outcome, Work
from backlot.line.worker import make_worker

SERVICE = os.environ["STUB_SERVICE"]
RUNS = Path(os.environ["STUB_RUNS"])


def honest_stages() -> HandlerOf:
    """The service's own stages with the fake engines."""
    if SERVICE == "vision_worker":
        from services.vision_worker.fake import EmptyCaptioner

        return {Stage.CAPTION: EmptyCaptioner()}
    if SERVICE == "lm_worker":
        from services.lm_worker.fake import EmptyRefiner

        return {Stage.REFINE: EmptyRefiner()}
    from services.matcher.fake import EmptyMatcher

    return {Stage.MATCH: EmptyMatcher()}


def misbehave(word: str, work: Work) -> None:
    """Do what the job asks for."""
    kind, _, number = word.partition(":")
    if kind == "die" or (kind == "die-once" and work.attempt == 1):
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "crash":
        raise RuntimeError("as asked")
    end = time.monotonic() + float(number or 0)
    while time.monotonic() < end:
        if kind == "sleep":
            work.checkpoint()
        time.sleep(0.02)


def misbehaving(handler: Handler) -> Handler:
    """The honest stage, after what the job asks for."""

    def run(work: Work) -> Outcome:
        with RUNS.open("a") as file:
            file.write(f"{work.job_id} {work.stage} {work.fence} {os.getpid()}\n")
        misbehave(work.request.metadata.get(work.stage, ""), work)
        return handler(work)

    return run


app = make_worker(
    SERVICE,
    LineSettings(),
    {stage: misbehaving(handler) for stage, handler in honest_stages().items()},
)
