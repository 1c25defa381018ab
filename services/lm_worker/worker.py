"""Wires the language worker: `celery -A services.lm_worker.worker worker`."""

from backlot.line.settings import LineSettings
from backlot.line.worker import make_worker
from services.lm_worker.settings import LmSettings
from services.lm_worker.tasks import stages

app = make_worker("lm_worker", LineSettings(), stages(LmSettings()))
