"""Wires a worker: record, publisher, heart, runner and one Celery task per stage."""

import os
import socket
import sys

from celery import Celery

from backlot.contracts.hints import Hint
from backlot.contracts.stages import Stage
from backlot.line.broker import announce, keep_our_logging, make_app
from backlot.line.heart import Heart
from backlot.line.logs import set_up_logs
from backlot.line.publish import Publisher
from backlot.line.record import JobRecords
from backlot.line.runner import HandlerOf, Runner
from backlot.line.scripting import open_scripts
from backlot.line.settings import LineSettings
from backlot.line.work import Handler

SWITCH_S = 0.0005
"""The consumer's loop and the stages' threads take turns at the interpreter; with Python's 5 ms a
hint waits that long for its turn (empty jobs: 26 ms before, 19 to 23 ms after, on busy cores)."""


def make_worker(service: str, settings: LineSettings, handlers: HandlerOf) -> Celery:
    """The Celery app of a worker with its stages' tasks; warm when this returns.

    Args:
        service: The service's name.
        settings: Of the line.
        handlers: What this worker does, engines loaded.
    """
    sys.setswitchinterval(SWITCH_S)
    set_up_logs(service)
    keep_our_logging()
    records = JobRecords(open_scripts(settings), settings)
    app = make_app(service, settings)
    worker = f"{service}@{socket.gethostname()}-{os.getpid()}"
    runner = Runner(
        records, Publisher(app), Heart(records, settings.stuck_exit_s), worker, settings.max_tries
    )
    for stage, handler in handlers.items():
        _add_task(app, runner, stage, handler)
    announce(app, lambda: records.beat(worker, settings.slots, tuple(handlers)))
    return app


def _add_task(app: Celery, runner: Runner, stage: Stage, handler: Handler) -> None:
    @app.task(name=stage.value, acks_late=True, ignore_result=True)  # type: ignore[untyped-decorator]
    def task(job_id: str, generation: int) -> None:
        runner.run(Hint(job_id=job_id, stage=stage, generation=generation), handler)
