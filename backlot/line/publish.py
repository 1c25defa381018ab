"""Publishing a hint again, as the conductor does; the first one comes from the record itself."""

import structlog
from celery import Celery
from kombu.exceptions import OperationalError

from backlot.contracts.hints import Hint
from backlot.line.classes import queue_name

log = structlog.get_logger()


class Publisher:
    """Sends hints to the stages' queues. Thread-safe."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def hint(self, hint: Hint) -> bool:
        """Publish; False, and a log line, when the broker does not take it now."""
        try:
            self._app.send_task(
                hint.stage.value,
                args=(hint.job_id, hint.generation),
                queue=queue_name(hint.stage, hint.priority),
                declare=(),
            )
        except OperationalError as error:
            log.warning("hint_not_published", job_id=hint.job_id, stage=hint.stage, why=str(error))
            return False
        return True
