"""Structured logs: one JSON object a line, constant event names, ids and figures as fields."""

import logging
import os
import sys

import structlog


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
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format=f"{service} %(message)s")
