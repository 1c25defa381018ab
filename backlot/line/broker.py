"""Celery as this line uses it: a channel for hints. One set of options for every program on it."""

from collections.abc import Callable, Collection
from typing import Any

from celery import Celery, bootsteps
from celery.signals import celeryd_after_setup, setup_logging
from kombu import Exchange, Queue

from backlot.contracts.stages import Stage
from backlot.line.classes import queues_of
from backlot.line.settings import LineSettings
from backlot.line.wire import queue_key

BEAT_S = 3.0
"""How often a consumer says that it consumes."""


def transport_options(settings: LineSettings) -> dict[str, Any]:
    """Options of the Redis transport; the same in every program, as the shortest timeout wins."""
    return {
        "visibility_timeout": settings.visibility_timeout_s,
        # What is unacknowledged is remembered by the worker alone: prefetching stays bounded, and
        # what dies with a worker is hinted again by the record, sooner than Redis would restore it
        # (docs/decisions/0007-hints-in-the-script.md).
        "ack_emulation": False,
        # Kombu sweeps unacked messages only about every 100 s by default (its PR 2558).
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "global_keyprefix": queue_key(settings.prefix, ""),
        # Four lists for every queue otherwise, all of which Redis watches for each waiting worker.
        "priority_steps": [0],
        "queue_order_strategy": "backlot.line.classes:ClassCycle",
        "socket_connect_timeout": 5,
        "socket_timeout": 30,
        "socket_keepalive": True,
        "health_check_interval": 25,
        "retry_on_timeout": True,
    }


def make_app(service: str, settings: LineSettings) -> Celery:
    """The Celery app of one program.

    Hints only: no result backend, no retries, no chains. What Celery loses or doubles is made
    good by the job record (docs/decisions/0001-record-is-truth.md).
    """
    app = Celery(service, broker=settings.redis_url.get_secret_value(), set_as_current=False)
    app.conf.broker_transport = "backlot.line.transport:Transport"
    direct = Exchange("", type="direct")  # without a name: no binding that a flush could lose
    app.conf.update(
        broker_transport_options=transport_options(settings),
        visibility_timeout=settings.visibility_timeout_s,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_pool_limit=10,
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,
        task_acks_on_failure=True,
        task_acks_on_timeout=True,
        task_reject_on_worker_lost=True,
        task_create_missing_queues=False,
        task_queues=[
            Queue(name, direct, routing_key=name) for stage in Stage for name in queues_of(stage)
        ],
        task_default_queue=Stage.CAPTION.value,
        task_publish_retry_policy={
            "max_retries": 3,
            "interval_start": 0.1,
            "interval_step": 0.2,
            "interval_max": 0.5,
        },
        worker_prefetch_multiplier=1,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_soft_shutdown_timeout=45,
        worker_enable_soft_shutdown_on_idle=True,
        worker_send_task_events=False,
        worker_disable_rate_limits=True,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_pool="threads",
        worker_concurrency=settings.slots,
    )
    return app


def announce(app: Celery, beat: Callable[[Collection[str]], None]) -> None:
    """Call `beat` from the consumer's own loop, so that it proves consumption and not only life.

    Args:
        app: The worker's.
        beat: Takes the names of the queues that are consumed.
    """

    class Announce(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery has no types
        requires = ("celery.worker.consumer.tasks:Tasks",)

        def start(self, parent: Any) -> None:
            queues = tuple(parent.app.amqp.queues.consume_from)
            beat(queues)
            parent.timer.call_repeatedly(BEAT_S, beat, (queues,))

    app.steps["consumer"].add(Announce)


def take_all_classes() -> None:
    """Have a worker that consumes a stage's own queue consume those of its other classes, too.

    One that names only queues of one class, such as ``-Q caption.high``, is kept for that class.
    """

    def add(instance: Any, **_: Any) -> None:
        queues = instance.app.amqp.queues
        for stage in Stage:
            if stage in queues.consume_from:
                for name in queues_of(stage):
                    queues.select_add(queues[name])

    celeryd_after_setup.connect(add, weak=False)


def keep_our_logging() -> None:
    """Stop Celery from replacing the logging this process has set up."""
    setup_logging.connect(lambda **_: None, weak=False)
