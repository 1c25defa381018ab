"""Wires the language worker: `celery -A services.lm_worker.worker worker`."""

from backlot.blobs.settings import BlobSettings, open_blobs
from backlot.line.settings import LineSettings
from backlot.line.worker import make_worker
from services.lm_worker.settings import LmSettings
from services.lm_worker.tasks import stages

settings = LmSettings()
# A worker whose model sees no photos needs no way to them.
blobs = open_blobs(BlobSettings()) if settings.lm_sees_photo else None
app = make_worker("lm_worker", LineSettings(), stages(settings, blobs))
