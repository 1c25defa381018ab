"""Structured logs: one JSON object a line, constant event names, ids and figures as fields."""

import logging
import os
import sys

import structlog

from backlot.line.late_lines import LateLines

FIELDS = frozenset(
    {
        "angle", "attempt", "background", "background_id", "backgrounds", "bucket", "collection",
        "count", "done", "endpoint_id", "error", "event", "event_id", "exc_info", "exception",
        "exit_code", "facet", "failures", "fence", "how", "in_s", "index", "job_id", "key",
        "level", "made", "micro_usd", "now", "part", "path", "pictures", "pid", "points",
        "purpose", "reason", "removed", "rows", "run_s", "service", "sets", "shard", "source", "space",
        "stage", "start_s", "state", "status", "step", "stored", "stuck_s", "tenant", "timestamp",
        "tokens", "total", "unchanged", "url", "usd", "why", "worker",
    }
)  # fmt: skip
"""What a log line may hold: ids, figures and words of ours. Titles, captions, notes, headers and
whole requests have no name here, so they cannot be logged by mistake."""

READY = "_ready"
"""A process that says it is ready also lists its versions, under whatever names they have."""

MAX_LENGTH = 1000


def only_listed(
    _: object, __: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Drop fields that are not listed, and say how many; cut what is too long."""
    is_ready = str(event.get("event", "")).endswith(READY)
    kept = {
        name: value[:MAX_LENGTH] if isinstance(value, str) and name != "exception" else value
        for name, value in event.items()
        if is_ready or name in FIELDS
    }
    dropped = len(event) - len(kept)
    return {**kept, "dropped": dropped} if dropped else kept


def set_up_logs(service: str) -> None:
    """Send this process' logs to stderr, as JSON, or readable with BACKLOT_LOG=text."""

    def say_service(
        _: object, __: str, event: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        return {"service": service, **event}

    level = os.environ.get("BACKLOT_LOG_LEVEL", "INFO").upper()
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=False)
        if os.environ.get("BACKLOT_LOG") == "text"
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            say_service,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            only_listed,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=LateLines(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format=f"{service} %(message)s")
    # It tells of every malformed form, which anybody can send as often as they like.
    logging.getLogger("python_multipart").setLevel(logging.ERROR)
