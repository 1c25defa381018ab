"""Wires a worker: record, heart, runner and one Celery task per stage."""

import os
import socket
from collections.abc import Collection

from celery import Celery

from backlot.contracts.hints import Hint
from backlot.contracts.stages import Stage
from backlot.line.broker import announce, keep_our_logging, make_app, take_all_classes
from backlot.line.classes import queues_of
from backlot.line.heart import Heart
from backlot.line.logs import set_up_logs
from backlot.line.record import JobRecords
from backlot.line.runner import HandlerOf, Runner
from backlot.line.scripting import open_scripts
from backlot.line.settings import LineSettings
from backlot.line.turns import take_turns
from backlot.line.work import Handler


def make_worker(service: str, settings: LineSettings, handlers: HandlerOf) -> Celery:
    """The Celery app of a worker with its stages' tasks; warm when this returns.

    Args:
        service: The service's name.
        settings: Of the line.
        handlers: What this worker does, engines loaded.
    """
    set_up_logs(service)
    keep_our_logging()
    take_all_classes()
    records = JobRecords(open_scripts(settings), settings)
    app = make_app(service, settings)
    worker = f"{service}@{socket.gethostname()}-{os.getpid()}"
    runner = Runner(records, Heart(records, settings.stuck_exit_s), worker, settings.max_tries)
    for stage, handler in handlers.items():
        _add_task(app, runner, stage, handler)
    take_turns()

    def beat(queues: Collection[str]) -> None:
        consumed = (stage for stage in handlers if not set(queues).isdisjoint(queues_of(stage)))
        records.beat(worker, settings.slots, tuple(consumed))

    announce(app, beat)
    return app


def _add_task(app: Celery, runner: Runner, stage: Stage, handler: Handler) -> None:
    @app.task(name=stage.value, acks_late=True, ignore_result=True)  # type: ignore[untyped-decorator]
    def task(job_id: str, generation: int) -> None:
        runner.run(Hint(job_id=job_id, stage=stage, generation=generation), handler)
